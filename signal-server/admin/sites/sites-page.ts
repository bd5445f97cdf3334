import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="sites"></larder-page-header>`
  }
}
customElements.define('larder-sites-page', Placeholder)
