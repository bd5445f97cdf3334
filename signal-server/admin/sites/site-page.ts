/** One site: its devices in numbers, the live picture of who gives to whom, and its settings. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import {
  type SiteExchange,
  type SiteSummary,
  siteExchangeSchema,
  siteSummarySchema,
} from '../../../protocol/admin/sites.ts'
import type { SiteView } from '../../../protocol/admin-api.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { deviceName } from '../devices/device-words.ts'
import { deleteAfterAsking } from '../elements/delete-after-asking.ts'
import { toast } from '../elements/toasts.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { clock } from '../server-clock.ts'
import { Watch } from '../store.ts'
import { countOf, formatCount, formatInstant } from '../words.ts'
import { linksToDraw } from './exchange-layout.ts'
import './exchange-graph.ts'
import './site-edit.ts'

class SitePage extends LitElement {
  static override properties = { site: {}, editing: { state: true } }
  declare site: string
  declare editing: boolean
  readonly #summary = new Resource<SiteSummary>(this, signal =>
    api.get(apiPath('sites', this.site), siteSummarySchema, { signal }),
  )
  readonly #exchange = new Resource<SiteExchange>(this, signal =>
    api.get(apiPath('sites', this.site, 'exchange'), siteExchangeSchema, { signal }),
  )
  readonly #clock = new Watch(this, clock)
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: var(--space-4) }
      .numbers div { display: grid }
      .numbers dt { color: var(--quiet); font-size: var(--text-s) }
      .numbers dd { font-size: var(--text-2xl); font-weight: 500; letter-spacing: -0.02em; line-height: 1.2 }
      .numbers a { color: inherit; text-decoration: none }
      .numbers a:hover { text-decoration: underline }
      .graph { min-height: 20rem }
    `,
  ]

  constructor() {
    super()
    this.site = ''
    this.editing = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      live.on('site', exchange => exchange.site === this.site && this.#exchange.set(exchange)),
      live.on('sites', ({ sites }) => {
        const mine = sites.find(({ name }) => name === this.site)
        if (mine) this.#summary.set(mine)
      }),
      live.on('changed', () => this.#summary.refresh()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
    live.watchSite(this.site)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
    live.watchSite(null)
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.get('site')) return
    this.#summary.restart()
    this.#exchange.restart()
    live.watchSite(this.site)
  }

  override render() {
    const summary = this.#summary.value
    return html`
      <larder-page-header heading=${this.site} backHref="#/sites" backLabel="Sites">
        ${summary ? html`${formatInstant(this.#clock.value, summary.timeZone)}${summary.timeZone === 'UTC' ? '' : `, ${summary.timeZone}`}${limitWords(summary)}` : nothing}
        ${
          summary
            ? html`<wa-button slot="actions" appearance="outlined" @click=${() => this.#edit(true)}>Edit</wa-button>
              <wa-button slot="actions" appearance="outlined" variant="danger" @click=${() => this.#delete()}>Delete</wa-button>
              <wa-button slot="actions" variant="brand" href=${href(['enrolment'], { site: this.site })}>Enrol devices</wa-button>`
            : nothing
        }
      </larder-page-header>
      ${this.#summary.render(value => this.#content(value))}`
  }

  #content(site: SiteSummary) {
    return html`<div class="stack wide">
      <section class="card" aria-label="Devices of this site">${this.#numbers(site)}</section>
      <section class="card stack" aria-labelledby="exchange"><h2 id="exchange">Who gives to whom</h2>
        ${this.#exchange.render(exchange => this.#picture(exchange, site))}</section>
      ${this.editing ? html`<larder-site-edit .site=${site} @larder-done=${this.#onEdited}></larder-site-edit>` : nothing}
    </div>`
  }

  #numbers({ counts, storesWanted }: SiteSummary) {
    const query = (more: Record<string, string>) => href(['devices'], { site: this.site, ...more })
    const number = (label: string, value: unknown, more: Record<string, string>) =>
      html`<div><dt>${label}</dt><dd><a href=${query(more)}>${value}</a></dd></div>`
    return html`<dl class="numbers">
      ${number('Devices', formatCount(counts.devices), {})}
      ${number('Online', formatCount(counts.online), { connection: 'online' })}
      ${number('Offline', counts.offline > 0 ? html`<span class="bad">${formatCount(counts.offline)}</span>` : '0', { phase: 'offline' })}
      ${number('Stores online', html`${formatCount(counts.storesOnline)}${counts.storesOnline < storesWanted ? html`<span class="small quiet"> of ${storesWanted} wanted</span>` : nothing}`, { role: 'store' })}
      ${number('Up to date', formatCount(counts.onWanted), { phase: 'active' })}
      ${number('Downloading', formatCount(counts.downloading), { phase: 'downloading' })}
      ${number('Waiting', formatCount(counts.waiting), { phase: 'waiting' })}
      ${number('Failed', counts.failed > 0 ? html`<span class="bad">${formatCount(counts.failed)}</span>` : '0', { phase: 'failed' })}
    </dl>`
  }

  #picture(exchange: SiteExchange, site: SiteSummary) {
    if (exchange.devices.length === 0)
      return html`<larder-empty-state icon="devices" heading="No device here yet">
        Make an enrolment link for this site and open it on its screens. One of them should be a store, so that the others get packages from it.
        <wa-button slot="actions" variant="brand" href=${href(['enrolment'], { site: site.name })}>Make an enrolment link</wa-button></larder-empty-state>`
    return html`<larder-exchange-graph class="graph" .exchange=${exchange}></larder-exchange-graph>${this.#table(exchange)}`
  }

  #table({ devices, links }: SiteExchange) {
    const moving = linksToDraw(links)
      .filter(({ bytesPerS }) => bytesPerS > 0)
      .toSorted((a, b) => b.bytesPerS - a.bytesPerS)
    if (moving.length === 0) return html`<p class="quiet" role="status">Nothing moves at the moment.</p>`
    const byId = new Map(devices.map(device => [device.deviceId, deviceName(device)]))
    const named = (id: string) =>
      id === 'server'
        ? 'Server'
        : html`<a href=${href(['devices', id])}>${byId.get(id) ?? id.slice(0, 10)}</a>`
    return html`<details><summary>${countOf(moving.length, 'transfer')} as a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Transfers"><table>
        <thead><tr><th>From</th><th>To</th><th class="number">Rate</th></tr></thead>
        <tbody>${moving.map(({ from, to, bytesPerS }) => html`<tr><td>${named(from)}</td><td>${named(to)}</td><td class="number">${formatBytes(bytesPerS)}/s</td></tr>`)}</tbody>
      </table></div></details>`
  }

  async #delete(): Promise<void> {
    if (await deleteAfterAsking(apiPath('sites', this.site))) go(href(['sites']))
  }

  #edit(editing: boolean): void {
    this.editing = editing
  }

  readonly #onEdited = (event: CustomEvent<SiteView | null>): void => {
    this.editing = false
    if (event.detail === null) return
    toast(`${event.detail.name} was saved.`)
    void this.#summary.reload()
  }
}
customElements.define('larder-site-page', SitePage)

/** What its stores may do, where somebody has set a limit. */
function limitWords({ limits: { cacheBytes, uploadBytesPerS } }: SiteSummary): string {
  const parts = [
    cacheBytes === null ? '' : `keeps at most ${formatBytes(cacheBytes)}`,
    uploadBytesPerS === null ? '' : `gives at most ${formatBytes(uploadBytesPerS)}/s`,
  ].filter(part => part !== '')
  return parts.length === 0 ? '' : `. A store ${parts.join(' and ')}.`
}
