/**
 * Short messages after something was done. They stay long enough to read, and while a pointer or the focus is on them. They stand
 * at the top, over the heading: what is pressed next, such as Save, stands below or at the bottom.
 */
import { css, html, LitElement } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'
import { Store, Watch } from '../store.ts'

interface Toast {
  readonly id: number
  readonly kind: 'done' | 'failed'
  readonly text: string
}

const SHOWN_MS = 6_000
const FAILURE_SHOWN_MS = 15_000
const shown = new Store<readonly Toast[]>([])
let lastId = 0

/** Says that something was done. */
export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  shown.set([...shown.value.slice(-3), { id: ++lastId, kind, text }])
}

/** Says why something could not be done. */
export function toastProblem(error: unknown): void {
  toast(problemIn(error).message, 'failed')
}

const remove = (id: number) => shown.set(shown.value.filter(candidate => candidate.id !== id))

class Toasts extends LitElement {
  readonly #toasts = new Watch(this, shown)
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  static override styles = [
    baseStyles,
    css`
      :host { position: fixed; z-index: 30; left: 50%; translate: -50% 0; top: var(--space-2); width: min(26rem, calc(100vw - 2 * var(--space-4))); display: grid; gap: var(--space-2); pointer-events: none }
      .toast {
        pointer-events: auto; display: flex; gap: var(--space-3); align-items: flex-start; padding: var(--space-3) var(--space-3) var(--space-3) var(--space-4);
        background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius-m); box-shadow: var(--shadow-float); animation: rise 0.2s ease-out;
      }
      .toast > .icon { margin-top: 0.1em; color: var(--good) }
      .failed > .icon { color: var(--bad) }
      p { flex: 1; min-width: 0 }
      button { all: unset; cursor: pointer; padding: 0.15rem; color: var(--quiet); border-radius: var(--radius-s) }
      button:hover { color: var(--ink) }
      button:focus-visible { outline: var(--focus) }
      @keyframes rise { from { opacity: 0; transform: translateY(-0.5rem) } }
      @media (prefers-reduced-motion: reduce) { .toast { animation: none } }
    `,
  ]

  override render() {
    return html`<div role="status" aria-live="polite" class="stack tight">
      ${repeat(
        this.#toasts.value,
        ({ id }) => id,
        one => html`<div class="toast ${one.kind}" @pointerenter=${() => this.#hold(one.id)} @pointerleave=${() => this.#arm(one)}
          @focusin=${() => this.#hold(one.id)} @focusout=${() => this.#arm(one)}>
          ${one.kind === 'done' ? icons.check : icons.warning}
          <p>${one.text}</p>
          <button type="button" aria-label="Dismiss" @click=${() => remove(one.id)}>${icons.close}</button>
        </div>`,
      )}
    </div>`
  }

  protected override updated(): void {
    for (const one of this.#toasts.value) if (!this.#timers.has(one.id)) this.#arm(one)
  }

  #hold(id: number): void {
    clearTimeout(this.#timers.get(id))
  }

  #arm({ id, kind }: Toast): void {
    this.#hold(id)
    const ms = kind === 'failed' ? FAILURE_SHOWN_MS : SHOWN_MS
    this.#timers.set(
      id,
      setTimeout(() => {
        this.#timers.delete(id)
        remove(id)
      }, ms),
    )
  }
}
customElements.define('larder-toasts', Toasts)
