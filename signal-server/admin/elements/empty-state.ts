/** Where there is nothing yet: what would be here, and what to do so that there is. */
import { css, html, LitElement } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { type IconName, icons } from '../icons.ts'

/** Slots: default (a sentence or two), `actions`. */
class EmptyState extends LitElement {
  static override properties = { heading: {}, icon: {} }
  declare heading: string
  declare icon: IconName

  static override styles = [
    baseStyles,
    css`
      .empty {
        display: grid; gap: var(--space-3); justify-items: center; text-align: center;
        padding: var(--space-7) var(--space-4); border: 1px dashed var(--line); border-radius: var(--radius-m);
      }
      .icon { width: 2rem; height: 2rem; color: var(--accent) }
      .text { color: var(--quiet); max-width: 52ch; text-wrap: balance }
      .actions { display: flex; flex-wrap: wrap; gap: var(--space-2); justify-content: center; margin-top: var(--space-2) }
    `,
  ]

  constructor() {
    super()
    this.heading = ''
    this.icon = 'packages'
  }

  override render() {
    return html`<div class="empty">
      ${icons[this.icon]}
      <h2>${this.heading}</h2>
      <div class="text"><slot></slot></div>
      <div class="actions"><slot name="actions"></slot></div>
    </div>`
  }
}
customElements.define('larder-empty-state', EmptyState)
