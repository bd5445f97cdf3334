import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="devices"></larder-page-header>`
  }
}
customElements.define('larder-devices-page', Placeholder)
