/** A state in one or two words. Shape and words say it; the colour only helps. */
import { css, html, LitElement } from 'lit'

export type ChipKind = 'good' | 'busy' | 'waiting' | 'bad' | 'quiet'

class StatusChip extends LitElement {
  static override properties = { kind: { reflect: true } }
  declare kind: ChipKind

  static override styles = css`
    :host {
      display: inline-flex; align-items: center; gap: 0.45em; padding: 0.1em 0.65em 0.1em 0.55em; border-radius: var(--radius-pill);
      font-size: var(--text-s); line-height: 1.6; white-space: nowrap; background: var(--neutral-soft); color: var(--ink);
    }
    :host([kind="good"]) { background: var(--good-soft) }
    :host([kind="busy"]) { background: var(--accent-soft) }
    :host([kind="bad"]) { background: var(--bad-soft) }
    i { width: 0.55em; height: 0.55em; border-radius: 50%; background: var(--quiet); flex: none }
    :host([kind="good"]) i { background: var(--good) }
    :host([kind="busy"]) i { background: var(--accent) }
    :host([kind="waiting"]) i { background: none; border: 0.14em solid var(--quiet) }
    :host([kind="bad"]) i { background: var(--bad); border-radius: 1px; transform: rotate(45deg) scale(0.95) }
    :host([kind="quiet"]) i { background: none; border: 0.14em solid var(--line-strong) }
  `

  constructor() {
    super()
    this.kind = 'quiet'
  }

  override render() {
    return html`<i></i><slot></slot>`
  }
}
customElements.define('larder-chip', StatusChip)
