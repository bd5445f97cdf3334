/** The fleet at a glance: how many devices are where, how the bytes travelled, and what wants attention. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import { type Overview, overviewSchema } from '../../../protocol/admin/overview.ts'
import { type Traffic, type TrafficRange, trafficSchema } from '../../../protocol/admin/traffic.ts'
import { packageListSchema, profileListSchema, siteListSchema } from '../../../protocol/admin-api.ts'
import { api } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { href } from '../router.ts'
import { formatCount, formatShare } from '../words.ts'
import '../elements/meter.ts'
import './attention-card.ts'
import './first-steps.ts'
import './traffic-chart.ts'

const RANGES: readonly { readonly range: TrafficRange; readonly label: string; readonly everyMs: number }[] =
  [
    { range: '1h', label: 'Hour', everyMs: 5_000 },
    { range: '24h', label: 'Day', everyMs: 60_000 },
    { range: '7d', label: 'Week', everyMs: 300_000 },
  ]

class OverviewPage extends LitElement {
  static override properties = { range: { state: true } }
  declare range: TrafficRange
  readonly #overview = new Resource<Overview>(this, signal => api.get('overview', overviewSchema, { signal }))
  readonly #traffic = new Resource<Traffic>(this, signal =>
    api.get('traffic', trafficSchema, { query: { range: this.range }, signal }),
  )
  readonly #things = new Resource(this, async signal => {
    const [sites, packages, profiles] = await Promise.all([
      api.get('sites', siteListSchema, { signal }),
      api.get('packages', packageListSchema, { signal }),
      api.get('profiles', profileListSchema, { signal }),
    ])
    return {
      sites: sites.sites.length,
      packages: packages.packages.length,
      profiles: profiles.profiles.length,
    }
  })
  #timer: ReturnType<typeof setInterval> | undefined
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); gap: var(--space-3) }
      .tile { display: grid; gap: var(--space-1); padding: var(--space-4); text-decoration: none; color: inherit; transition: border-color 0.15s }
      a.tile:hover { border-color: var(--line-strong) }
      .tile strong { font-size: var(--text-3xl); font-weight: 500; line-height: 1.1; letter-spacing: -0.02em }
      .tile span { color: var(--quiet) }
      .tile.bad strong { color: var(--bad) }
      .tile larder-meter { margin-top: var(--space-2) }
      @media (max-width: 30rem) { .tiles { grid-template-columns: 1fr 1fr } .tile strong { font-size: var(--text-2xl) } .tile.all, .tile:last-child { grid-column: 1 / -1 } }
      .two { display: grid; gap: var(--space-5); grid-template-columns: minmax(0, 1fr) }
      @media (min-width: 75rem) { .two { grid-template-columns: minmax(0, 2.2fr) minmax(18rem, 1fr) } }
      .ranges { display: inline-flex; border: 1px solid var(--line); border-radius: var(--radius-s); padding: 2px }
      .ranges button { all: unset; cursor: pointer; padding: 0.25rem 0.75rem; font-size: var(--text-s); border-radius: calc(var(--radius-s) - 2px); color: var(--quiet) }
      .ranges button[aria-pressed="true"] { background: var(--accent-soft); color: var(--ink) }
      .ranges button:focus-visible { outline: var(--focus) }
      .share .big { font-size: var(--text-3xl); font-weight: 500; letter-spacing: -0.02em; line-height: 1.1 }
      .traffic { grid-template-rows: auto 1fr }
      .chart-space { min-height: 17rem; display: grid }
    `,
  ]

  constructor() {
    super()
    this.range = '1h'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      live.on('overview', overview => this.#overview.set(overview)),
      live.on('changed', () => this.#things.refresh()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
    this.#poll()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
    clearInterval(this.#timer)
  }

  override render() {
    return html`
      <larder-page-header heading="Overview"></larder-page-header>
      ${this.#overview.render(overview => this.#content(overview))}`
  }

  #content({ counts, bytes, share, attention }: Overview) {
    const things = this.#things.value
    const isNew =
      things !== null &&
      (things.sites === 0 || things.packages === 0 || things.profiles === 0 || counts.devices === 0)
    return html`<div class="stack wide">
      ${
        isNew
          ? html`<larder-first-steps .sites=${things.sites} .packages=${things.packages} .profiles=${things.profiles} .devices=${counts.devices}></larder-first-steps>`
          : nothing
      }
      ${isNew && attention.length === 0 ? nothing : html`<larder-attention-card .items=${attention}></larder-attention-card>`}
      ${isNew && counts.devices === 0 ? nothing : this.#numbers(counts, bytes, share)}
    </div>`
  }

  #numbers(counts: Overview['counts'], bytes: Overview['bytes'], share: Overview['share']) {
    return html`
      <section class="tiles" aria-label="Devices">
        <a class="card tile all" href="#/devices"><span>Devices online</span>
          <strong>${formatCount(counts.online)}<span class="small quiet"> of ${formatCount(counts.devices)}</span></strong>
          <larder-meter label="Devices online" .value=${ratio(counts.online, counts.devices)}></larder-meter></a>
        ${this.#tile('Offline', counts.offline, 'offline')}
        ${this.#tile('Failed', counts.failed, 'failed')}
        ${this.#tile('Downloading', counts.downloading, 'downloading')}
        ${this.#tile('Waiting', counts.waiting, 'waiting')}
        ${this.#tile('On the wanted release', counts.onWanted, 'active')}
      </section>
      <div class="two">
        <section class="card stack traffic" aria-labelledby="traffic">
          <div class="spread"><h2 id="traffic">Where bytes come from</h2>
            <div class="ranges" role="group" aria-label="Range">
              ${RANGES.map(
                ({ range, label }) =>
                  html`<button type="button" aria-pressed=${range === this.range} @click=${() => this.#choose(range)}>${label}</button>`,
              )}
            </div></div>
          <div class="chart-space">${this.#traffic.render(traffic => html`<larder-traffic-chart .traffic=${traffic}></larder-traffic-chart>`)}</div>
        </section>
        <section class="card stack share" aria-labelledby="share"><h2 id="share">From stores</h2>${this.#share(share, bytes)}</section>
      </div>`
  }

  #tile(label: string, count: number, phase: string) {
    return html`<a class="card tile ${(phase === 'failed' || phase === 'offline') && count > 0 ? 'bad' : ''}" href=${href(['devices'], { phase })}>
      <span>${label}</span><strong>${formatCount(count)}</strong></a>`
  }

  #share({ fromStores, best }: Overview['share'], { total, today }: Overview['bytes']) {
    if (fromStores === null)
      return html`<p class="quiet">Nothing has travelled yet. When a release reaches the devices, this says how much of it they got from stores of their own site.</p>`
    return html`
      <p class="big">${formatShare(fromStores)}</p>
      <larder-meter label="Share from stores" .value=${fromStores} .mark=${best ?? -1}></larder-meter>
      <p class="quiet small">${
        best === null
          ? 'of all bytes came from stores.'
          : html`of all bytes came from stores; <strong>${formatShare(best)}</strong> would be the most, when each site fetches one copy for its N devices: (N − 1) / N.`
      }</p>
      <dl class="facts">
        <dt>Stores, today</dt><dd class="number">${formatBytes(today.fromStores)}</dd>
        <dt>Server, today</dt><dd class="number">${formatBytes(today.fromServer)}</dd>
        <dt>Stores, in all</dt><dd class="number">${formatBytes(total.fromStores)}</dd>
        <dt>Server, in all</dt><dd class="number">${formatBytes(total.fromServer)}</dd>
      </dl>
      <p class="quiet small">Days begin at midnight UTC.</p>`
  }

  #choose(range: TrafficRange): void {
    this.range = range
    void this.#traffic.reload()
    this.#poll()
  }

  #poll(): void {
    clearInterval(this.#timer)
    const everyMs = RANGES.find(({ range }) => range === this.range)?.everyMs ?? 60_000
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') this.#traffic.refresh()
    }, everyMs)
  }
}
customElements.define('larder-overview-page', OverviewPage)

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
