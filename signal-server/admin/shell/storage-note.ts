/**
 * Above every place but the overview, whose list of what needs attention says the same: why the server cannot write to its disk,
 * since when, and what to do. From the live feed alone.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { Overview } from '../../../protocol/admin/overview.ts'
import { baseStyles } from '../base-styles.ts'
import '../elements/time-text.ts'
import { icons } from '../icons.ts'
import { live } from '../live.ts'
import { place } from '../router.ts'
import { Watch } from '../store.ts'

class StorageNote extends LitElement {
  static override properties = { trouble: { state: true } }
  declare trouble: Overview['storageTrouble']
  readonly #place = new Watch(this, place)
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .note {
        display: flex; gap: var(--space-3); align-items: flex-start; padding: var(--space-3) var(--space-4); margin-bottom: var(--space-5);
        border: 1px solid color-mix(in oklab, var(--bad) 40%, var(--line)); border-radius: var(--radius-m);
        background: var(--bad-soft); color: var(--ink);
      }
      .icon { color: var(--bad); margin-top: 0.12em }
      p { flex: 1; min-width: 0; max-width: none }
    `,
  ]

  constructor() {
    super()
    this.trouble = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stop = live.on('overview', ({ storageTrouble }) => {
      this.trouble = storageTrouble
    })
    this.#unsubscribe = () => void stop()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    if (this.trouble === null || this.#place.value.path === '/') return nothing
    const { detail, since } = this.trouble
    return html`<div class="note" role="alert">
      ${icons.warning}
      <p><strong>The server cannot write:</strong> ${detail}. Devices get what they had. Publications and changes are refused,
        and taken again as soon as it can be written. Since <larder-time .at=${since}></larder-time>.</p>
    </div>`
  }
}
customElements.define('larder-storage-note', StorageNote)
