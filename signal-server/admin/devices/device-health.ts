/** How a device is: where its packages rest, and what it found out about itself with what mends it. Asks for a fresh look. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { type DeviceDetail, diagnoseViewSchema } from '../../../protocol/admin/devices.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { toastProblem } from '../elements/toasts.ts'
import { countOf, formatShare } from '../words.ts'
import '../elements/meter.ts'

/** As long as a slow device takes; then it is said that nothing came. */
const PATIENCE_MS = 60_000

type Finding = NonNullable<DeviceDetail['diagnostics']>['findings'][number]

class DeviceHealth extends LitElement {
  static override properties = {
    device: { attribute: false },
    askedAt: { state: true },
    silent: { state: true },
    all: { state: true },
  }
  declare device: DeviceDetail | null
  /** By the server's clock; null while nobody waits for a report. */
  declare askedAt: number | null
  /** It was asked and has not answered. */
  declare silent: boolean
  declare all: boolean
  #patience: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    baseStyles,
    css`
      .cards { display: grid; gap: var(--space-5); grid-template-columns: minmax(0, 1fr); align-items: start }
      @media (min-width: 64rem) { .cards { grid-template-columns: minmax(16rem, 1fr) minmax(0, 2fr) } }
      ol { list-style: none; display: grid }
      li { display: grid; grid-template-columns: 1.5rem minmax(0, 1fr); gap: var(--space-1) var(--space-3); padding: var(--space-3) 0; border-bottom: 1px solid var(--line) }
      li:last-child { border-bottom: 0 }
      li strong { font-weight: 500 }
      li .mend { margin-top: var(--space-1) }
      li, dd { overflow-wrap: anywhere }
      .dot { width: 0.7rem; height: 0.7rem; border-radius: 50%; margin-top: 0.42em; justify-self: center; background: var(--good) }
      .dot.note { background: var(--accent) }
      .dot.bad { background: var(--bad) }
      larder-meter { min-height: 0.4rem }
    `,
  ]

  constructor() {
    super()
    this.device = null
    this.askedAt = null
    this.silent = false
    this.all = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#patience)
  }

  protected override willUpdate(): void {
    const receivedAt = Date.parse(this.device?.diagnostics?.receivedAt ?? '')
    if (this.askedAt === null || !(receivedAt >= this.askedAt)) return
    this.askedAt = null
    this.silent = false
    clearTimeout(this.#patience)
  }

  override render() {
    const { device } = this
    if (!device) return null
    return html`<div class="cards">
      <section class="card stack" aria-labelledby="storage"><h2 id="storage">Storage</h2>${storageFacts(device.storage)}</section>
      <section class="card stack" aria-labelledby="diagnostics">
        <div class="spread"><h2 id="diagnostics">Diagnostics</h2>
          <wa-button size="s" appearance="outlined" ?disabled=${device.connection !== 'online' || device.state === 'pending'} ?loading=${this.askedAt !== null} @click=${this.#ask}>Check it now</wa-button></div>
        ${this.#diagnostics(device)}
      </section>
    </div>`
  }

  #diagnostics({ diagnostics, connection, state, timeZone }: DeviceDetail) {
    const silence = this.silent
      ? html`<p class="bad" role="alert">It has not answered. Its browser may be busy or asleep; what it reports later appears here by itself.</p>`
      : nothing
    if (diagnostics === null && state === 'pending')
      return html`<p class="quiet">It can be checked once it is accepted.</p>`
    if (diagnostics === null)
      return html`${silence}<p class="quiet">${connection === 'online' ? 'It has never been checked. It looks at its browser, its disk and its network, and says what to mend.' : 'It has never been checked, and can be when it is online.'}</p>`
    const { findings, receivedAt, userAgent } = diagnostics
    const notable = sorted(findings.filter(({ state }) => state !== 'good'))
    const bad = notable.filter(({ state }) => state === 'bad').length
    const shown = this.all ? sorted(findings) : notable
    return html`${silence}
      <p>${bad === 0 ? 'Nothing to mend.' : html`<strong class="bad">${countOf(bad, 'thing')} to mend.</strong>`} <span class="quiet">${countOf(findings.length, 'check')}, <larder-time .at=${receivedAt} .zone=${timeZone}></larder-time></span></p>
      ${shown.length === 0 ? nothing : html`<ol>${shown.map(row)}</ol>`}
      ${
        this.all || shown.length === findings.length
          ? nothing
          : html`<p><wa-button size="s" appearance="outlined" @click=${this.#showAll}>Show all ${findings.length} checks</wa-button></p>`
      }
      <p class="quiet small">${userAgent}</p>`
  }

  readonly #showAll = (): void => {
    this.all = true
  }

  readonly #ask = async (): Promise<void> => {
    const { device } = this
    if (!device || this.askedAt !== null) return
    try {
      const { askedAt } = await api.post(apiPath('devices', device.deviceId, 'diagnose'), diagnoseViewSchema)
      this.silent = false
      this.askedAt = Date.parse(askedAt)
      this.#patience = setTimeout(() => {
        this.askedAt = null
        this.silent = true
      }, PATIENCE_MS)
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-device-health', DeviceHealth)

const ORDER = ['bad', 'note', 'good']
const sorted = (findings: readonly Finding[]) =>
  findings.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))

const STATE_WORDS = { good: 'Good', note: 'Worth knowing', bad: 'To mend' } as const

const row = ({ state, title, found, mend }: Finding) => html`<li>
  <span class="dot ${state}" role="img" aria-label=${STATE_WORDS[state]}></span>
  <div><p><strong>${title}</strong></p><p>${found}</p>${mend === null ? nothing : html`<p class="mend"><span class="quiet">What mends it:</span> ${mend}</p>`}</div></li>`

function storageFacts(storage: DeviceDetail['storage']) {
  if (storage === null) return html`<p class="quiet">Not reported yet.</p>`
  const { kind, persisted, usageBytes, quotaBytes } = storage
  return html`
    ${kind === 'disk' ? nothing : html`<p class="bad">It keeps packages in memory only: after a restart it fetches everything again. The diagnostics say why.</p>`}
    ${usageBytes !== null && quotaBytes ? html`<larder-meter label="Storage used" .value=${Math.min(1, usageBytes / quotaBytes)}></larder-meter>` : nothing}
    <dl class="facts">
      <dt>Kept</dt><dd>${kind === 'disk' ? 'on its disk' : 'in memory'}</dd>
      <dt>Used</dt><dd>${usageBytes === null ? 'its browser does not say' : quotaBytes ? `${formatBytes(usageBytes)} of ${formatBytes(quotaBytes)}, ${formatShare(usageBytes / quotaBytes)}` : formatBytes(usageBytes)}</dd>
      <dt>Lasts</dt><dd>${persisted === null ? 'its browser does not say' : persisted ? 'its browser has promised to keep it' : 'its browser may clear it when its disk is full'}</dd>
    </dl>`
}
