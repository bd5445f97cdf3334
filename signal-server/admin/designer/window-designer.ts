/**
 * The window designer: the axis with the two bounds, the phases they make in words, for kiosks and for stores, in the
 * site's time, the administrator's or UTC. Shows what the preview says. Fires `larder-bound-move` and `larder-site`.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { PhasesOfRole } from '../../../protocol/admin/preview.ts'
import { baseStyles } from '../base-styles.ts'
import { serverNow } from '../server-clock.ts'
import { localTimeZone } from '../words.ts'
import type { BoundField } from './bounds.ts'
import { lookOf, phaseTimes, sentenceIn } from './phase-words.ts'
import { dragged, type SiteView } from './site-view.ts'
import type { AxisBound } from './window-axis.ts'
import './window-axis.ts'

type ZoneChoice = 'site' | 'mine' | 'utc'

/** Longer lists are no longer a choice that anybody reads; the first ones stand for the rest. */
const SITES_OFFERED = 500

class WindowDesigner extends LitElement {
  static override properties = {
    view: { attribute: false },
    instants: { attribute: false },
    sites: { attribute: false },
    current: { type: Boolean },
    zoneChoice: { state: true },
  }
  declare view: SiteView | null
  /** Where the bounds stand now, epoch ms; null where one is off. */
  declare instants: Readonly<Record<BoundField, number | null>>
  declare sites: readonly string[]
  /** Whether `view` is about the options as they are, and not about those of a moment ago. */
  declare current: boolean
  declare zoneChoice: ZoneChoice

  static override styles = [
    baseStyles,
    css`
      .controls { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-5); align-items: end; justify-content: space-between }
      .controls label { display: grid; gap: var(--space-1); font-size: var(--text-s); color: var(--quiet); max-width: 100% }
      select {
        font: inherit; font-size: var(--text-m); color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong);
        border-radius: var(--radius-s); padding: 0.35rem 0.6rem; min-height: 2.4rem; max-width: 100%;
      }
      .zones { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--line-strong); border-radius: var(--radius-s); padding: 2px; gap: 2px }
      .zones button { all: unset; cursor: pointer; padding: 0.3rem 0.7rem; border-radius: calc(var(--radius-s) - 2px); font-size: var(--text-s); color: var(--quiet) }
      .zones button[aria-checked="true"] { background: var(--accent-soft); color: var(--ink); font-weight: 500 }
      .zones button:focus-visible { outline: var(--focus) }
      .zone-name { font-size: var(--text-s); color: var(--quiet) }
      .roles { display: grid; gap: var(--space-5); grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)) }
      .sentence { margin-top: var(--space-1) }
      ol { list-style: none; display: grid; gap: 1px; margin-top: var(--space-3); border-inline-start: 3px solid var(--line); }
      li { display: grid; grid-template-columns: 0.9rem minmax(0, 1fr); gap: var(--space-2); align-items: start; padding: var(--space-1) var(--space-3); font-size: var(--text-s) }
      li.now { background: var(--neutral-soft); border-radius: 0 var(--radius-s) var(--radius-s) 0 }
      li i { width: 0.8rem; height: 0.8rem; border-radius: 3px; margin-top: 0.3em; border: 1px solid var(--line-strong) }
      i.waits { background: repeating-linear-gradient(45deg, var(--neutral-soft) 0 2px, var(--line-strong) 2px 3px) }
      i.stores { background: color-mix(in oklab, var(--accent) 45%, var(--surface)) }
      i.server { background: color-mix(in oklab, var(--series-server) 50%, var(--surface)) }
      i.both { background: color-mix(in oklab, var(--good) 45%, var(--surface)) }
      .badge { font-size: var(--text-xs); font-weight: 600; margin-inline-start: var(--space-1) }
    `,
  ]

  constructor() {
    super()
    this.view = null
    this.instants = { onlyToProxiesUntil: null, enforceProxyUntil: null }
    this.sites = []
    this.current = true
    this.zoneChoice = 'site'
  }

