/**
 * Edit: the options of a package in a profile, the window designer beside them, what they would do to the fleet now,
 * and Save. Two administrators at once: the second one sees the first one's values beside his own and loses nothing.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { type DistributionView, distributionViewSchema } from '../../../protocol/admin-api.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import type { BoundChange } from '../designer/bound-field.ts'
import {
  type BoundContext,
  type BoundField,
  boundAt,
  type Distribution,
  kindOf,
  roughInstant,
} from '../designer/bounds.ts'
import { defaultInstant } from '../designer/defaults.ts'
import { type Choices, merged } from '../designer/merge.ts'
import { distinct, type OptionWarning, optionWarnings } from '../designer/option-warnings.ts'
import { differing, OPTIONS, type Options, optionsOf, type TakeoverField } from '../designer/options.ts'
import { askPreview, PreviewFeed } from '../designer/preview-feed.ts'
import { type SiteView, siteViewOf } from '../designer/site-view.ts'
import type { TakeoverChange } from '../designer/takeover-fields.ts'
import type { BoundMove } from '../designer/window-axis.ts'
import { toast } from '../elements/toasts.ts'
import { icons } from '../icons.ts'
import { live } from '../live.ts'
import { go, href } from '../router.ts'
import { serverNow } from '../server-clock.ts'
import { publicationOf, whoSaved } from './about-options.ts'
import { type Draft, draftKey, drafts } from './drafts.ts'
import { editPageStyles } from './edit-page-styles.ts'
import '../designer/bound-field.ts'
import '../designer/conflict-panel.ts'
import '../designer/fleet-effect.ts'
import '../designer/takeover-fields.ts'
import '../designer/window-designer.ts'

type Problems = Readonly<Record<BoundField | TakeoverField, string | null>>

const NO_PROBLEMS: Problems = {
  onlyToProxiesUntil: null,
  enforceProxyUntil: null,
  activation: null,
  confirmation: null,
  priority: null,
}

class EditPage extends LitElement {
  static override properties = {
    profile: {},
    package: {},
    base: { state: true },
    draft: { state: true },
    problems: { state: true },
    theirs: { state: true },
    who: { state: true },
    failure: { state: true },
    saving: { state: true },
    site: { state: true },
    restored: { state: true },
  }
  declare profile: string
  declare package: string
  /** The options as they were read; null until they are. */
  declare base: DistributionView | null
  declare draft: Options | null
  /** What is wrong with what was typed. */
  declare problems: Problems
  /** What somebody else has saved since. */
  declare theirs: DistributionView | null
  declare who: string
  declare failure: ApiProblem | null
  declare saving: boolean
  declare site: string | null
  declare restored: boolean
  #publishedAt: number | null = null
  #unsubscribe = () => {}
  readonly #feed = new PreviewFeed(this, (wanted, signal) =>
    askPreview(this.profile, this.package, wanted, signal),
  )

  static override styles = [baseStyles, editPageStyles]

  constructor() {
    super()
    this.profile = ''
    this.package = ''
    this.base = null
    this.draft = null
    this.problems = NO_PROBLEMS
    this.theirs = null
    this.who = ''
    this.failure = null
    this.saving = false
    this.site = null
    this.restored = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const unsubscribe = [
      live.on('changed', () => void this.#lookForOthers()),
      live.onReset(() => void this.#lookForOthers()),
    ]
    addEventListener('beforeunload', this.#onUnload)
    this.#unsubscribe = () => {
      for (const stop of unsubscribe) stop()
      removeEventListener('beforeunload', this.#onUnload)
    }
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('draft') || this.draft === null) return
    this.#feed.want(this.draft)
    if (this.base === null) return
    const key = draftKey(this.profile, this.package)
    if (this.#isDirty()) drafts.set(key, { base: this.base, draft: this.draft } satisfies Draft)
    else drafts.delete(key)
  }

  override render() {
    return html`
      <larder-page-header heading="Edit ${this.package}" .backHref=${this.#packageHref()} backLabel="${this.profile} · ${this.package}">
        When kiosks may fetch this package, from the stores of their site and from the server, and when a new release goes on their screens. It holds for every site of profile ${this.profile}.
      </larder-page-header>
      ${this.draft === null || this.base === null ? this.#loading() : this.#form(this.base, this.draft)}`
  }

  #loading() {
    return this.failure === null
      ? html`<larder-loading></larder-loading>`
      : html`<larder-problem-note .problem=${this.failure} @larder-retry=${() => this.#load()}></larder-problem-note>`
  }

  #form(base: DistributionView, draft: Options) {
    const preview = this.#feed.value
    const current = this.#feed.isAbout(draft)
    const view = preview === null ? null : siteViewOf(preview, this.site)
    const context = this.#context(view)
    const instants = this.#instants(draft, view, context, current)
    const warnings = optionWarnings({
      draft,
      warnings: preview?.warnings ?? base.warnings,
      sites: current ? (preview?.sites ?? null) : null,
      instants,
      now: serverNow(),
    })
    return html`<form class="stack" @submit=${this.#onSubmit}>
      ${
        this.theirs === null
          ? nothing
          : html`<larder-conflict-panel .base=${optionsOf(base)} .mine=${draft} .theirs=${optionsOf(this.theirs)} who=${this.who}
            @larder-merged=${this.#onMerged}></larder-conflict-panel>`
      }
      ${
        this.restored
          ? html`<p class="quiet">These are your changes from before, not saved yet. <wa-button size="s" appearance="outlined" @click=${this.#discard}>Discard them</wa-button></p>`
          : nothing
      }
      <div class="layout">
        <div class="stack side">
        <section class="card options" aria-label="Options">
          <div class="option" role="group" aria-label=${OPTIONS.proxyDistribution.name}>
            <wa-switch .checked=${draft.proxyDistribution} @change=${this.#onProxy}>${OPTIONS.proxyDistribution.name}</wa-switch>
            <p class="help">${OPTIONS.proxyDistribution.help}</p>
            ${warnings.filter(({ field }) => field === 'proxyDistribution').map(({ message }) => html`<p class="help warning">${icons.warning}<span>${message}</span></p>`)}
          </div>
          ${this.#boundField('onlyToProxiesUntil', draft, instants, context, warnings)}
          ${this.#boundField('enforceProxyUntil', draft, instants, context, warnings)}
        </section>
        <section class="card stack" aria-labelledby="takeover-heading">
          <h2 id="takeover-heading">When it takes over</h2>
          <larder-takeover-fields .value=${draft} .problems=${this.problems} preview=${current ? (view?.takeover ?? '') : ''} @larder-takeover=${this.#onTakeover}></larder-takeover-fields>
        </section>
        </div>
        <div class="stack side">
        <section class="card stack" aria-labelledby="designer-heading">
          <h2 id="designer-heading">What this makes of the day</h2>
          ${this.#feed.problem === null ? nothing : html`<larder-problem-note .problem=${this.#feed.problem} fixed></larder-problem-note>`}
          ${
            view === null && this.#feed.problem !== null
              ? nothing
              : html`<larder-window-designer .view=${view} .instants=${instants} .current=${current}
                .sites=${preview?.sites.map(({ site }) => site) ?? []} @larder-bound-move=${(event: CustomEvent<BoundMove>) => this.#onMove(event.detail, context)}
                @larder-site=${this.#onSite}></larder-window-designer>`
          }
        </section>
        <section class="card stack effect" aria-labelledby="effect-heading">
          <h2 id="effect-heading">What saving does to the fleet now</h2>
          ${
            preview === null && this.#feed.problem !== null
              ? html`<p class="quiet">Not known while the server does not answer.</p>`
              : html`<larder-fleet-effect .preview=${preview}></larder-fleet-effect>`
          }
        </section>
        </div>
      </div>
      <div class="bar">
        <ul class="warnings" aria-label="Warnings" aria-live="polite" ?hidden=${warnings.length === 0}>${distinct(
          warnings,
        ).map(({ code, message }) => html`<li data-code=${code}>${icons.warning}<p>${message}</p></li>`)}</ul>
        <p class=${this.failure ? 'bad' : 'quiet'} role=${this.failure ? 'alert' : nothing}>${this.failure?.message ?? this.#barWords()}</p>
        <wa-button appearance="outlined" href=${this.#packageHref()} @click=${this.#forget}>Cancel</wa-button>
        <wa-button variant="brand" type="submit" ?disabled=${!this.#canSave()} ?loading=${this.saving}>Save</wa-button>
      </div>
    </form>`
  }

  #boundField(
    field: BoundField,
    draft: Options,
    instants: Readonly<Record<BoundField, number | null>>,
    context: BoundContext,
    warnings: readonly OptionWarning[],
  ) {
    const mine = warnings.filter(warning => warning.field === field).map(({ message }) => message)
    return html`<larder-bound-field .warnings=${mine} data-field=${field} .name=${OPTIONS[field].name} .help=${OPTIONS[field].help} .bound=${draft[field]}
      .context=${context} .instant=${instants[field] ?? Number.NaN} .fallback=${defaultInstant(field, instants, serverNow(), context.timeZone)}
      .problem=${this.problems[field]} @larder-bound=${(event: CustomEvent<BoundChange>) => this.#onBound(field, event.detail)}></larder-bound-field>`
  }

  /** Where the bounds stand at the site that is shown: as the server says, else as near as the page can tell. */
  #instants(
    draft: Distribution,
    view: SiteView | null,
    context: BoundContext,
    current: boolean,
  ): Record<BoundField, number | null> {
    const of = (field: BoundField) => {
      const bound = draft[field]
      if (bound === null) return null
      return (current ? view?.resolved[field] : null) ?? roughInstant(bound, context)
    }
    return { onlyToProxiesUntil: of('onlyToProxiesUntil'), enforceProxyUntil: of('enforceProxyUntil') }
  }

  #context(view: SiteView | null): BoundContext {
    const timeZone = view?.timeZone ?? this.base?.sites[0]?.timeZone ?? 'UTC'
    return { timeZone, publishedAt: this.#publishedAt ?? serverNow() }
  }

  #packageHref(): string {
    return href(['profiles', this.profile, 'packages', this.package])
  }

  #isDirty(): boolean {
    if (this.base === null || this.draft === null) return false
    return differing(optionsOf(this.base), this.draft).length > 0
  }

  #canSave(): boolean {
    const isValid = Object.values(this.problems).every(problem => problem === null)
    return this.#isDirty() && isValid && this.theirs === null && !this.saving
  }

  #barWords(): string {
    if (this.theirs !== null) return 'Choose above what to go on with.'
    return this.#isDirty() ? 'Not saved yet.' : 'Nothing is changed.'
  }

  async #load(): Promise<void> {
    this.failure = null
    try {
      const base = await this.#read()
      const kept = drafts.get(draftKey(this.profile, this.package))
      // Null where nothing is published yet; bounds then count from now.
      this.#publishedAt = await publicationOf(this.package, base.release)
      this.base = kept?.base ?? base
      this.draft = kept?.draft ?? optionsOf(base)
      this.restored = kept !== undefined
      if (this.base.revision !== base.revision) await this.#meet(base)
    } catch (error) {
      this.failure = problemIn(error)
    }
  }

  #read(): Promise<DistributionView> {
    return api.get(this.#path(), distributionViewSchema)
  }

  #path(): string {
    return apiPath('profiles', this.profile, 'packages', this.package, 'distribution')
  }

  /** Settings were changed by somebody: if these are among them, say so now and not when it is too late. */
  async #lookForOthers(): Promise<void> {
    if (this.base === null || this.saving) return
    const now = await this.#read().catch(() => null)
    if (now === null || this.base === null || this.saving) return
    if (now.revision > (this.theirs ?? this.base).revision) await this.#meet(now)
  }

  async #meet(theirs: DistributionView): Promise<void> {
    if (this.#isDirty()) {
      this.who = await whoSaved(this.profile, this.package)
      this.theirs = theirs
      return
    }
    this.base = theirs
    this.draft = optionsOf(theirs)
    toast('Somebody else changed these options; you see them as they are now.')
  }

  readonly #onMerged = (event: CustomEvent<Choices>): void => {
    if (this.theirs === null || this.draft === null) return
    const theirs = this.theirs
    this.base = theirs
    this.draft = merged(this.draft, optionsOf(theirs), event.detail)
    this.theirs = null
    this.failure = null
  }

  readonly #onProxy = (event: Event): void => {
    this.#change({ proxyDistribution: (event.target as HTMLInputElement).checked })
  }

  #onBound(field: BoundField, change: BoundChange): void {
    this.problems = { ...this.problems, [field]: change.problem }
    if (change.problem === null) this.#change({ [field]: change.bound })
  }

  #onMove({ field, at }: BoundMove, context: BoundContext): void {
    const bound = this.draft?.[field]
    if (!bound) return
    this.problems = { ...this.problems, [field]: null }
    this.#change({ [field]: boundAt(kindOf(bound), at, context) })
  }

  readonly #onTakeover = ({ detail }: CustomEvent<TakeoverChange>): void => {
    this.problems = { ...this.problems, [detail.field]: detail.problem }
    if (detail.problem === null) this.#change(detail.change)
  }

  #change(part: Partial<Options>): void {
    if (this.draft === null) return
    this.failure = null
    this.draft = { ...this.draft, ...part }
  }

  readonly #onSite = (event: CustomEvent<string>): void => {
    this.site = event.detail
  }

  readonly #discard = (): void => {
    if (this.base === null) return
    this.restored = false
    this.theirs = null
    this.problems = NO_PROBLEMS
    this.draft = optionsOf(this.base)
    void this.#lookForOthers()
  }

  readonly #forget = (): void => {
    drafts.delete(draftKey(this.profile, this.package))
  }

  readonly #onUnload = (event: BeforeUnloadEvent): void => {
    if (this.#isDirty()) event.preventDefault()
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { base, draft } = this
    if (base === null || draft === null || !this.#canSave()) return
    this.saving = true
    this.failure = null
    try {
      const saved = await api.put(this.#path(), distributionViewSchema, {
        body: { ...draft, revision: base.revision },
      })
      this.base = saved
      this.#forget()
      this.draft = optionsOf(saved)
      toast(`The options of ${this.package} are saved.`)
      go(this.#packageHref())
    } catch (error) {
      const problem = problemIn(error)
      if (problem.problem !== 'conflict') this.failure = problem
      else
        await this.#read().then(
          theirs => this.#meet(theirs),
          failure => {
            this.failure = problemIn(failure)
          },
        )
    } finally {
      this.saving = false
    }
  }
}
customElements.define('larder-edit-page', EditPage)
