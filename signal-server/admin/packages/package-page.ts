import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="package"></larder-page-header>`
  }
}
customElements.define('larder-package-page', Placeholder)