  override render() {
    const { view } = this
    if (view === null) return html`<larder-loading></larder-loading>`
    const timeZone = this.#zone(view)
    const phasesOf = (of: PhasesOfRole) =>
      this.current ? of.phases : dragged(of.phases, view.resolved, this.instants)
    return html`<div class="stack">
      <div class="controls">
        ${this.#siteChoice(view)}
        <div>
          <div class="zones" role="radiogroup" aria-label="Times in" @keydown=${this.#onZoneKey}>
            ${this.#zoneButton('site', view.site === null ? 'Example' : 'Site’s time')}${this.#zoneButton('mine', 'Your time')}${this.#zoneButton('utc', 'UTC')}
          </div>
          <p class="zone-name">Times in ${timeZone}</p>
        </div>
      </div>
      <larder-window-axis .bounds=${this.#bounds()} .kiosks=${phasesOf(view.kiosks)} .stores=${phasesOf(view.stores)} .timeZone=${timeZone}
        @larder-bound-move=${this.#passOn}></larder-window-axis>
      ${
        view.overriddenBy === null
          ? nothing
          : html`<p class="quiet">At this site the package comes from profile ${view.overriddenBy}, which has a higher priority: nothing here holds there.</p>`
      }
      <div class="roles">
        ${this.#phases('Kiosks', 'kiosks', view.kiosks, timeZone)}
        ${this.#phases('Stores', 'stores', view.stores, timeZone)}
      </div>
    </div>`
  }

  #zone(view: SiteView): string {
    if (this.zoneChoice === 'utc') return 'UTC'
    return this.zoneChoice === 'mine' ? localTimeZone() : view.timeZone
  }

  #bounds(): readonly AxisBound[] {
    const bounds: AxisBound[] = []
    for (const field of ['onlyToProxiesUntil', 'enforceProxyUntil'] as const) {
      const at = this.instants[field]
      if (at !== null) bounds.push({ field, at })
    }
    return bounds
  }

  #siteChoice(view: SiteView) {
    if (view.site === null)
      return html`<p class="quiet small">The profile has no site yet; this is how it would be at a site in ${view.timeZone}.</p>`
    if (this.sites.length === 1)
      return html`<p class="small"><span class="quiet">Site</span> ${view.site} <span class="quiet">(${view.timeZone})</span></p>`
    return html`<label>Shown for site
      <select @change=${this.#onSite}>
        ${this.sites.slice(0, SITES_OFFERED).map(site => html`<option value=${site} ?selected=${site === view.site}>${site}</option>`)}
      </select></label>`
  }

  #zoneButton(choice: ZoneChoice, label: string) {
    const checked = this.zoneChoice === choice
    return html`<button type="button" role="radio" aria-checked=${checked} tabindex=${checked ? 0 : -1} data-zone=${choice}
      @click=${() => {
        this.zoneChoice = choice
      }}>${label}</button>`
  }

  #phases(heading: string, role: string, of: PhasesOfRole, timeZone: string) {
    const sentence =
      this.zoneChoice === 'site' || of.phases.length < 2
        ? of.sentence
        : sentenceIn(of.phases, timeZone, serverNow())
    return html`<section aria-label=${heading} data-role=${role}>
      <h3>${heading}</h3>
      <p class="sentence" aria-live="polite">${sentence}</p>
      ${
        of.phases.length < 2
          ? nothing
          : html`<ol>${of.phases.map(
              phase => html`<li class=${phase.isNow ? 'now' : ''} data-now=${phase.isNow}>
          <i class=${lookOf(phase)}></i>
          <span><span class="quiet">${phaseTimes(phase, timeZone, serverNow())}:</span> <span class="words">${phase.words}</span>
          ${phase.isNow ? html`<span class="badge">now</span>` : nothing}</span></li>`,
            )}</ol>`
      }
    </section>`
  }

  readonly #passOn = (event: Event): void => {
    this.dispatchEvent(new CustomEvent('larder-bound-move', { detail: (event as CustomEvent).detail }))
  }

  readonly #onSite = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    this.dispatchEvent(new CustomEvent('larder-site', { detail: value }))
  }

  readonly #onZoneKey = async (event: KeyboardEvent): Promise<void> => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const choices: readonly ZoneChoice[] = ['site', 'mine', 'utc']
    this.zoneChoice = choices.at((choices.indexOf(this.zoneChoice) + step) % choices.length) ?? 'site'
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('.zones [aria-checked="true"]')?.focus()
  }
}
customElements.define('larder-window-designer', WindowDesigner)
