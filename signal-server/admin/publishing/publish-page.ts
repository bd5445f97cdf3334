import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="publish"></larder-page-header>`
  }
}
customElements.define('larder-publish-page', Placeholder)
