/** One package on one device: what it runs, what it wants, what it is doing and why, where the bytes came from, and another try. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { type DeviceDetail, retryViewSchema } from '../../../protocol/admin/devices.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'
import { obstacleTo } from '../../../protocol/update-obstacle.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { href } from '../router.ts'
import { formatCount } from '../words.ts'
import { reportedChip, updateWords } from './device-words.ts'
import '../elements/meter.ts'

class PackageCard extends LitElement {
  static override properties = {
    status: { attribute: false },
    device: { attribute: false },
    asking: { state: true },
  }
  declare status: PackageStatus | null
  declare device: DeviceDetail | null
  declare asking: boolean

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
    this.device = null
    this.asking = false
  }

  override render() {
    const { status, device } = this
    if (!status || !device) return null
    const { kind, text } = reportedChip(status, device)
    const isOnline = device.connection === 'online'
    const { decision, chunks, bytes } = status
    const doing = updateWords(status)
    return html`<section class="card" aria-label="Package ${status.package}">
      <div class="spread"><h2><a href=${href(['packages', status.package])}>${status.package}</a></h2><larder-chip .kind=${kind}>${text}</larder-chip></div>
      <p class="detail ${isOnline ? '' : 'quiet'}">${status.detail}</p>
      ${this.#remedy(status, device)}
      <larder-meter label="Chunks held" .value=${chunks.total === 0 ? 0 : chunks.have / chunks.total}></larder-meter>
      <dl class="facts">
        <dt>Runs</dt><dd>${status.activeRelease === null ? 'nothing yet' : `release ${status.activeRelease}, ${status.activeVersion}`}</dd>
        <dt>Wants</dt><dd>release ${status.wantedRelease}${doing === null ? nothing : html`, which ${doing}`}</dd>
        ${this.#lastRollback(status, device)}
        <dt>Chunks</dt><dd>${formatCount(chunks.have)} of ${formatCount(chunks.total)}</dd>
        <dt>Came from</dt><dd>${formatBytes(bytes.fromStores)} stores, ${formatBytes(bytes.fromServer)} server, ${formatBytes(bytes.reused)} was here</dd>
        ${
          isOnline
            ? html`<dt>May use</dt><dd class="sources">
          <larder-chip .kind=${decision.stores === 'open' ? 'good' : 'waiting'}>Stores ${decision.stores}</larder-chip>
          <larder-chip .kind=${decision.server === 'open' ? 'good' : 'waiting'}>Server ${decision.server}</larder-chip></dd>`
            : nothing
        }
        ${
          decision.nextChangeAt === null || !isOnline
            ? nothing
            : html`<dt>Changes</dt><dd><larder-time .at=${decision.nextChangeAt} .zone=${device.timeZone}></larder-time></dd>`
        }
      </dl>
      <p class="small"><a href=${href(['explain'], { device: device.deviceId, package: status.package })}>Explain why</a></p>
    </section>`
  }

  /** What a person can do; nothing where there is nothing to do. */
  #remedy(status: PackageStatus, device: DeviceDetail) {
    const remedy = device.state === 'accepted' ? obstacleTo(status.wantedRelease, status)?.remedy : null
    if (remedy === 'republish')
      return html`<div class="row"><wa-button appearance="outlined" size="s" href=${href(['packages', status.package])}>Go back to release ${status.wantedRelease} …</wa-button></div>`
    if (remedy !== 'retry') return nothing
    return html`<div class="row"><wa-button variant="brand" size="s" ?loading=${this.asking} @click=${() => this.#askAgain(status, device)}>Try release ${status.wantedRelease} again</wa-button>
      ${device.connection === 'online' ? nothing : html`<span class="quiet small">It is offline and hears of it when it is back.</span>`}</div>`
  }

  /** Why the last release that failed here was taken back. */
  #lastRollback(status: PackageStatus, { events, timeZone }: DeviceDetail) {
    const last = events.find(
      event => event.kind === 'release-rolled-back' && event.package === status.package,
    )
    if (last === undefined) return nothing
    return html`<dt>Went back</dt><dd>${last.release === undefined ? '' : `from release ${last.release}: `}${last.detail} <span class="quiet small"><larder-time .at=${last.at} .zone=${timeZone}></larder-time></span></dd>`
  }

  async #askAgain(status: PackageStatus, device: DeviceDetail): Promise<void> {
    this.asking = true
    try {
      const path = apiPath('devices', device.deviceId, 'retry')
      const { connection, release } = await api.post(path, retryViewSchema, {
        body: { package: status.package },
      })
      toast(
        `Release ${release} of ${status.package} is tried again ${connection === 'online' ? 'now' : 'when the device is back'}.`,
      )
    } catch (error) {
      toastProblem(error)
    }
    this.asking = false
  }
}
customElements.define('larder-package-card', PackageCard)
