/** What needs an administrator, where, why, and where to deal with it; that nothing does is said as well. */
import { css, html, LitElement, nothing } from 'lit'
import { formatSpan } from '../../../presentation/sizes-and-spans.ts'
import type { Attention, AttentionPart } from '../../../protocol/admin/attention.ts'
import { baseStyles } from '../base-styles.ts'
import { icons } from '../icons.ts'
import { clock } from '../server-clock.ts'
import { Watch } from '../store.ts'
import { formatCount, formatInstant, localTimeZone } from '../words.ts'

class AttentionCard extends LitElement {
  static override properties = { items: { attribute: false } }
  declare items: readonly Attention[]
  readonly #clock = new Watch(this, clock)

  static override styles = [
    baseStyles,
    css`
      .card { padding: 0 }
      .head { padding: var(--space-4) var(--space-5) }
      .items { list-style: none; padding: 0; margin: 0 }
      .item { display: grid; grid-template-columns: 0.6rem minmax(0, 1fr); gap: 0 var(--space-3); padding: var(--space-3) var(--space-5); border-top: 1px solid var(--line) }
      .mark { width: 0.55rem; height: 0.55rem; margin-top: 0.5em; background: var(--bad); border-radius: 1px; transform: rotate(45deg) }
      .note .mark { background: var(--accent); border-radius: 50%; transform: none }
      p { max-width: none }
      .title { display: flex; flex-wrap: wrap; gap: 0 var(--space-3); align-items: baseline }
      h3, h3 a { font-size: var(--text-m); font-weight: 600; color: var(--ink) }
      p, .parts, .title { overflow-wrap: anywhere }
      .parts { list-style: none; padding: 0; margin: var(--space-1) 0 0; display: grid; gap: var(--space-1); font-size: var(--text-s) }
      .parts a { color: var(--ink) }
      .well { display: flex; gap: var(--space-3); align-items: center; padding: var(--space-3) var(--space-5) }
      .well .icon { color: var(--good) }
      @media (max-width: 30rem) { .head, .item, .well { padding-inline: var(--space-4) } }
    `,
  ]

  constructor() {
    super()
    this.items = []
  }

  override render() {
    if (this.items.length === 0)
      return html`<section class="card" aria-label="Attention"><p class="well">${icons.check}<span><strong>Nothing needs you.</strong> Every device is online, every site has a store, and nothing has failed.</span></p></section>`
    return html`<section class="card" aria-labelledby="attention">
      <h2 id="attention" class="head">Attention</h2>
      <ul class="items">${this.items.map(one => item(one, this.#clock.value))}</ul></section>`
  }
}
customElements.define('larder-attention-card', AttentionCard)

function item({ severity, title, detail, since, place, parts, more }: Attention, now: number) {
  return html`<li class="item ${severity}"><span class="mark"></span><div>
    <div class="title"><h3>${linked(title, place)}</h3>${
      since === null
        ? nothing
        : html`<span class="quiet small">${spanText(since, now)}, since ${formatInstant(Date.parse(since), localTimeZone())}</span>`
    }</div>
    <p class="quiet small">${detail}</p>
    ${
      parts.length === 0
        ? nothing
        : html`<ul class="parts">${parts.map(one => part(one, now))}${more === 0 ? nothing : html`<li class="quiet">and ${formatCount(more)} more</li>`}</ul>`
    }
  </div></li>`
}

const part = ({ text, since, place }: AttentionPart, now: number) =>
  html`<li>${linked(text, place)}${since === null ? nothing : html` <span class="quiet">${spanText(since, now)}</span>`}</li>`

const linked = (text: string, place: string | null) =>
  place === null ? text : html`<a href=${place}>${text}</a>`

const spanText = (since: string, now: number) => `for ${formatSpan(Math.max(0, now - Date.parse(since)))}`
