/**
 * Picks one device out of thousands: a field that searches, and a list of what it found (the combobox pattern of the ARIA
 * practices). Fires `larder-device` with the row.
 */
import { css, html, LitElement, nothing } from 'lit'
import { type DeviceRow, devicePageSchema } from '../../../protocol/admin/devices.ts'
import { api, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { textFieldStyles } from '../elements/text-field-styles.ts'

const FOUND_AT_MOST = 12
const PAUSE_MS = 150

class DevicePicker extends LitElement {
  static override properties = {
    chosen: { attribute: false },
    found: { state: true },
    open: { state: true },
    active: { state: true },
    problem: { state: true },
  }
  declare chosen: DeviceRow | null
  declare found: readonly DeviceRow[]
  declare open: boolean
  declare active: number
  declare problem: string | null
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: AbortController | null = null

  static override styles = [
    baseStyles,
    textFieldStyles,
    css`
      :host { position: relative }
      ul {
        position: absolute; z-index: 10; inset-inline: 0; top: 100%; margin-top: 4px; list-style: none; background: var(--raised); border: 1px solid var(--line);
        border-radius: var(--radius-m); box-shadow: var(--shadow-float); max-height: 20rem; overflow-y: auto; padding: var(--space-1);
      }
      li { padding: var(--space-2) var(--space-3); border-radius: var(--radius-s); cursor: pointer; display: flex; flex-wrap: wrap; gap: 0 var(--space-3); overflow-wrap: anywhere }
      li[aria-selected="true"] { background: var(--accent-soft) }
      .none { cursor: default }
    `,
  ]

  constructor() {
    super()
    this.chosen = null
    this.found = []
    this.open = false
    this.active = 0
    this.problem = null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#running?.abort()
  }

  override render() {
    const active = this.open && this.found.length > 0 ? `option-${this.active}` : nothing
    return html`<div class="field"><label for="search">Device</label>
      <input id="search" type="text" role="combobox" autocomplete="off" spellcheck="false" placeholder="Name, site, id or code"
        aria-expanded=${this.open} aria-controls="found" aria-autocomplete="list" aria-activedescendant=${active}
        .value=${this.chosen === null ? '' : labelOf(this.chosen)}
        @input=${this.#onInput} @focus=${this.#onFocus} @blur=${this.#onBlur} @keydown=${this.#onKey}></div>
      <ul id="found" role="listbox" aria-label="Devices" ?hidden=${!this.open} @pointerdown=${(event: Event) => event.preventDefault()}>
        ${this.found.map(
          (
            device,
            index,
          ) => html`<li role="option" id="option-${index}" aria-selected=${index === this.active} @click=${() => this.#choose(device)}>
            <span>${labelOf(device)}</span><span class="quiet small">${device.role}${device.site === null ? '' : ` at ${device.site}`}</span></li>`,
        )}
        ${this.found.length === 0 ? html`<li class="none quiet" role="option" aria-disabled="true" aria-selected="false">${this.problem ?? 'No device fits.'}</li>` : nothing}
      </ul>`
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input')
  }

  readonly #onInput = (): void => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#search(this.#input?.value ?? ''), PAUSE_MS)
  }

  readonly #onFocus = (): void => {
    this.#input?.select()
    void this.#search('')
  }

  readonly #onBlur = (): void => {
    this.open = false
    clearTimeout(this.#timer)
    const input = this.#input
    if (input) input.value = this.chosen === null ? '' : labelOf(this.chosen)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!this.open) void this.#search('')
      else this.active = (this.active + step + this.found.length) % Math.max(1, this.found.length)
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
      )
    } else if (event.key === 'Enter' && this.open) {
      event.preventDefault()
      const device = this.found[this.active]
      if (device) this.#choose(device)
    } else if (event.key === 'Escape' && this.open) {
      event.stopPropagation()
      this.open = false
    }
  }

  async #search(search: string): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    try {
      const query = { search, state: 'accepted', limit: FOUND_AT_MOST }
      this.found = (await api.get('devices', devicePageSchema, { query, signal: running.signal })).devices
      this.problem = null
    } catch (error) {
      if (running.signal.aborted) return
      this.found = []
      this.problem = problemIn(error).message
    }
    this.active = 0
    this.open = this.renderRoot.querySelector(':focus') !== null
  }

  #choose(device: DeviceRow): void {
    this.chosen = device
    this.open = false
    const input = this.#input
    if (input) input.value = labelOf(device)
    this.dispatchEvent(new CustomEvent<DeviceRow>('larder-device', { detail: device }))
  }
}
customElements.define('larder-device-picker', DevicePicker)

const labelOf = ({ name, deviceId }: DeviceRow) => (name === '' ? deviceId : name)
