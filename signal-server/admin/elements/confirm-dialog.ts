/** Asks before something that is hard to take back: says what will happen, and names the button after it. */
import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { Store, Watch } from '../store.ts'
import { opened } from './open-dialog.ts'

export interface Question {
  readonly title: string
  /** What will happen, in a sentence or two. */
  readonly text: unknown
  /** A verb: `Revoke`. Null: nothing can be done, and the text says why. */
  readonly confirmLabel: string | null
  readonly dangerous?: boolean
}

interface Asked extends Question {
  readonly answer: (yes: boolean) => void
}

const asked = new Store<Asked | null>(null)

/** Resolves with whether the administrator said yes. */
export function confirmAction(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise(resolve => asked.set({ ...question, answer: resolve }))
}

class ConfirmDialog extends LitElement {
  readonly #asked = new Watch(this, asked)

  static override styles = [baseStyles, css`wa-dialog { --width: 32rem }`]

  override render() {
    const question = this.#asked.value
    if (question === null) return nothing
    return html`<wa-dialog ${opened()} label=${question.title} @wa-after-hide=${this.#onHidden}>
      <div>${question.text}</div>
      <wa-button slot="footer" appearance="outlined" autofocus @click=${() => this.#answer(false)}>${question.confirmLabel === null ? 'Close' : 'Cancel'}</wa-button>
      ${
        question.confirmLabel === null
          ? nothing
          : html`<wa-button slot="footer" variant=${question.dangerous ? 'danger' : 'brand'} @click=${() => this.#answer(true)}>
        ${question.confirmLabel}</wa-button>`
      }
    </wa-dialog>`
  }

  readonly #onHidden = (event: Event): void => {
    if (event.target === event.currentTarget) this.#answer(false)
  }

  #answer(yes: boolean): void {
    const question = asked.value
    asked.set(null)
    question?.answer(yes)
  }
}
customElements.define('larder-confirm-dialog', ConfirmDialog)
