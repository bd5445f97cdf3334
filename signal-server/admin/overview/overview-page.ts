import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="overview"></larder-page-header>`
  }
}
customElements.define('larder-overview-page', Placeholder)
