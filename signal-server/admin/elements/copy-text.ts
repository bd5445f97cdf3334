/** A text that somebody will need elsewhere, with a button that copies it. Shown whole, so that it can be read and typed. */
import { css, html, LitElement } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { toast } from './toasts.ts'

class CopyText extends LitElement {
  static override properties = { text: {}, label: {} }
  declare text: string
  declare label: string

  static override styles = [
    baseStyles,
    css`
      .box { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; justify-content: space-between; background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius-s); padding: var(--space-3) var(--space-4) }
      code { font-family: var(--mono); font-size: 0.92em; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; flex: 1 1 12rem; min-width: 0 }
    `,
  ]

  constructor() {
    super()
    this.text = ''
    this.label = 'Text'
  }

  override render() {
    return html`<div class="box" role="group" aria-label=${this.label}><code>${this.text}</code>
      <wa-button size="s" appearance="outlined" @click=${this.#copy}>Copy<span class="visually-hidden">: ${this.label}</span></wa-button></div>`
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text)
      toast(`${this.label} copied.`)
    } catch {
      // Not a secure context, or not allowed: the text is selected, and Ctrl+C works.
      const code = this.renderRoot.querySelector('code')
      if (code) getSelection()?.selectAllChildren(code)
      toast('The browser does not let this page copy; the text is selected, press Ctrl+C.', 'failed')
    }
  }
}
customElements.define('larder-copy-text', CopyText)
