/**
 * One of the two “until” options: on or off, of which kind, and the time itself to type. Fires `larder-bound` with the
 * new bound, or with the sentence that says what is wrong with what was typed.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { type Bound, boundSchema, parseDurationMs } from '../../../protocol/bound.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'
import { clock } from '../server-clock.ts'
import { Watch } from '../store.ts'
import { formatInstant, localTimeZone } from '../words.ts'
import { boundDistance } from './axis-words.ts'
import { BOUND_KINDS, type BoundContext, type BoundKind, boundAt, durationFields, kindOf } from './bounds.ts'
import { wallTime } from './zone-time.ts'

export type BoundChange =
  | { readonly bound: Bound | null; readonly problem: null }
  | { readonly problem: string }

class BoundFieldElement extends LitElement {
  static override properties = {
    bound: { attribute: false },
    context: { attribute: false },
    instant: { type: Number },
    fallback: { type: Number },
    name: {},
    help: {},
    problem: { attribute: false },
    warnings: { attribute: false },
  }
  declare bound: Bound | null
  declare context: BoundContext
  /** Where the bound stands for the site that is shown, epoch ms; NaN when it is off. */
  declare instant: number
  /** Where it begins when it is switched on. */
  declare fallback: number
  declare name: string
  declare help: string
  declare problem: string | null
  /** Sentences about what it will do as it stands. */
  declare warnings: readonly string[]
  readonly #clock = new Watch(this, clock)
  /** What it was before it was switched off, so that switching is no loss. */
  #last: Bound | null = null

  static override styles = [
    baseStyles,
    css`
      .option { display: grid; gap: var(--space-2) }
      wa-switch { font-weight: 600; line-height: 1.4 }
      .help { color: var(--quiet); font-size: var(--text-s); margin-inline-start: 2.9rem }
      .fields { display: grid; gap: var(--space-3); grid-template-columns: repeat(auto-fit, minmax(min(100%, 13.5rem), 1fr)); align-items: start }
      .fields > .wide { grid-column: 1 / -1 }
      .hours { display: grid; grid-template-columns: 1fr 1fr; gap: var(--space-2) }
      @media (max-width: 40rem) { .help { margin-inline-start: 0 } }
      .note { font-size: var(--text-s); color: var(--quiet); min-height: 1.5em }
      .note.bad { color: var(--bad) }
      .note.warning { display: flex; gap: var(--space-2); color: var(--ink) }
      .warning .icon { color: var(--accent); margin-top: 0.15em }
    `,
  ]

  constructor() {
    super()
    this.bound = null
    this.context = { timeZone: 'UTC', publishedAt: 0 }
    this.instant = Number.NaN
    this.fallback = 0
    this.name = ''
    this.help = ''
    this.problem = null
    this.warnings = []
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('bound') && this.bound !== null) this.#last = this.bound
  }

  override render() {
    return html`<div class="option" role="group" aria-label=${this.name}>
      <wa-switch .checked=${this.bound !== null || this.problem !== null} @change=${this.#onSwitch}>${this.name}</wa-switch>
      <p class="help">${this.help}</p>
      ${this.bound === null && this.problem === null ? nothing : this.#fields(this.bound ?? this.#last)}
    </div>`
  }

  #fields(bound: Bound | null) {
    if (bound === null) return nothing
    const kind = kindOf(bound)
    return html`<div class="fields">
      <wa-select label="Counted as" .value=${kind} @change=${this.#onKind}>
        ${BOUND_KINDS.map(one => html`<wa-option value=${one.kind}>${one.label}</wa-option>`)}
      </wa-select>
      ${'afterPublish' in bound ? this.#duration(bound.afterPublish) : this.#dateTime(kind, bound)}
      <p class="note wide ${this.problem === null ? '' : 'bad'}" role=${this.problem === null ? nothing : 'alert'}>
        ${this.problem ?? this.#meaning(kind)}</p>
      ${this.warnings.map(text => html`<p class="note warning wide">${icons.warning}<span>${text}</span></p>`)}
    </div>`
  }

  #dateTime(kind: BoundKind, bound: Bound) {
    const local = kind === 'siteLocal'
    const value =
      'siteLocal' in bound
        ? bound.siteLocal
        : wallTime('at' in bound ? Date.parse(bound.at) : 0, localTimeZone())
    return html`<wa-input type="datetime-local" label=${local ? 'Time at the site' : `Time (${localTimeZone()})`}
      step=${value.length > 16 ? 1 : 60} .value=${value} @input=${this.#onTime}></wa-input>`
  }

  #duration(text: string) {
    const { hours, minutes } = durationFields(text)
    return html`<div class="hours" @input=${this.#onDuration}>
      <wa-input type="number" label="Hours" min="0" max="87600" data-part="hours" .value=${String(hours)}></wa-input>
      <wa-input type="number" label="Minutes" min="0" max="59" data-part="minutes" .value=${String(minutes)}></wa-input>
    </div>`
  }

  #meaning(kind: BoundKind): string {
    if (!Number.isFinite(this.instant)) return ''
    const shown = `${formatInstant(this.instant, this.context.timeZone)}, ${boundDistance(this.instant, this.#clock.value)}`
    if (kind === 'siteLocal') return `The same wall clock at every site; at the one shown: ${shown}.`
    if (kind === 'at') return `One moment for all sites; at the one shown: ${shown}.`
    return `Counts anew for every release; for the one that is wanted now: ${shown}.`
  }

  readonly #onSwitch = (event: Event): void => {
    const { checked } = event.target as HTMLInputElement
    if (!checked) this.#emit({ bound: null, problem: null })
    else
      this.#emit({
        bound: this.#last ?? boundAt('siteLocal', this.fallback, this.context),
        problem: null,
      })
  }

  readonly #onKind = (event: Event): void => {
    const kind = (event.target as HTMLInputElement).value as BoundKind
    const current = this.bound ?? this.#last
    if (current === null || kind === kindOf(current)) return
    const at = Number.isFinite(this.instant) ? this.instant : this.fallback
    this.#emit({ bound: boundAt(kind, at, this.context), problem: null })
  }

  readonly #onTime = (event: Event): void => {
    const { value } = event.target as HTMLInputElement
    if (!value) {
      this.#emit({ problem: 'Fill in a whole date and time, or switch this option off.' })
      return
    }
    const isLocal = this.bound === null ? this.#last && 'siteLocal' in this.#last : 'siteLocal' in this.bound
    // A text without a zone is read in the browser's own, which is what the label says.
    const at = Date.parse(value)
    this.#check(isLocal || Number.isNaN(at) ? { siteLocal: value } : boundAt('at', at, this.context))
  }

  readonly #onDuration = (): void => {
    const part = (name: string) => {
      const text = this.renderRoot.querySelector<HTMLInputElement>(`[data-part="${name}"]`)?.value ?? ''
      return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
    }
    const afterPublish = `PT${part('hours')}H${part('minutes')}M`
    if (parseDurationMs(afterPublish) === null)
      this.#emit({ problem: 'Hours and minutes are whole numbers, and together 3650 days at most.' })
    else this.#check({ afterPublish })
  }

  #check(bound: Bound): void {
    const parsed = parseWith(boundSchema, bound)
    this.#emit(parsed.ok ? { bound, problem: null } : { problem: parsed.message })
  }

  #emit(detail: BoundChange): void {
    this.dispatchEvent(new CustomEvent('larder-bound', { detail }))
  }
}
customElements.define('larder-bound-field', BoundFieldElement)
