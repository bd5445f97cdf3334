/** The dialog that makes a site or changes one: its name, its time zone, how many stores the server keeps there, and what they may do. */
import { css, html, LitElement } from 'lit'
import { type SiteView, siteViewSchema } from '../../../protocol/admin-api.ts'
import { type DeviceLimits, deviceLimitsSchema } from '../../../protocol/assignment.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { siteNameSchema } from '../../../protocol/primitives.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { opened } from '../elements/open-dialog.ts'
import { textFieldStyles } from '../elements/text-field-styles.ts'
import { clock } from '../server-clock.ts'
import { Watch } from '../store.ts'
import { formatInstant, localTimeZone } from '../words.ts'

const GB = 1e9
/** Bytes a second. */
const MBIT = 125_000

const ZONES = Intl.supportedValuesOf('timeZone')

function zoneExists(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}

/** Fires `larder-done`; `detail` is the site as it is now, or null when nothing was changed. */
class SiteEdit extends LitElement {
  static override properties = {
    site: { attribute: false },
    taken: { attribute: false },
    zone: { state: true },
    problem: { state: true },
    busy: { state: true },
  }
  /** Null: a new one. */
  declare site: SiteView | null
  /** Names that are there already. */
  declare taken: readonly string[]
  declare zone: string
  declare problem: ApiProblem | null
  declare busy: boolean
  readonly #clock = new Watch(this, clock)

  static override styles = [
    baseStyles,
    textFieldStyles,
    css`wa-dialog { --width: 30rem } .pair { display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)) }`,
  ]

  constructor() {
    super()
    this.site = null
    this.taken = []
    this.zone = localTimeZone()
    this.problem = null
    this.busy = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.zone = this.site?.timeZone ?? localTimeZone()
  }

  override render() {
    const { site } = this
    const known = zoneExists(this.zone)
    return html`<wa-dialog ${opened()} label=${site ? `Edit ${site.name}` : 'New site'} @wa-after-hide=${this.#onHidden}>
      <form @submit=${this.#onSubmit}>
        ${
          site
            ? null
            : html`<wa-input name="name" label="Name" required maxlength="64" autofocus autocomplete="off" autocapitalize="none" spellcheck="false"
                placeholder="berlin-alexanderplatz" hint="Small letters, digits, dots, dashes and underscores; it cannot be changed later."></wa-input>`
        }
        <div class="field">
          <label for="zone">Time zone</label>
          <input id="zone" name="zone" list="zones" required autocomplete="off" spellcheck="false" .value=${this.zone} aria-describedby="zone-hint" aria-invalid=${!known}
            @input=${(event: Event) => {
              this.zone = (event.target as HTMLInputElement).value.trim()
            }}>
          <datalist id="zones">${ZONES.map(zone => html`<option value=${zone}></option>`)}</datalist>
          <small id="zone-hint" class=${known ? 'quiet' : 'bad'}>${
            known
              ? `It is ${formatInstant(this.#clock.value, this.zone)} there. Windows in site-local time follow this clock.`
              : 'Not a time zone: use a name such as Europe/Berlin.'
          }</small>
        </div>
        <wa-input type="number" name="stores" label="Stores to keep" min="0" max="64" required value=${site?.storesWanted ?? 1}
          hint="Among devices with the automatic role, the server keeps so many as stores."></wa-input>
        <div class="pair">
          <wa-input type="number" name="cache" label="A store keeps at most" min="0" step="any" value=${gigabytes(site)} placeholder="as much as fits" hint="GB, beyond what it shows itself"></wa-input>
          <wa-input type="number" name="upload" label="A store gives at most" min="0" step="any" value=${megabits(site)} placeholder="no limit" hint="Mbit a second, to all kiosks together"></wa-input>
        </div>
        ${this.problem ? html`<larder-problem-note fixed .problem=${this.problem}></larder-problem-note>` : null}
      </form>
      <wa-button slot="footer" appearance="outlined" @click=${() => this.#close(null)}>Cancel</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${this.busy} @click=${() => this.renderRoot.querySelector('form')?.requestSubmit()}>${site ? 'Save' : 'Make the site'}</wa-button>
    </wa-dialog>`
  }

  readonly #onHidden = (event: Event): void => {
    if (event.target === event.currentTarget) this.#close(null)
  }

  #close(site: SiteView | null): void {
    this.dispatchEvent(new CustomEvent<SiteView | null>('larder-done', { detail: site }))
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (this.busy) return
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const name = this.site?.name ?? String(data.get('name') ?? '').trim()
    const limits = {
      cacheBytes: bytesOf(data.get('cache'), GB, gigabytes(this.site), this.site?.limits.cacheBytes),
      uploadBytesPerS: bytesOf(
        data.get('upload'),
        MBIT,
        megabits(this.site),
        this.site?.limits.uploadBytesPerS,
      ),
    }
    const refusal = this.#refusal(name) ?? limitRefusal(limits)
    if (refusal !== null) {
      this.problem = problemIn(new Error(refusal))
      return
    }
    this.busy = true
    try {
      const body = { timeZone: this.zone, storesWanted: Number(data.get('stores')), limits }
      this.#close(await api.put(apiPath('sites', name), siteViewSchema, { body }))
    } catch (error) {
      this.problem = problemIn(error)
    }
    this.busy = false
  }

  #refusal(name: string): string | null {
    const parsed = parseWith(siteNameSchema, name)
    if (!parsed.ok) return `${parsed.message.charAt(0).toUpperCase()}${parsed.message.slice(1)}.`
    if (this.site === null && this.taken.includes(name)) return `There is a site of the name ${name} already.`
    return null
  }
}
customElements.define('larder-site-edit', SiteEdit)

const inUnits = (value: number | null | undefined, unit: number) =>
  value === null || value === undefined ? '' : String(Number((value / unit).toFixed(3)))
const gigabytes = (site: SiteView | null) => inUnits(site?.limits.cacheBytes, GB)
const megabits = (site: SiteView | null) => inUnits(site?.limits.uploadBytesPerS, MBIT)

/** What was typed, in bytes; null where nothing was. What was not touched stays to the byte. */
function bytesOf(
  typed: FormDataEntryValue | null,
  unit: number,
  shown: string,
  before: number | null | undefined,
): number | null {
  const text = String(typed ?? '').trim()
  if (text === '') return null
  return text === shown && before !== undefined ? before : Math.round(Number(text) * unit)
}

function limitRefusal(limits: DeviceLimits): string | null {
  const parsed = parseWith(deviceLimitsSchema, limits)
  if (parsed.ok) return null
  return 'A limit is a number of GB, or of Mbit a second (at least 0.01); leave it empty for none.'
}
