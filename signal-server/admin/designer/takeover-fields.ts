/**
 * The section “When it takes over”: when a complete release goes on the screen, what keeps it there, and which package comes
 * first. Fires `larder-takeover` with what was changed, or with the sentence that says what is wrong with what was typed.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { UpdateOptions } from '../../../protocol/admin-api.ts'
import { activationSchema } from '../../../protocol/assignment.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { baseStyles } from '../base-styles.ts'
import { OPTIONS, type TakeoverField } from './options.ts'
import { parseSpan, SPAN_UNITS, type SpanUnit, spanIn, unitOf } from './spans.ts'

export type TakeoverChange =
  | { readonly field: TakeoverField; readonly change: Partial<UpdateOptions>; readonly problem: null }
  | { readonly field: TakeoverField; readonly problem: string }

type Activation = UpdateOptions['activation']
type Confirmation = UpdateOptions['confirmation']
type SpanField = 'activation' | 'confirmation'

/** Where each choice begins when it is made for the first time. */
const FIRST = {
  idle: { when: 'idle', idleMs: 600_000 },
  window: { when: 'window', from: '02:00', until: '04:30' },
  ready: { by: 'ready', withinMs: 60_000 },
  runs: { by: 'runs', forMs: 30_000 },
} as const satisfies Record<string, Activation | Confirmation>

class TakeoverFields extends LitElement {
  static override properties = {
    value: { attribute: false },
    problems: { attribute: false },
    units: { state: true },
    preview: {},
  }
  declare value: UpdateOptions | null
  declare problems: Readonly<Record<TakeoverField, string | null>>
  declare units: Readonly<Record<SpanField, SpanUnit | null>>
  /** What it comes to at the site that is shown, in a sentence; empty while it is not known. */
  declare preview: string
  /** What each choice was before another was made, so that trying one is no loss. */
  readonly #last = new Map<string, Activation | Confirmation>(Object.entries(FIRST))

  static override styles = [
    baseStyles,
    css`
      .options { display: grid; gap: var(--space-5) }
      .option { display: grid; gap: var(--space-3) }
      .fields { display: grid; gap: var(--space-3); grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); max-width: 24rem; margin-inline-start: 1.9rem }
      @media (max-width: 40rem) { .fields { margin-inline-start: 0 } }
      .note { font-size: var(--text-s); color: var(--quiet) }
      .note.bad { color: var(--bad) }
      wa-input[type="number"].priority { max-width: 10rem }
    `,
  ]

  constructor() {
    super()
    this.value = null
    this.problems = { activation: null, confirmation: null, priority: null }
    this.units = { activation: null, confirmation: null }
    this.preview = ''
  }

  override render() {
    const { value } = this
    if (value === null) return null
    return html`<div class="options">
      <div class="option" data-option="activation">${this.#activation(value.activation)}${this.#note('activation', this.preview)}</div>
      <div class="option" data-option="confirmation">${this.#confirmation(value.confirmation)}${this.#note('confirmation', '')}</div>
      <div class="option" data-option="priority">
        <wa-input class="priority" type="number" min="-1000" max="1000" step="1" label=${OPTIONS.priority.name} .value=${String(value.priority)} @input=${this.#onPriority}></wa-input>
        <p class="note">${OPTIONS.priority.help}</p>${this.#note('priority', '')}
      </div>
    </div>`
  }

