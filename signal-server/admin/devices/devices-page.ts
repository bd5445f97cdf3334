/** All devices: searched, filtered and sorted over thousands of rows. The question stands in the address. */
import { css, html, LitElement, nothing } from 'lit'
import type { DeviceRow } from '../../../protocol/admin/devices.ts'
import { siteListSchema } from '../../../protocol/admin-api.ts'
import { api } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import type { Column, Sort } from '../elements/data-table.ts'
import { icons } from '../icons.ts'
import { Resource } from '../resource.ts'
import { href, place, replacePlace } from '../router.ts'
import { countOf, formatCount } from '../words.ts'
import { DeviceList, type DeviceQuery } from './device-list.ts'
import {
  deviceChip,
  deviceTitle,
  labelTexts,
  ownNameText,
  PHASES,
  roleText,
  versionsText,
} from './device-words.ts'
import '../elements/data-table.ts'

const QUERY_DEFAULTS: DeviceQuery = {
  search: '',
  site: '',
  role: '',
  state: '',
  phase: '',
  connection: '',
  failed: '',
  sort: 'site',
  order: 'asc',
}
const FILTERS = ['site', 'phase', 'role', 'connection', 'state', 'failed'] as const
type Filter = (typeof FILTERS)[number]
const TYPING_PAUSE_MS = 200

const COLUMNS: readonly Column<DeviceRow>[] = [
  {
    key: 'name',
    label: 'Device',
    widthRem: 8.5,
    grow: 1.4,
    rank: 0,
    sortable: true,
    draw: nameAndLabels,
  },
  {
    key: 'phase',
    label: 'State',
    widthRem: 10.75,
    grow: 0.6,
    rank: 1,
    sortable: true,
    draw: chipOf,
  },
  {
    key: 'detail',
    label: 'Doing what, and why',
    widthRem: 13,
    grow: 2.6,
    rank: 3,
    draw: row => html`<span class="detail" title=${row.detail}>${doing(row)}</span>`,
  },
  {
    key: 'site',
    label: 'Site',
    widthRem: 8,
    grow: 1.3,
    rank: 2,
    sortable: true,
    draw: row => row.site ?? '–',
  },
  { key: 'role', label: 'Role', widthRem: 6.5, grow: 0.4, rank: 4, sortable: true, draw: roleText },
  {
    key: 'version',
    label: 'Runs',
    widthRem: 5.5,
    grow: 0.7,
    rank: 5,
    draw: row => versionsText(row.packages) || '–',
  },
  {
    key: 'lastSeen',
    label: 'Last seen',
    widthRem: 7,
    grow: 0.4,
    rank: 6,
    sortable: true,
    draw: row =>
      row.connection === 'online'
        ? 'online'
        : html`<larder-time .at=${row.lastSeenAt} .zone=${row.timeZone} show="relative"></larder-time>`,
  },
]

function chipOf(row: DeviceRow) {
  const { kind, text } = deviceChip(row)
  return html`<larder-chip .kind=${kind}>${text}</larder-chip>`
}

function nameAndLabels(row: DeviceRow) {
  const labels = labelTexts(row.labels).join(', ')
  return labels === ''
    ? deviceTitle(row)
    : html`<span title=${labels}>${deviceTitle(row)} <span class="quiet small">${labels}</span></span>`
}

function doing(row: DeviceRow): string {
  if (row.state !== 'pending' || row.code === null) return row.detail
  return [`Shows the code ${row.code}`, ownNameText(row)].filter(part => part !== '').join(', ')
}

/** On a phone: its state where there is no column for it, why, and where. */
function below(row: DeviceRow, shown: ReadonlySet<string>): unknown {
  const parts = [row.phase === 'active' ? '' : doing(row), shown.has('site') ? '' : (row.site ?? '')]
  const text = parts.filter(part => part !== '').join(' · ')
  return shown.has('phase') ? text : html`${chipOf(row)} ${text}`
}

