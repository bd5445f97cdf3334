import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="packages"></larder-page-header>`
  }
}
customElements.define('larder-packages-page', Placeholder)
