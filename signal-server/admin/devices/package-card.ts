/** One package on one device: what it runs, what it wants, what it is doing and why, and from where the bytes came. */
import { css, html, LitElement, nothing } from 'lit'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import { baseStyles } from '../base-styles.ts'
import { href } from '../router.ts'
import { formatBytes, formatCount } from '../words.ts'
import { packageChip } from './device-words.ts'
import '../elements/meter.ts'

class PackageCard extends LitElement {
  static override properties = { status: { attribute: false }, zone: {}, deviceId: {} }
  declare status: PackageStatus | null
  declare zone: string
  declare deviceId: string

  static override styles = [
    baseStyles,
    css`
      .card { display: grid; gap: var(--space-3) }
      .detail { font-size: var(--text-l); line-height: 1.4 }
      .sources { display: flex; flex-wrap: wrap; gap: var(--space-2) }
      h2 a { color: inherit }
      larder-meter { min-height: 0.4rem }
    `,
  ]

  constructor() {
    super()
    this.status = null
    this.zone = 'UTC'
    this.deviceId = ''
  }

  override render() {
    const { status } = this
    if (!status) return null
    const { kind, text } = packageChip(status)
    const { decision, chunks, bytes } = status
    return html`<section class="card" aria-label="Package ${status.package}">
      <div class="spread"><h2><a href=${href(['packages', status.package])}>${status.package}</a></h2><larder-chip .kind=${kind}>${text}</larder-chip></div>
      <p class="detail">${status.detail}</p>
      <larder-meter label="Chunks held" .value=${chunks.total === 0 ? 0 : chunks.have / chunks.total}></larder-meter>
      <dl class="facts">
        <dt>Runs</dt><dd>${status.activeRelease === null ? 'nothing yet' : `release ${status.activeRelease}, ${status.activeVersion}`}</dd>
        <dt>Wants</dt><dd>release ${status.wantedRelease}</dd>
        <dt>Chunks</dt><dd>${formatCount(chunks.have)} of ${formatCount(chunks.total)}</dd>
        <dt>Came from</dt><dd>${formatBytes(bytes.fromStores)} stores, ${formatBytes(bytes.fromServer)} server, ${formatBytes(bytes.reused)} was here</dd>
        <dt>May use</dt><dd class="sources">
          <larder-chip .kind=${decision.stores === 'open' ? 'good' : 'waiting'}>Stores ${decision.stores}</larder-chip>
          <larder-chip .kind=${decision.server === 'open' ? 'good' : 'waiting'}>Server ${decision.server}</larder-chip></dd>
        ${
          decision.nextChangeAt === null
            ? nothing
            : html`<dt>Changes</dt><dd><larder-time .at=${decision.nextChangeAt} .zone=${this.zone}></larder-time></dd>`
        }
      </dl>
      <p class="small"><a href=${href(['explain'], { device: this.deviceId, package: status.package })}>Explain why</a></p>
    </section>`
  }
}
customElements.define('larder-package-card', PackageCard)