class DevicesPage extends LitElement {
  static override properties = { filtersOpen: { state: true } }
  /** On a phone the filters stay out of the way until they are wanted. */
  declare filtersOpen: boolean
  readonly #list = new DeviceList(this)
  readonly #sites = new Resource(this, signal => api.get('sites', siteListSchema, { signal }))
  #query: DeviceQuery = QUERY_DEFAULTS
  #typing: ReturnType<typeof setTimeout> | undefined
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .tools { display: grid; gap: var(--space-3); grid-template-columns: minmax(min(100%, 16rem), 2fr) repeat(5, minmax(7.5rem, 1fr)); align-items: end; margin-bottom: var(--space-3) }
      @media (max-width: 75rem) { .tools { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)) } .tools .search { grid-column: 1 / -1 } }
      .tools .toggle { display: none; grid-column: 1 / -1 }
      @media (max-width: 40rem) { .tools .toggle { display: block } .tools:not(.open) wa-select { display: none } }
      .tools .icon { color: var(--quiet) }
      .found { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-4); min-height: 2.25rem; margin-bottom: var(--space-2) }
      larder-data-table { --table-top: 0px }
      @media (max-width: 60rem) { larder-data-table { --table-top: 3.5rem } }
    `,
  ]

  constructor() {
    super()
    this.filtersOpen = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = place.subscribe(({ path }) => path === '/devices' && this.#readPlace())
    this.#readPlace()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
    clearTimeout(this.#typing)
  }

  override render() {
    const { rows, total, problem } = this.#list
    const isFiltered = this.#query.search !== '' || FILTERS.some(filter => this.#query[filter] !== '')
    return html`
      <larder-page-header heading="Devices">
        <wa-button slot="actions" variant="brand" href="#/enrolment">Enrol devices</wa-button>
      </larder-page-header>
      ${problem ? html`<larder-problem-note .problem=${problem} @larder-retry=${() => this.#list.reload()}></larder-problem-note>` : nothing}
      ${total === 0 && !isFiltered ? this.#nothingYet() : this.#table(rows, total, isFiltered)}`
  }

  #table(rows: readonly DeviceRow[], total: number | null, isFiltered: boolean) {
    const { sort, order } = this.#query
    return html`
      ${this.#tools()}
      <div class="found" role="status">
        <span class="quiet">${total === null ? 'Looking …' : `${countOf(total, 'device')}${isFiltered ? ' found' : ''}`}</span>
        ${this.#query.failed === '' ? nothing : html`<span>on which ${this.#query.failed.replace('@', ' release ')} fails</span>`}
        ${isFiltered ? html`<wa-button size="s" appearance="plain" @click=${() => this.#ask(QUERY_DEFAULTS)}>Show all devices</wa-button>` : nothing}
        ${
          this.#list.outdated > 0
            ? html`<wa-button size="s" appearance="outlined" @click=${() => this.#list.reload()}>${formatCount(this.#list.outdated)} changed, read the list again</wa-button>`
            : nothing
        }
      </div>
      ${
        total === 0
          ? html`<larder-empty-state icon="search" heading="No device is like that">Try fewer filters, or another part of a name, id, site, code, version or label.</larder-empty-state>`
          : total === null && this.#list.problem === null
            ? html`<larder-loading></larder-loading>`
            : html`<larder-data-table label="Devices" .columns=${COLUMNS} .rows=${rows} below="detail" .drawBelow=${below} .sort=${{ key: sort, order }}
                .keyOf=${(row: DeviceRow) => row.deviceId} .hrefOf=${(row: DeviceRow) => href(['devices', row.deviceId])}
                @larder-sort=${(event: CustomEvent<Sort>) => this.#ask({ ...this.#query, sort: event.detail.key, order: event.detail.order })}></larder-data-table>`
      }`
  }

  #tools() {
    const sites = (this.#sites.value?.sites ?? []).map(({ name }) => ({ value: name, label: name }))
    return html`<search class="tools ${this.filtersOpen ? 'open' : ''}" aria-label="Find devices">
      <wa-input class="search" type="search" label="Search" placeholder="Name, id, site, code, version or label" with-clear
        .value=${this.#query.search} @input=${this.#onSearch}>${html`<span slot="start">${icons.search}</span>`}</wa-input>
      <wa-button class="toggle" appearance="outlined" aria-expanded=${this.filtersOpen} @click=${() => {
        this.filtersOpen = !this.filtersOpen
      }}>${this.filtersOpen ? 'Hide the filters' : 'Filters'}</wa-button>
      ${this.#filter('site', 'Site', sites)}
      ${this.#filter(
        'phase',
        'State',
        Object.entries(PHASES).map(([value, { text }]) => ({ value, label: text })),
      )}
      ${this.#filter('role', 'Role', [
        { value: 'store', label: 'Store' },
        { value: 'kiosk', label: 'Kiosk' },
      ])}
      ${this.#filter('connection', 'Connection', [
        { value: 'online', label: 'Online' },
        { value: 'offline', label: 'Offline' },
      ])}
      ${this.#filter('state', 'Belongs here', [
        { value: 'pending', label: 'Wants to be accepted' },
        { value: 'accepted', label: 'Accepted' },
        { value: 'revoked', label: 'Revoked' },
      ])}
    </search>`
  }

  #filter(
    name: Filter,
    label: string,
    options: readonly { readonly value: string; readonly label: string }[],
  ) {
    return html`<wa-select label=${label} .value=${this.#query[name] || 'any'} @change=${(event: Event) => {
      const value = String((event.target as HTMLInputElement).value)
      this.#ask({ ...this.#query, [name]: value === 'any' ? '' : value })
    }}>
      <wa-option value="any">Any</wa-option>
      ${options.map(option => html`<wa-option value=${option.value}>${option.label}</wa-option>`)}
    </wa-select>`
  }

  #nothingYet() {
    return html`<larder-empty-state icon="devices" heading="No device yet">
      A device is a browser that has enrolled: by a link you make for a site, or by a code it shows and you accept.
      <wa-button slot="actions" variant="brand" href="#/enrolment">Make an enrolment link</wa-button>
      <wa-button slot="actions" appearance="outlined" href="#/sites?new=1">Make a site first</wa-button>
    </larder-empty-state>`
  }

  readonly #onSearch = (event: Event): void => {
    const search = (event.target as HTMLInputElement).value ?? ''
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.#ask({ ...this.#query, search: search.trim() }), TYPING_PAUSE_MS)
  }

  #ask(query: DeviceQuery): void {
    const said = Object.entries(query).filter(
      ([name, value]) => value !== QUERY_DEFAULTS[name as keyof DeviceQuery],
    )
    replacePlace(href(['devices'], Object.fromEntries(said)))
  }

  #readPlace(): void {
    const { query } = place.value
    this.#query = Object.fromEntries(
      Object.entries(QUERY_DEFAULTS).map(([name, byDefault]) => [name, query.get(name) ?? byDefault]),
    ) as DeviceQuery
    this.#list.ask(this.#query)
    this.requestUpdate()
  }
}
customElements.define('larder-devices-page', DevicesPage)
