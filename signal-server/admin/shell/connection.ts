/** Whether what is shown is live: a dot and two words, and a sentence when it is not. */
import { css, html, LitElement, nothing } from 'lit'
import { type LiveState, live } from '../live.ts'
import { Watch } from '../store.ts'

const WORDS: Record<LiveState, { readonly text: string; readonly title: string }> = {
  off: { text: 'Not connected', title: 'Nobody is logged in.' },
  connecting: { text: 'Connecting …', title: 'The live connection is being made.' },
  live: { text: 'Live', title: 'Changes appear as they happen.' },
  lost: {
    text: 'Reconnecting …',
    title: 'The connection to the server was lost. What is shown may be old; it is tried again by itself.',
  },
}

/** `quiet`: shown only when something is wrong. */
class Connection extends LitElement {
  static override properties = { quiet: { type: Boolean } }
  declare quiet: boolean
  readonly #state = new Watch(this, live.state)

  static override styles = css`
    :host { display: block; font-size: var(--text-s) }
    span { display: inline-flex; align-items: center; gap: 0.55em; color: var(--quiet); white-space: nowrap }
    i { width: 0.55rem; height: 0.55rem; border-radius: 50%; background: var(--line-strong) }
    .live i { background: var(--good) }
    .lost { color: var(--bad) }
    .lost i { background: var(--bad); animation: breathe 1.6s ease-in-out infinite }
    @keyframes breathe { 50% { opacity: 0.3 } }
    @media (prefers-reduced-motion: reduce) { .lost i { animation: none } }
  `

  constructor() {
    super()
    this.quiet = false
  }

  override render() {
    const state = this.#state.value
    if (this.quiet && state !== 'lost') return nothing
    const { text, title } = WORDS[state]
    return html`<span class=${state} role="status" title=${title}><i></i>${text}</span>`
  }
}
customElements.define('larder-connection', Connection)
