/** Which releases a package keeps: a number, a time, or all; and before it is saved, which releases go. */
import { css, html, LitElement, nothing } from 'lit'
import { formatBytes } from '../../../presentation/sizes-and-spans.ts'
import {
  type RetentionPut,
  type RetentionView,
  retentionViewSchema,
} from '../../../protocol/admin/retention.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toast } from '../elements/toasts.ts'
import { Resource } from '../resource.ts'
import { countOf } from '../words.ts'

const DAY_S = 24 * 3600

/** Fires `larder-done` when something was changed. */
class RetentionCard extends LitElement {
  static override properties = { package: {}, problem: { state: true } }
  declare package: string
  declare problem: string | null
  readonly #view = new Resource(this, signal =>
    api.get(apiPath('packages', this.package, 'retention'), retentionViewSchema, { signal }),
  )

  static override styles = [
    baseStyles,
    css`.fields { display: grid; gap: var(--space-4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)) }`,
  ]

  constructor() {
    super()
    this.package = ''
    this.problem = null
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get('package')) this.#view.restart()
  }

  override render() {
    return html`<section class="card stack" aria-labelledby="kept"><h2 id="kept">Kept releases</h2>
      <p class="quiet">A release stays as long as one of these keeps it. The newest one, and releases that a profile pins or a device wants or runs, always stay.</p>
      ${this.#view.render(view => this.#form(view))}</section>`
  }

  #form({ keepReleases, keepForS }: RetentionView) {
    return html`<form class="stack" @submit=${this.#onSubmit}>
      <div class="fields">
        <wa-input name="number" type="number" label="Newest releases to keep" min="1" max="10000" step="1" placeholder="no number" .value=${keepReleases === null ? '' : String(keepReleases)} hint="Both empty: all are kept"></wa-input>
        <wa-input name="days" type="number" label="Days to keep each" min="0.01" max="3660" step="any" placeholder="no time" .value=${keepForS === null ? '' : String(Number((keepForS / DAY_S).toFixed(2)))} hint="After the release that followed it"></wa-input>
      </div>
      ${this.problem === null ? nothing : html`<p class="bad" role="alert">${this.problem}</p>`}
      <div><wa-button type="submit" appearance="outlined">Save what is kept</wa-button></div>
    </form>`
  }

  #number(name: string): number | null {
    const text = this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? ''
    return text === '' ? null : Number(text)
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const days = this.#number('days')
    const body: RetentionPut = {
      keepReleases: this.#number('number'),
      keepForS: days === null ? null : Math.max(1, Math.round(days * DAY_S)),
    }
    this.problem = null
    const path = apiPath('packages', this.package, 'retention')
    try {
      const preview = await api.post(`${path}/preview`, retentionViewSchema, { body })
      if (preview.removes.length > 0 && !(await this.#confirm(preview))) return
      await api.put(path, retentionViewSchema, { body })
      toast(`What is kept of ${this.package} is saved.`)
      this.#view.refresh()
      this.dispatchEvent(new CustomEvent('larder-done'))
    } catch (error) {
      this.problem = problemIn(error).message
    }
  }

  #confirm({ removes, freedBytes }: RetentionView): Promise<boolean> {
    const named = removes.map(({ release, version }) => `${release} (${version})`).join(', ')
    return confirmAction({
      title: `Remove ${countOf(removes.length, 'release')} of ${this.package}?`,
      text: `Nothing needs ${removes.length === 1 ? 'this release' : 'these releases'} now: ${named}. ${removes.length === 1 ? 'It is' : 'They are'} removed at once, and ${formatBytes(freedBytes)} of chunks that no other release has after a day. Nobody can go back to ${removes.length === 1 ? 'it' : 'them'} any more. From then on releases that are no longer kept go by themselves.`,
      confirmLabel: 'Save and remove',
      dangerous: true,
    })
  }
}
customElements.define('larder-retention-card', RetentionCard)
