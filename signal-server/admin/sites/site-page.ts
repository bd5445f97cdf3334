import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="site"></larder-page-header>`
  }
}
customElements.define('larder-site-page', Placeholder)
