/** A QR code (ISO/IEC 18004) as SVG with the quiet zone scanners need: dark on light in both themes. */
import { css, html, LitElement, svg } from 'lit'
import { encode } from 'uqr'

/** Modules of margin that the standard asks for. */
const QUIET_ZONE = 4

class QrCode extends LitElement {
  static override properties = { text: {}, label: {} }
  declare text: string
  declare label: string

  static override styles = css`
    :host { display: block }
    svg { display: block; width: 100%; height: auto; background: #fff; border-radius: 0.5rem }
    path { fill: #000 }
  `

  constructor() {
    super()
    this.text = ''
    this.label = 'QR code'
  }

  override render() {
    const { data, size } = encode(this.text, { ecc: 'M', border: QUIET_ZONE })
    const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label} shape-rendering="crispEdges">${svg`<path d=${dark.join('')}></path>`}</svg>`
  }
}
customElements.define('larder-qr-code', QrCode)
