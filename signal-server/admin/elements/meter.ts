/** A thin bar for a part of a whole. The words beside it say the number; the bar only shows it. */
import { css, html, LitElement } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'

class Meter extends LitElement {
  static override properties = { value: { type: Number }, label: {}, mark: { type: Number } }
  /** 0 to 1. */
  declare value: number
  declare label: string
  /** 0 to 1: a line to compare with; negative: none. */
  declare mark: number

  static override styles = css`
    :host { display: block }
    .bar { position: relative; height: 0.4rem; border-radius: 1rem; background: var(--neutral-soft) }
    .fill { height: 100%; border-radius: inherit; background: var(--accent); min-width: 0; transition: width 0.4s ease-out }
    .mark { position: absolute; top: -0.25rem; bottom: -0.25rem; width: 2px; background: var(--ink); border-radius: 1px }
    @media (prefers-reduced-motion: reduce) { .fill { transition: none } }
  `

  constructor() {
    super()
    this.value = 0
    this.label = ''
    this.mark = -1
  }

  override render() {
    const percent = Math.round(Math.min(1, Math.max(0, this.value)) * 1000) / 10
    return html`<div class="bar" role="meter" aria-label=${this.label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(percent)}>
      <div class="fill" style=${styleMap({ width: `${percent}%` })}></div>
      ${this.mark >= 0 ? html`<div class="mark" style=${styleMap({ left: `calc(${Math.min(1, this.mark) * 100}% - 1px)` })}></div>` : null}
    </div>`
  }
}
customElements.define('larder-meter', Meter)