  #activation(activation: Activation) {
    return html`<wa-radio-group label=${OPTIONS.activation.name} hint=${OPTIONS.activation.help} .value=${activation.when} @change=${this.#onActivation}>
        <wa-radio value="at-once">As soon as it is complete</wa-radio>
        <wa-radio value="idle">When nobody has touched the screen for a while</wa-radio>
        <wa-radio value="window">Only at a certain time of day</wa-radio>
      </wa-radio-group>
      ${activation.when === 'idle' ? html`<div class="fields">${this.#span('activation', 'For how long', activation.idleMs)}</div>` : nothing}
      ${
        activation.when === 'window'
          ? html`<div class="fields" @input=${this.#onWindow}>
            <wa-input type="time" step="60" data-time="from" label="From" .value=${activation.from}></wa-input>
            <wa-input type="time" step="60" data-time="until" label="Until" .value=${activation.until}></wa-input></div>
            <p class="note">On the clock of each site, every day; until a time that is earlier than it begins means past midnight.</p>`
          : nothing
      }`
  }

  #confirmation(confirmation: Confirmation) {
    return html`<wa-radio-group label=${OPTIONS.confirmation.name} hint=${OPTIONS.confirmation.help} .value=${confirmation.by} @change=${this.#onConfirmation}>
        <wa-radio value="runs">When the app says so, or has run without an error for a while</wa-radio>
        <wa-radio value="ready">When the app itself says so: it calls larder.ready()</wa-radio>
      </wa-radio-group>
      <div class="fields">${
        confirmation.by === 'ready'
          ? this.#span('confirmation', 'Time it has for that', confirmation.withinMs)
          : this.#span('confirmation', 'For how long', confirmation.forMs)
      }</div>`
  }

  #span(field: SpanField, label: string, ms: number) {
    const unit = this.units[field] ?? unitOf(ms)
    return html`
      <wa-input type="number" min="0" step="any" data-span=${field} label=${label} .value=${String(spanIn(ms, unit))}
        @input=${(event: Event) => this.#onSpan(field, (event.target as HTMLInputElement).value, unit)}></wa-input>
      <wa-select label="Unit" data-unit=${field} .value=${unit} @change=${(event: Event) => this.#onUnit(field, event, ms, unit)}>
        ${SPAN_UNITS.map(one => html`<wa-option value=${one.unit}>${one.label}</wa-option>`)}</wa-select>`
  }

  #note(field: TakeoverField, otherwise: string) {
    const problem = this.problems[field]
    if (problem === null && otherwise === '') return nothing
    return html`<p class="note ${problem === null ? '' : 'bad'}" role=${problem === null ? 'status' : 'alert'}>${problem ?? otherwise}</p>`
  }

  readonly #onActivation = (event: Event): void => {
    const when = (event.target as HTMLInputElement).value
    const before = this.value?.activation
    if (before === undefined || when === before.when) return
    this.#last.set(before.when, before)
    this.units = { ...this.units, activation: null }
    const activation = (when === 'at-once' ? { when } : this.#last.get(when)) as Activation
    this.#emit({ field: 'activation', change: { activation }, problem: null })
  }

  readonly #onConfirmation = (event: Event): void => {
    const by = (event.target as HTMLInputElement).value
    const before = this.value?.confirmation
    if (before === undefined || by === before.by) return
    this.#last.set(before.by, before)
    this.units = { ...this.units, confirmation: null }
    const confirmation = this.#last.get(by) as Confirmation
    this.#emit({ field: 'confirmation', change: { confirmation }, problem: null })
  }

  readonly #onWindow = (): void => {
    const time = (name: string) =>
      this.renderRoot.querySelector<HTMLInputElement>(`[data-time="${name}"]`)?.value.slice(0, 5) ?? ''
    const activation = { when: 'window' as const, from: time('from'), until: time('until') }
    const problem =
      activation.from === activation.until && activation.from !== ''
        ? 'It needs two different times of day.'
        : parseWith(activationSchema, activation).ok
          ? null
          : 'Fill in both times of day.'
    this.#emit(
      problem === null
        ? { field: 'activation', change: { activation }, problem }
        : { field: 'activation', problem },
    )
  }

  #onSpan(field: SpanField, text: string, unit: SpanUnit): void {
    // What is typed goes on being read in the unit that stands beside it.
    this.units = { ...this.units, [field]: unit }
    const ms = parseSpan(text, unit)
    if (ms === null) this.#emit({ field, problem: 'A span of time goes from 1 second to 24 hours.' })
    else this.#emit({ field, change: this.#withSpan(field, ms), problem: null })
  }

  #onUnit(field: SpanField, event: Event, ms: number, before: SpanUnit): void {
    const unit = String((event.target as HTMLInputElement).value) as SpanUnit
    if (unit === before) return
    this.units = { ...this.units, [field]: unit }
    const input = this.renderRoot.querySelector<HTMLInputElement>(`[data-span="${field}"]`)
    this.#onSpan(field, input?.value ?? String(spanIn(ms, before)), unit)
  }

  #withSpan(field: SpanField, ms: number): Partial<UpdateOptions> {
    if (field === 'activation') return { activation: { when: 'idle', idleMs: ms } }
    return {
      confirmation:
        this.value?.confirmation.by === 'ready' ? { by: 'ready', withinMs: ms } : { by: 'runs', forMs: ms },
    }
  }

  readonly #onPriority = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value
    const priority = /^-?\d{1,4}$/.test(text) ? Number(text) : Number.NaN
    this.#emit(
      Math.abs(priority) <= 1000
        ? { field: 'priority', change: { priority }, problem: null }
        : { field: 'priority', problem: 'A priority is a whole number from -1000 to 1000.' },
    )
  }

  #emit(detail: TakeoverChange): void {
    this.dispatchEvent(new CustomEvent<TakeoverChange>('larder-takeover', { detail }))
  }
}
customElements.define('larder-takeover-fields', TakeoverFields)
