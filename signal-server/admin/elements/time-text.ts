/**
 * An instant for people: how long ago or ahead on the server's clock, and the time itself, always with its zone. The span
 * counts on by itself.
 */
import { css, html, LitElement, nothing } from 'lit'
import { clock, serverNow } from '../server-clock.ts'
import { formatInstant, formatRelative, localTimeZone } from '../words.ts'

/** `show`: `relative` (the time itself in the tooltip), `absolute`, or `both`. */
class TimeText extends LitElement {
  static override properties = { at: {}, zone: {}, show: {} }
  /** ISO 8601; nothing is shown for null. */
  declare at: string | null
  /** IANA name; the administrator's own where it is empty. */
  declare zone: string
  declare show: 'relative' | 'absolute' | 'both'
  #shown = ''
  #unsubscribe = () => {}

  static override styles = css`
    :host { display: inline }
    .also { color: var(--quiet) }
    time { white-space: nowrap }
  `

  constructor() {
    super()
    this.at = null
    this.zone = ''
    this.show = 'both'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = clock.subscribe(() => {
      if (this.show !== 'absolute' && this.#relative() !== this.#shown) this.requestUpdate()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    const at = this.at === null ? Number.NaN : Date.parse(this.at)
    if (!Number.isFinite(at)) return html`<span class="also">never</span>`
    const absolute = formatInstant(at, this.zone || localTimeZone())
    this.#shown = this.#relative()
    if (this.show === 'absolute') return html`<time datetime=${this.at ?? nothing}>${absolute}</time>`
    if (this.show === 'relative')
      return html`<time datetime=${this.at ?? nothing} title=${absolute}>${this.#shown}</time>`
    return html`<time datetime=${this.at ?? nothing}>${this.#shown}</time> <span class="also">· ${absolute}</span>`
  }

  #relative(): string {
    return this.at === null ? '' : formatRelative(Date.parse(this.at), serverNow())
  }
}
customElements.define('larder-time', TimeText)
