/**
 * Somebody else saved the same options meanwhile: theirs beside mine, and a choice for each that differs. Fires
 * `larder-merged` with the choices. Loses nothing by itself.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'
import { type Choices, firstChoices, type Side } from './merge.ts'
import { differing, OPTION_FIELDS, OPTIONS, type OptionField, type Options, optionWords } from './options.ts'

class ConflictPanel extends LitElement {
  static override properties = {
    base: { attribute: false },
    mine: { attribute: false },
    theirs: { attribute: false },
    who: {},
    choices: { state: true },
  }
  /** What both began from. */
  declare base: Options
  declare mine: Options
  declare theirs: Options
  /** Who saved, and when, as far as it is known. */
  declare who: string
  declare choices: Choices | null

  static override styles = [
    baseStyles,
    css`
      section { border: 1px solid color-mix(in oklab, var(--accent) 55%, var(--surface)); background: var(--accent-soft); border-radius: var(--radius-m); padding: var(--space-5) }
      .heading { display: flex; gap: var(--space-3); align-items: center }
      .heading .icon { color: var(--accent) }
      fieldset { border: 0; padding: 0; margin: 0; min-width: 0 }
      legend { font-weight: 600; padding: 0; margin-bottom: var(--space-1) }
      .sides { display: grid; gap: var(--space-2); grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)) }
      label { display: grid; grid-template-columns: auto 1fr; gap: 0 var(--space-2); padding: var(--space-2) var(--space-3); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-s); cursor: pointer }
      label:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }
      label:focus-within { outline: var(--focus); outline-offset: 2px }
      input { accent-color: var(--accent); margin: 0.3em 0 0; outline: none }
      label .quiet { font-size: var(--text-s) }
      label span:last-child { grid-column: 2 }
    `,
  ]

  constructor() {
    super()
    this.who = ''
    this.choices = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('theirs')) this.choices = firstChoices(this.base, this.mine)
  }

  override render() {
    const fields = differing(this.mine, this.theirs)
    return html`<section role="alert" class="stack">
      <div class="heading">${icons.warning}<h2>Somebody else saved these options while you were editing</h2></div>
      <p>${this.who === '' ? nothing : html`${this.who} `}${
        fields.length === 0
          ? 'They are the same as yours, so there is nothing left to save.'
          : 'Nothing of yours is lost: choose for each option what to go on with, then look at it once more and save.'
      }</p>
      ${OPTION_FIELDS.filter(field => fields.includes(field)).map(field => this.#choice(field))}
      <div class="row"><wa-button variant="brand" @click=${this.#goOn}>Go on with these</wa-button></div>
    </section>`
  }

  #choice(field: OptionField) {
    return html`<fieldset><legend>${OPTIONS[field].name}</legend><div class="sides">
      ${this.#side(field, 'mine', 'Yours')}${this.#side(field, 'theirs', 'Theirs, saved now')}
    </div></fieldset>`
  }

  #side(field: OptionField, side: Side, label: string) {
    return html`<label><input type="radio" name=${field} .checked=${this.choices?.[field] === side} @change=${() => this.#choose(field, side)}>
      <span class="quiet">${label}</span><span>${optionWords(field, this[side])}</span></label>`
  }

  #choose(field: OptionField, side: Side): void {
    if (this.choices) this.choices = { ...this.choices, [field]: side }
  }

  readonly #goOn = (): void => {
    this.dispatchEvent(new CustomEvent('larder-merged', { detail: this.choices }))
  }
}
customElements.define('larder-conflict-panel', ConflictPanel)
