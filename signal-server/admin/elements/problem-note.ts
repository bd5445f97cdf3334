/** That something is loading, and why something could not be done: a sentence, and the way on. */
import { css, html, LitElement } from 'lit'
import type { ApiProblem } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'

/** Fires `larder-retry`. Without `retryable` it is only a note. */
class ProblemNote extends LitElement {
  static override properties = { problem: { attribute: false }, fixed: { type: Boolean } }
  declare problem: ApiProblem | null
  /** There is nothing to try again. */
  declare fixed: boolean

  static override styles = [
    baseStyles,
    css`
      .note {
        display: flex; gap: var(--space-3); align-items: flex-start; padding: var(--space-3) var(--space-4);
        border: 1px solid color-mix(in oklab, var(--bad) 40%, var(--line)); border-radius: var(--radius-m);
        background: var(--bad-soft); color: var(--ink);
      }
      .icon { color: var(--bad); margin-top: 0.12em }
      .note p { flex: 1; min-width: 0; max-width: none }
    `,
  ]

  constructor() {
    super()
    this.problem = null
    this.fixed = false
  }

  override render() {
    if (!this.problem) return null
    return html`<div class="note" role="alert">
      ${icons.warning}
      <p>${this.problem.message}</p>
      ${
        this.fixed || this.problem.problem === 'not-found'
          ? null
          : html`<wa-button size="s" appearance="outlined" @click=${this.#retry}>Try again</wa-button>`
      }
    </div>`
  }

  #retry(): void {
    this.dispatchEvent(new CustomEvent('larder-retry', { bubbles: true, composed: true }))
  }
}
customElements.define('larder-problem-note', ProblemNote)

/** Appears only when loading takes long enough to be noticed, so that quick answers do not flicker. */
class Loading extends LitElement {
  static override styles = css`
    :host { display: block; min-height: 8rem; padding: 3rem 0 }
    div { width: 5rem; height: 0.25rem; margin: auto; border-radius: 1rem; background: var(--accent); animation: appear 0.3s 0.35s both, breathe 1.6s 0.35s ease-in-out infinite }
    @keyframes appear { from { visibility: hidden; opacity: 0 } to { visibility: visible } }
    @keyframes breathe { 0%, 100% { opacity: 0.25 } 50% { opacity: 1 } }
    @media (prefers-reduced-motion: reduce) { div { animation: appear 0s 0.35s both } }
  `

  override render() {
    return html`<div role="progressbar" aria-label="Loading"></div>`
  }
}
customElements.define('larder-loading', Loading)
