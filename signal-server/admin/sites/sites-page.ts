/** All sites: who is there, how many stores are online, what has failed. */
import { css, html, LitElement, nothing } from 'lit'
import { type SiteSummary, siteSummaryListSchema } from '../../../protocol/admin/sites.ts'
import type { SiteView } from '../../../protocol/admin-api.ts'
import { api } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import type { Column, Sort } from '../elements/data-table.ts'
import { toast } from '../elements/toasts.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href, place, replacePlace } from '../router.ts'
import { countOf, formatCount } from '../words.ts'
import '../elements/data-table.ts'
import './site-edit.ts'

type Key =
  | 'name'
  | 'timeZone'
  | 'devices'
  | 'offline'
  | 'stores'
  | 'onWanted'
  | 'downloading'
  | 'waiting'
  | 'failed'

const VALUE: Record<Key, (site: SiteSummary) => string | number> = {
  name: site => site.name,
  timeZone: site => site.timeZone,
  devices: site => site.counts.devices,
  offline: site => site.counts.offline,
  stores: site => site.counts.storesOnline,
  onWanted: site => site.counts.onWanted,
  downloading: site => site.counts.downloading,
  waiting: site => site.counts.waiting,
  failed: site => site.counts.failed,
}

const count = (key: Key, label: string, rank: number): Column<SiteSummary> => ({
  key,
  label,
  widthRem: 5.5,
  rank,
  sortable: true,
  align: 'end',
  draw: site => formatCount(Number(VALUE[key](site))),
})

const bad = (number: number) =>
  number === 0 ? '0' : html`<strong class="bad">${formatCount(number)}</strong>`

const COLUMNS: readonly Column<SiteSummary>[] = [
  { key: 'name', label: 'Site', widthRem: 11, grow: 2, rank: 0, sortable: true, draw: site => site.name },
  {
    key: 'timeZone',
    label: 'Time zone',
    widthRem: 9,
    grow: 1.2,
    rank: 6,
    sortable: true,
    draw: site => site.timeZone,
  },
  count('devices', 'Devices', 5),
  { ...count('offline', 'Offline', 2), draw: ({ counts }) => bad(counts.offline) },
  {
    key: 'stores',
    label: 'Stores online',
    widthRem: 7,
    rank: 1,
    sortable: true,
    align: 'end',
    draw: ({ counts, storesWanted }) =>
      counts.storesOnline === 0 && counts.devices > 0
        ? html`<larder-chip kind="bad">none</larder-chip>`
        : html`${formatCount(counts.storesOnline)}${storesWanted > counts.storesOnline ? html` <span class="quiet">of ${storesWanted}</span>` : nothing}`,
  },
  count('onWanted', 'Up to date', 3),
  count('downloading', 'Loading', 7),
  count('waiting', 'Waiting', 8),
  { ...count('failed', 'Failed', 4), draw: ({ counts }) => bad(counts.failed) },
]

