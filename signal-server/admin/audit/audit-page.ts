/** The audit log: who changed what, when, from what to what; newest first, older ones on demand. */
import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type * as v from 'valibot'
import { auditPageSchema } from '../../../protocol/admin/audit.ts'
import { type ApiProblem, api, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { live } from '../live.ts'
import { href } from '../router.ts'
import { formatDay, formatInstant, localTimeZone } from '../words.ts'
import { actionWords, actorWords, type Change, changesOf } from './words.ts'

type AuditPageView = v.InferOutput<typeof auditPageSchema>
type Entry = AuditPageView['entries'][number]

const PAGE_LIMIT = 50
/** An entry that changes more than this is folded. */
const CHANGES_SHOWN = 6

class AuditPage extends LitElement {
  static override properties = {
    entries: { state: true },
    nextCursor: { state: true },
    problem: { state: true },
    loading: { state: true },
    unfolded: { state: true },
  }
  declare entries: readonly Entry[] | null
  declare nextCursor: string | null
  declare problem: ApiProblem | null
  declare loading: boolean
  declare unfolded: ReadonlySet<string>
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .day { font-size: var(--text-s); font-weight: 600; color: var(--quiet); padding: var(--space-5) 0 var(--space-2) }
      .day:first-child { padding-top: 0 }
      .list { list-style: none; padding: 0; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-m) }
      .list > li { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: var(--space-1) var(--space-5); padding: var(--space-4) var(--space-5); border-top: 1px solid var(--line) }
      .list > li:first-child { border-top: 0 }
      .when { color: var(--quiet); font-size: var(--text-s); padding-top: 0.15em }
      .what { display: grid; gap: var(--space-2); min-width: 0; overflow-wrap: anywhere }
      .head { display: flex; flex-wrap: wrap; gap: 0 var(--space-3); align-items: baseline }
      .head strong { font-weight: 600 }
      .target { overflow-wrap: anywhere }
      .changes { display: grid; gap: var(--space-1); font-size: var(--text-s) }
      .changes div { display: grid; grid-template-columns: minmax(6rem, 16rem) minmax(0, 1fr); gap: 0 var(--space-3) }
      .changes dd { overflow-wrap: anywhere; min-width: 0 }
      .changes dt { color: var(--quiet); overflow-wrap: anywhere }
      del { text-decoration-color: var(--bad); color: var(--quiet) }
      ins { text-decoration: none; font-weight: 500 }
      .arrow { color: var(--quiet); padding-inline: 0.4em }
      @media (max-width: 44rem) { .list > li { grid-template-columns: minmax(0, 1fr) } .changes div { grid-template-columns: minmax(5rem, 38%) minmax(0, 1fr) } .list > li { padding: var(--space-3) var(--space-4) } }
      .more { display: flex; justify-content: center; padding-top: var(--space-4) }
    `,
  ]

  constructor() {
    super()
    this.entries = null
    this.nextCursor = null
    this.problem = null
    this.loading = false
    this.unfolded = new Set()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const stops = [live.on('changed', () => void this.#newest()), live.onReset(() => void this.#newest())]
    this.#unsubscribe = () => {
      for (const stop of stops) stop()
    }
    void this.#newest()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    return html`
      <larder-page-header heading="Audit log">Who changed what, when, from what to what. Times in ${localTimeZone()}.</larder-page-header>
      ${this.problem === null ? nothing : html`<larder-problem-note .problem=${this.problem} @larder-retry=${() => this.#newest()}></larder-problem-note>`}
      ${this.entries === null ? (this.problem === null ? html`<larder-loading></larder-loading>` : nothing) : this.#list(this.entries)}`
  }

  #list(entries: readonly Entry[]) {
    if (entries.length === 0)
      return html`<larder-empty-state heading="Nothing has been changed yet" icon="audit">Every change of settings, by whomever, is written down here.</larder-empty-state>`
    const zone = localTimeZone()
    const days = Map.groupBy(entries, ({ at }) => formatDay(Date.parse(at), zone))
    return html`
      ${[...days].map(
        ([day, ofDay]) =>
          html`<h2 class="day">${day}</h2><ol class="list">${repeat(
            ofDay,
            ({ id }) => id,
            entry => this.#entry(entry, zone),
          )}</ol>`,
      )}
      ${
        this.nextCursor === null
          ? nothing
          : html`<div class="more"><wa-button appearance="outlined" ?loading=${this.loading} @click=${this.#older}>Show older entries</wa-button></div>`
      }`
  }

  #entry(entry: Entry, zone: string) {
    const changes = changesOf(entry.action, entry.before, entry.after)
    const shown = this.unfolded.has(entry.id) ? changes : changes.slice(0, CHANGES_SHOWN)
    return html`<li>
      <div class="when"><time datetime=${entry.at}>${formatInstant(Date.parse(entry.at), zone).replace(/^.*, /, '')}</time></div>
      <div class="what">
        <div class="head"><strong>${actionWords(entry.action)}</strong><span class="target">${targetLink(entry.target)}</span><span class="quiet small">${actorWords(entry.actor)}</span></div>
        ${shown.length === 0 ? nothing : html`<dl class="changes">${shown.map(changeRow)}</dl>`}
        ${
          shown.length === changes.length
            ? nothing
            : html`<div><wa-button size="s" appearance="plain" @click=${() => this.#unfold(entry.id)}>${changes.length - shown.length} more changes</wa-button></div>`
        }
      </div></li>`
  }

  #unfold(id: string): void {
    this.unfolded = new Set([...this.unfolded, id])
  }

  /** The first page again; older ones that were opened stay. */
  async #newest(): Promise<void> {
    try {
      const page = await api.get('audit', auditPageSchema, { query: { limit: PAGE_LIMIT } })
      const known = new Set(page.entries.map(({ id }) => id))
      const meets = this.entries?.some(({ id }) => known.has(id)) ?? false
      const older = meets ? (this.entries ?? []).filter(({ id }) => !known.has(id)) : []
      this.entries = [...page.entries, ...older]
      if (older.length === 0) this.nextCursor = page.nextCursor
      this.problem = null
    } catch (error) {
      this.problem = problemIn(error)
    }
  }

  readonly #older = async (): Promise<void> => {
    if (this.nextCursor === null || this.loading) return
    this.loading = true
    try {
      const page = await api.get('audit', auditPageSchema, {
        query: { limit: PAGE_LIMIT, cursor: this.nextCursor },
      })
      const known = new Set(this.entries?.map(({ id }) => id))
      this.entries = [...(this.entries ?? []), ...page.entries.filter(({ id }) => !known.has(id))]
      this.nextCursor = page.nextCursor
      this.problem = null
    } catch (error) {
      this.problem = problemIn(error)
    } finally {
      this.loading = false
    }
  }
}
customElements.define('larder-audit-page', AuditPage)

function changeRow({ path, from, to }: Change) {
  return html`<div><dt>${path === '' ? 'value' : path}</dt><dd>${from === null ? nothing : html`<del>${from}</del>`}${
    from !== null && to !== null
      ? html`<span class="arrow" role="img" aria-label="becomes">→</span>`
      : nothing
  }${to === null ? html`<span class="quiet"> removed</span>` : html`<ins>${to}</ins>`}</dd></div>`
}

/** `profile:shops/package:lobby` leads to where that is seen, if it is seen anywhere. */
function targetLink(target: string) {
  const parts = target.split('/').map(part => {
    const colon = part.indexOf(':')
    return colon < 0 ? { kind: part, name: '' } : { kind: part.slice(0, colon), name: part.slice(colon + 1) }
  })
  const places: Readonly<Record<string, string>> = {
    profile: 'profiles',
    site: 'sites',
    device: 'devices',
    package: 'packages',
  }
  const segments = parts.flatMap(({ kind, name }) => [places[kind] ?? '', name])
  const words = parts
    .map(({ kind, name }) => (name === '' ? kind : kind in places ? name : `${kind} ${name}`))
    .join(' › ')
  return segments.includes('') || (parts.length > 1 && parts[0]?.kind !== 'profile')
    ? words
    : html`<a href=${href(segments)}>${words}</a>`
}
