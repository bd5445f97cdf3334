/** Enrolment: a link or QR code for a site, a role and a number of devices; and the devices that show a code and wait. */
import { css, html, LitElement, nothing } from 'lit'
import { type EnrolmentTokenView, enrolmentTokenViewSchema } from '../../../protocol/admin/enrolment.ts'
import { siteListSchema } from '../../../protocol/admin-api.ts'
import { api, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { place } from '../router.ts'
import { Watch } from '../store.ts'
import { countOf } from '../words.ts'
import '../elements/copy-text.ts'
import type { EnrolmentLinks } from './enrolment-links.ts'
import './enrolment-links.ts'
import './pending-devices.ts'
import '../../../presentation/qr-code.ts'

interface Made extends EnrolmentTokenView {
  readonly site: string
  readonly role: string
  readonly uses: number
}

const DEFAULT_ROLE = 'kiosk'

const ROLES = [
  { value: 'kiosk', label: 'Kiosk: loads from the stores of its site' },
  { value: 'store', label: 'Store: keeps packages and shares them' },
  { value: 'auto', label: 'Automatic: the server makes it a store where one is needed' },
]

const EXPIRIES = [
  { value: '3600', label: 'in an hour' },
  { value: '86400', label: 'in a day' },
  { value: '604800', label: 'in a week' },
  { value: '2592000', label: 'in 30 days' },
]

class EnrolmentPage extends LitElement {
  static override properties = { made: { state: true }, problem: { state: true }, making: { state: true } }
  declare made: Made | null
  declare problem: string | null
  declare making: boolean
  readonly #sites = new Resource(this, async signal =>
    (await api.get('sites', siteListSchema, { signal })).sites.map(({ name }) => name),
  )
  /** `?code=…`: where the QR code of a new screen leads. */
  readonly #place = new Watch(this, place)
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .made { display: grid; gap: var(--space-5); grid-template-columns: minmax(9rem, 14rem) minmax(0, 1fr); align-items: start }
      @media (max-width: 40rem) { .made { grid-template-columns: minmax(0, 1fr) } larder-qr-code { max-width: 16rem } }
      .pair { display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)) }
      @media print { form, larder-page-header, larder-pending-devices, larder-enrolment-links { display: none } }
      .warning { border: 1px solid color-mix(in oklab, var(--accent) 45%, var(--line)); background: var(--accent-soft); border-radius: var(--radius-m); padding: var(--space-3) }
    `,
  ]

  constructor() {
    super()
    this.made = null
    this.problem = null
    this.making = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = live.on('changed', () => this.#sites.refresh())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    const code = this.#place.value.query.get('code')?.trim().toUpperCase() ?? null
    return html`
      <larder-page-header heading="Enrolment">A browser becomes a device of a site by opening a link, or by showing a code that is accepted here.</larder-page-header>
      <div class="stack wide">
        ${code === null ? nothing : this.#pending(code)}
        <div class="columns">${this.#sites.render(sites => this.#form(sites))}${this.made === null ? nothing : this.#result(this.made)}</div>
        ${code === null ? this.#pending(code) : nothing}
        <larder-enrolment-links @larder-revoked=${this.#onRevoked}></larder-enrolment-links>
      </div>`
  }

  #form(sites: readonly string[]) {
    if (sites.length === 0)
      return html`<larder-empty-state heading="No site yet" icon="sites">Devices belong to a site. Make one first, then its enrolment link.
        <wa-button slot="actions" variant="brand" href="#/sites">Go to the sites</wa-button></larder-empty-state>`
    return html`<form class="card" @submit=${this.#onSubmit} aria-labelledby="link">
      <h2 id="link">Make a link</h2>
      <wa-select name="site" label="Site" .value=${this.#site(sites)}>${sites.map(site => html`<wa-option value=${site}>${site}</wa-option>`)}</wa-select>
      <wa-radio-group name="role" label="Role" value=${DEFAULT_ROLE}>${ROLES.map(role => html`<wa-radio value=${role.value}>${role.label}</wa-radio>`)}</wa-radio-group>
      <div class="pair">
        <wa-input name="uses" type="number" label="Number of devices" min="1" max="100000" value="1" required></wa-input>
        <wa-select name="expiry" label="Expires" value="604800">${EXPIRIES.map(({ value, label }) => html`<wa-option value=${value}>${label}</wa-option>`)}</wa-select>
      </div>
      ${this.problem === null ? nothing : html`<p class="bad" role="alert">${this.problem}</p>`}
      <div><wa-button type="submit" variant="brand" ?loading=${this.making}>Make the link</wa-button></div>
    </form>`
  }

  readonly #onRevoked = (event: CustomEvent<string>): void => {
    if (this.made?.id === event.detail) this.made = null
  }

  #result({ url, site, role, uses, expiresAt, warnings }: Made) {
    return html`<section class="card stack" aria-labelledby="made" role="status">
      <h2 id="made">Enrols ${countOf(uses, 'device')} as ${role} at ${site}</h2>
      <div class="made">
        <larder-qr-code .text=${url} label="QR code of the enrolment link"></larder-qr-code>
        <div class="stack">
          ${warnings.map(warning => html`<p class="warning" role="alert">${warning}</p>`)}
          <p>Open the link in the browser of the screen that is to be enrolled. The QR code is for a screen that has a camera. Whatever opens
          the link becomes the device: a phone that scans the code is enrolled itself, and uses the link up.</p>
          <p>Whoever has the link can enrol a device with it.</p>
          <larder-copy-text .text=${url} label="Enrolment link"></larder-copy-text>
          <p class="quiet small">Expires <larder-time .at=${expiresAt}></larder-time>. It is shown only now; make another one if it is lost.</p>
        </div>
      </div>
    </section>`
  }

  /** First where somebody came from a screen: that is what they came for. */
  #pending(code: string | null) {
    return html`<larder-pending-devices .code=${code}></larder-pending-devices>`
  }

  /** Where the page of a site led here. */
  #site(sites: readonly string[]): string {
    const asked = this.#place.value.query.get('site') ?? ''
    return sites.includes(asked) ? asked : (sites[0] ?? '')
  }

  #value(name: string): string {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? ''
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const uses = Number(this.#value('uses'))
    if (!Number.isInteger(uses) || uses < 1 || uses > 100_000) {
      this.problem = 'The number of devices is a whole number from 1 to 100,000.'
      return
    }
    this.making = true
    this.problem = null
    const site = this.#value('site')
    const role = this.#value('role')
    try {
      const body = { site, role, uses, expiresInS: Number(this.#value('expiry')) }
      this.made = {
        ...(await api.post('enrolment-tokens', enrolmentTokenViewSchema, { body })),
        site,
        role,
        uses,
      }
      // The next link is for a kiosk again, unless another role is chosen for it.
      const choice = this.renderRoot.querySelector<HTMLInputElement>('[name="role"]')
      if (choice) choice.value = DEFAULT_ROLE
      this.renderRoot.querySelector<EnrolmentLinks>('larder-enrolment-links')?.refresh()
    } catch (error) {
      this.problem = problemIn(error).message
    } finally {
      this.making = false
    }
  }
}
customElements.define('larder-enrolment-page', EnrolmentPage)
