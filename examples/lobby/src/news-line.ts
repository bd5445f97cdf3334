/** News, one line at a time. A line rolls in, stays long enough to be read twice, and rolls out. */
import { html, nothing } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { PageElement } from './page-element.ts'

const LINE_MS = 9000

export class LobbyNews extends PageElement {
  static override properties = { items: { attribute: false }, index: { state: true } }
  declare items: readonly string[]
  declare index: number
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.index = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => {
      this.index += 1
    }, LINE_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  override render() {
    if (!this.items) return nothing
    const count = this.items.length
    const leaving = this.index > 0 ? this.items[(this.index - 1) % count] : undefined
    return html`
      <span class="news-label">House news</span>
      <span class="news-window">
        ${keyed(
          this.index,
          html`${leaving ? html`<span class="news-line news-out">${leaving}</span>` : nothing}
            <span class="news-line ${leaving ? 'news-in' : ''}">${this.items[this.index % count]}</span>`,
        )}
      </span>
    `
  }
}

customElements.define('lobby-news', LobbyNews)
