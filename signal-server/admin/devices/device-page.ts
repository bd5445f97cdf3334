import { html, LitElement } from 'lit'

class Placeholder extends LitElement {
  override render() {
    return html`<larder-page-header heading="device"></larder-page-header>`
  }
}
customElements.define('larder-device-page', Placeholder)
