/** What a device reported over time: first what went wrong, then everything, newest first. */
import { css, html, LitElement, nothing } from 'lit'
import { type DeviceDetail, deviceEventPageSchema } from '../../../protocol/admin/devices.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { toastProblem } from '../elements/toasts.ts'
import { href } from '../router.ts'

/** So many events come with a device; fewer are all there are. */
const SHOWN_AT_FIRST = 20

type Events = DeviceDetail['events']

/** Kinds that tell of trouble, with their names for people; the others are the ordinary course of things. */
const KINDS: Readonly<Record<string, { readonly text: string; readonly bad?: true }>> = {
  'bad-chunk': { text: 'A wrong chunk came from another device', bad: true },
  'peer-protocol-error': { text: 'Another device spoke wrongly', bad: true },
  'manifest-refused': { text: 'Release refused', bad: true },
  'release-staged': { text: 'Release complete' },
  'release-activated': { text: 'Release started' },
  'release-confirmed': { text: 'Release confirmed' },
  'release-rolled-back': { text: 'Went back to the release before', bad: true },
  'storage-failed': { text: 'Trouble with its storage', bad: true },
  'out-of-space': { text: 'Out of space', bad: true },
  'clock-jumped': { text: 'Its clock jumped' },
}

class DeviceHistory extends LitElement {
  static override properties = {
    events: { attribute: false },
    deviceId: {},
    zone: {},
    older: { state: true },
    cursor: { state: true },
  }
  declare events: Events
  declare deviceId: string
  declare zone: string
  declare older: Events
  /** Where the older ones go on; null at their end, undefined before the first question. */
  declare cursor: string | null | undefined

  static override styles = [
    baseStyles,
    css`
      ol { list-style: none; display: grid }
      li { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: var(--space-1) var(--space-4); padding: var(--space-3) 0; border-bottom: 1px solid var(--line) }
      li:last-child { border-bottom: 0 }
      @media (max-width: 45rem) { li { grid-template-columns: 1fr } }
      .what strong { font-weight: 500 }
      .trouble .what strong { color: var(--bad) }
    `,
  ]

  constructor() {
    super()
    this.events = []
    this.deviceId = ''
    this.zone = ''
    this.older = []
    this.cursor = undefined
  }

  override render() {
    const all = [...this.events, ...this.older]
    const troubles = all.filter(event => KINDS[event.kind]?.bad)
    return html`<div class="stack wide">
      ${troubles.length === 0 ? nothing : html`<section class="card" aria-labelledby="errors"><h2 id="errors">Last errors</h2>${this.#list(troubles.slice(0, 5))}</section>`}
      <section class="card stack" aria-labelledby="history"><h2 id="history">History</h2>
        ${all.length === 0 ? html`<p class="quiet">Nothing yet. Releases that start, fail or are taken back will stand here.</p>` : this.#list(all)}
        ${this.events.length < SHOWN_AT_FIRST || this.cursor === null ? nothing : html`<p><wa-button size="s" appearance="outlined" @click=${this.#more}>Show older</wa-button></p>`}
      </section></div>`
  }

  #list(events: Events) {
    return html`<ol>${events.map(
      event => html`<li class=${KINDS[event.kind]?.bad ? 'trouble' : ''}>
        <larder-time .at=${event.at} .zone=${this.zone} show="absolute"></larder-time>
        <span class="what"><strong>${KINDS[event.kind]?.text ?? event.kind}</strong>${event.package === undefined ? nothing : html` <span class="quiet">${event.package}${event.release === undefined ? '' : `, release ${event.release}`}</span>`}
          ${event.detail === '' ? nothing : html`<p>${event.detail}</p>`}
          ${event.peer === undefined ? nothing : html`<span class="small quiet">with <a href=${href(['devices', event.peer])}>${event.peer.slice(0, 10)}</a></span>`}
        </span></li>`,
    )}</ol>`
  }

  readonly #more = async (): Promise<void> => {
    try {
      const query =
        this.cursor === undefined ? { limit: this.events.length + 50 } : { cursor: this.cursor, limit: 50 }
      const page = await api.get(apiPath('devices', this.deviceId, 'events'), deviceEventPageSchema, {
        query,
      })
      this.older =
        this.cursor === undefined ? page.events.slice(this.events.length) : [...this.older, ...page.events]
      this.cursor = page.nextCursor
    } catch (error) {
      toastProblem(error)
    }
  }
}
customElements.define('larder-device-history', DeviceHistory)