/** On a phone, where only the names have room: what is not as it should be there. */
function below({ counts }: SiteSummary, shown: ReadonlySet<string>): unknown {
  if (counts.devices === 0) return html`<larder-chip>No device yet</larder-chip>`
  const { offline, failed, devices, storesOnline, online } = counts
  const wrong = [
    ...(offline > 0 ? [`${formatCount(offline)} of ${formatCount(devices)} offline`] : []),
    ...(storesOnline === 0 && online > 0 && !shown.has('stores') ? ['no store'] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ]
  return wrong.length === 0
    ? html`<larder-chip kind="good">${countOf(online, 'device')} online</larder-chip>`
    : wrong.map(text => html`<larder-chip kind="bad">${text}</larder-chip> `)
}

class SitesPage extends LitElement {
  static override properties = { sort: { state: true }, search: { state: true }, making: { state: true } }
  declare sort: Sort
  declare search: string
  declare making: boolean
  readonly #sites = new Resource<readonly SiteSummary[]>(
    this,
    async signal => (await api.get('sites', siteSummaryListSchema, { signal })).sites,
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .tools { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end; margin-bottom: var(--space-3) }
      .found { padding-bottom: 0.45rem }
      .tools wa-input { flex: 0 1 22rem; min-width: min(100%, 14rem) }
      @media (max-width: 60rem) { larder-data-table { --table-top: 3.5rem } }
    `,
  ]

  constructor() {
    super()
    const by = place.value.query.get('sort') ?? ''
    this.sort = { key: Object.hasOwn(VALUE, by) ? by : 'name', order: 'asc' }
    this.search = ''
    this.making = place.value.query.get('new') !== null
    if (this.making) replacePlace('#/sites')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [
      live.on('sites', ({ sites }) => this.#take(sites)),
      live.on('changed', ({ what }) => what !== 'device' && this.#sites.refresh()),
    ]
    this.#unsubscribe = () => stops.forEach(stop => void stop())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    return html`
      <larder-page-header heading="Sites">
        <wa-button slot="actions" variant="brand" @click=${this.#make}>New site</wa-button>
      </larder-page-header>
      ${this.#sites.render(sites => this.#content(sites))}
      ${this.making ? html`<larder-site-edit .taken=${(this.#sites.value ?? []).map(({ name }) => name)} @larder-done=${this.#onMade}></larder-site-edit>` : nothing}`
  }

  #content(sites: readonly SiteSummary[]) {
    if (sites.length === 0)
      return html`<larder-empty-state icon="sites" heading="No site yet">
        A site is a place whose devices share a network: a shop, a station, a clinic. Only devices of one site give packages to one another.
        <wa-button slot="actions" variant="brand" @click=${this.#make}>Make the first site</wa-button></larder-empty-state>`
    const shown = sites.filter(({ name, timeZone }) =>
      `${name} ${timeZone}`.toLowerCase().includes(this.search),
    )
    return html`
      <div class="tools">
        <wa-input type="search" aria-label="Search sites" label="Search" placeholder="Name or time zone" with-clear
          @input=${(event: Event) => {
            this.search = ((event.target as HTMLInputElement).value ?? '').trim().toLowerCase()
          }}></wa-input>
        <span class="quiet found" role="status">${countOf(shown.length, 'site')}</span>
      </div>
      ${
        shown.length === 0
          ? html`<larder-empty-state icon="search" heading="No site is called like that">Try another part of its name or time zone.</larder-empty-state>`
          : html`<larder-data-table label="Sites" .columns=${COLUMNS} .rows=${sorted(shown, this.sort)} .sort=${this.sort}
              below="offline" .drawBelow=${below} .keyOf=${(site: SiteSummary) => site.name} .hrefOf=${(site: SiteSummary) => href(['sites', site.name])}
              @larder-sort=${(event: CustomEvent<Sort>) => {
                this.sort = event.detail
              }}></larder-data-table>`
      }`
  }

  #take(changed: readonly SiteSummary[]): void {
    const byName = new Map(changed.map(site => [site.name, site]))
    const known = this.#sites.value
    if (known) this.#sites.set(known.map(site => byName.get(site.name) ?? site))
  }

  readonly #make = (): void => {
    this.making = true
  }

  readonly #onMade = (event: CustomEvent<SiteView | null>): void => {
    this.making = false
    if (event.detail === null) return
    toast(
      `The site ${event.detail.name} is there. Next: a profile that gives it packages, and its first device.`,
    )
    go(href(['sites', event.detail.name]))
  }
}
customElements.define('larder-sites-page', SitesPage)

function sorted(sites: readonly SiteSummary[], { key, order }: Sort): SiteSummary[] {
  const value = VALUE[key as Key] ?? VALUE.name
  const sign = order === 'asc' ? 1 : -1
  return sites.toSorted((a, b) => {
    const [one, other] = [value(a), value(b)]
    const by =
      typeof one === 'number' && typeof other === 'number'
        ? one - other
        : String(one).localeCompare(String(other))
    return sign * by || a.name.localeCompare(b.name)
  })
}
