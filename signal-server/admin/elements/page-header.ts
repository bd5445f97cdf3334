/** The head of every place: where one is, what it is for, and what can be done here. */
import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'

/** Slots: `actions` (buttons), `meta` (chips beside the heading), default (a sentence below it). */
class PageHeader extends LitElement {
  static override properties = { heading: {}, backHref: {}, backLabel: {} }
  declare heading: string
  declare backHref: string | null
  declare backLabel: string

  static override styles = [
    baseStyles,
    css`
      :host { margin-bottom: var(--space-5); overflow-wrap: anywhere }
      .head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-3) var(--space-5) }
      .title { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-3); min-width: 0; min-height: 2.5rem }
      .actions { display: flex; flex-wrap: wrap; gap: var(--space-2) }
      .back { display: inline-flex; align-items: center; gap: var(--space-1); margin-bottom: var(--space-2); color: var(--quiet); text-decoration: none; font-size: var(--text-s) }
      .back:hover { color: var(--ink) }
      .lede { color: var(--quiet); max-width: 70ch; margin-top: var(--space-1); text-wrap: pretty }
    `,
  ]

  constructor() {
    super()
    this.heading = ''
    this.backHref = null
    this.backLabel = 'Back'
  }

  override render() {
    return html`
      ${this.backHref === null ? nothing : html`<a class="back" href=${this.backHref}>${icons.back}${this.backLabel}</a>`}
      <div class="head">
        <div class="title"><h1>${this.heading}</h1><slot name="meta"></slot></div>
        <div class="actions"><slot name="actions"></slot></div>
      </div>
      <div class="lede"><slot></slot></div>
    `
  }
}
customElements.define('larder-page-header', PageHeader)
