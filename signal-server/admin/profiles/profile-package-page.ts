/** A package in a profile: its release, its options in words, what they mean at each site now, Edit, and Open now. */
import { css, html, LitElement, nothing } from 'lit'
import {
  type DistributionView,
  distributionViewSchema,
  packageViewSchema,
  profileViewSchema,
} from '../../../protocol/admin-api.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import type { Distribution } from '../designer/bounds.ts'
import { effectSentences } from '../designer/fleet-effect.ts'
import {
  OPTIONS,
  type OptionField,
  optionsOf,
  optionWords,
  TAKEOVER_FIELDS,
  WINDOW_FIELDS,
} from '../designer/options.ts'
import { askPreview } from '../designer/preview-feed.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { icons } from '../icons.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { countOf } from '../words.ts'

const SITES_SHOWN = 25

class ProfilePackagePage extends LitElement {
  static override properties = {
    profile: {},
    package: {},
    opened: { state: true },
    allSites: { state: true },
  }
  declare profile: string
  declare package: string
  /** The options as they were before Open now, to put them back. */
  declare opened: Distribution | null
  declare allSites: boolean
  readonly #view = new Resource(this, signal => api.get(this.#path(), distributionViewSchema, { signal }))
  readonly #releases = new Resource(this, async signal => {
    try {
      return (await api.get(apiPath('packages', this.package), packageViewSchema, { signal })).releases
    } catch (error) {
      if (problemIn(error).problem === 'not-found') return []
      throw error
    }
  })
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .options { display: grid; gap: var(--space-4) }
      .options dt { font-weight: 600 }
      .options dd { margin-top: 2px }
      .warning { display: flex; gap: var(--space-3); padding: var(--space-3) var(--space-4); border-radius: var(--radius-m); background: var(--accent-soft); border: 1px solid color-mix(in oklab, var(--accent) 40%, var(--line)) }
      .warning .icon { color: var(--accent); margin-top: 0.1em }
      .opened { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: center; padding: var(--space-3) var(--space-4); border-radius: var(--radius-m); background: var(--good-soft); margin-bottom: var(--space-4) }
      .release { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end }
      .release wa-select { flex: 1 1 14rem; max-width: 24rem }
      @media (max-width: 44rem) {
        table thead { display: none }
        table tr { display: grid; padding: var(--space-2) 0; border-bottom: 1px solid var(--line) }
        table td { border: 0; padding: 1px 0 }
      }
    `,
  ]

  constructor() {
    super()
    this.profile = ''
    this.package = ''
    this.opened = null
    this.allSites = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const refresh = () => {
      this.#view.refresh()
      this.#releases.refresh()
    }
    const stop = live.on('changed', refresh)
    // The sentences count down; every minute is often enough for what they say.
    const timer = setInterval(() => this.#view.refresh(), 60_000)
    this.#unsubscribe = () => {
      stop()
      clearInterval(timer)
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    const view = this.#view.value
    return html`
      <larder-page-header heading=${this.package} .backHref=${href(['profiles', this.profile])} backLabel=${this.profile}>
        <span slot="meta" class="quiet">in profile ${this.profile}</span>
        ${view !== null && isBounded(view.distribution) ? html`<wa-button slot="actions" appearance="outlined" @click=${this.#openNow}>Open now …</wa-button>` : nothing}
        <wa-button slot="actions" variant="brand" href=${href(['profiles', this.profile, 'packages', this.package, 'edit'])}>Edit</wa-button>
      </larder-page-header>
      ${
        this.opened === null
          ? nothing
          : html`<div class="opened" role="status"><p>Open at every site since a moment ago: kiosks take the package from stores first, then from the server.</p>
            <wa-button size="s" appearance="outlined" @click=${this.#putBack}>Put the windows back</wa-button></div>`
      }
      ${this.#view.render(shown => this.#cards(shown))}`
  }

  #cards(view: DistributionView) {
    return html`<div class="stack wide">
      ${view.warnings.map(({ code, message }) => html`<div class="warning" data-code=${code}>${icons.warning}<p>${message}</p></div>`)}
      <div class="columns">
        <section class="card stack" aria-labelledby="options"><h2 id="options">Distribution</h2>
          ${this.#options(view, WINDOW_FIELDS)}
        </section>
        <section class="card stack" aria-labelledby="takeover"><h2 id="takeover">When it takes over</h2>
          ${this.#options(view, TAKEOVER_FIELDS)}
        </section>
        <section class="card stack" aria-labelledby="release"><h2 id="release">Release</h2>
          ${this.#releaseChoice(view)}
          <div class="row"><wa-button appearance="outlined" size="s" href=${href(['packages', view.package])}>Releases of this package</wa-button>
            <wa-button appearance="plain" variant="danger" size="s" @click=${this.#remove}>Take it out of the profile</wa-button></div>
        </section>
      </div>
      <section class="card stack" aria-labelledby="sites"><h2 id="sites">At the sites now</h2>${this.#sites(view)}</section>
    </div>`
  }

  #options(view: DistributionView, fields: readonly OptionField[]) {
    const options = optionsOf(view)
    return html`<dl class="options">${fields.map(
      field => html`<div><dt>${OPTIONS[field].name}</dt><dd>${optionWords(field, options)}</dd></div>`,
    )}</dl>`
  }

  #releaseChoice(view: DistributionView) {
    const releases = this.#releases.value ?? []
    const latest = releases[0]
    return html`
      <p>${view.release === 'latest' ? (latest ? `The latest one: no. ${latest.release}, version ${latest.version}.` : 'The latest one; none is published yet.') : `Pinned to no. ${view.release}.`}</p>
      <form class="release" @submit=${this.#saveRelease}>
        <wa-select name="release" label="Wanted release" .value=${String(view.release)}>
          <wa-option value="latest">Always the latest</wa-option>
          ${releases.map(({ release, version }) => html`<wa-option value=${String(release)}>No. ${release}, version ${version}</wa-option>`)}
        </wa-select>
        <wa-button type="submit" appearance="outlined">Save release</wa-button>
      </form>`
  }

  #sites(view: DistributionView) {
    if (view.sites.length === 0)
      return html`<p class="quiet">The profile is applied to no site yet. <a href=${href(['profiles', this.profile])}>Apply it to a site</a> and its devices begin to load.</p>`
    const shown = this.allSites ? view.sites : view.sites.slice(0, SITES_SHOWN)
    return html`<table><thead><tr><th>Site</th><th>A kiosk there</th></tr></thead><tbody>${shown.map(
      ({
        site,
        sentence,
        overriddenBy,
        timeZone,
      }) => html`<tr><td><a href=${href(['sites', site])}>${site}</a> <span class="quiet small">${timeZone}</span></td>
        <td>${overriddenBy === null ? sentence : html`<span class="quiet">comes from profile <a href=${href(['profiles', overriddenBy])}>${overriddenBy}</a>, which has a higher priority</span>`}</td></tr>`,
    )}</tbody></table>
    ${shown.length === view.sites.length ? nothing : html`<div><wa-button size="s" appearance="outlined" @click=${this.#showAll}>Show all ${countOf(view.sites.length, 'site')}</wa-button></div>`}`
  }

  #path(): string {
    return apiPath('profiles', this.profile, 'packages', this.package, 'distribution')
  }

  readonly #showAll = (): void => {
    this.allSites = true
  }

  readonly #openNow = async (): Promise<void> => {
    const view = this.#view.value
    if (view === null) return
    const open: Distribution = { ...view.distribution, onlyToProxiesUntil: null, enforceProxyUntil: null }
    const options = { ...view.update, ...open }
    const effect = await askPreview(this.profile, this.package, options).catch(() => null)
    const yes = await confirmAction({
      title: `Open ${this.package} now?`,
      text: html`Both “until” times are switched off at once, at ${countOf(view.sites.length, 'site')}: every kiosk may fetch now, ${
        view.distribution.proxyDistribution ? 'from stores first, then from the server' : 'from the server'
      }. They stay off, for later releases too, until you put them back.${
        effect === null ? nothing : html`<br><br>${effectSentences(effect).join(' ')}`
      }`,
      confirmLabel: 'Open now',
      dangerous: true,
    })
    if (yes && (await this.#put(open, view.revision))) {
      this.opened = view.distribution
      toast(`${this.package} is open at every site.`)
    }
  }

  readonly #putBack = async (): Promise<void> => {
    const view = this.#view.value
    if (view === null || this.opened === null || !(await this.#put(this.opened, view.revision))) return
    this.opened = null
    toast('The windows are as they were.')
  }

  async #put(distribution: Distribution, revision: number): Promise<boolean> {
    try {
      this.#view.set(
        await api.put(this.#path(), distributionViewSchema, { body: { ...distribution, revision } }),
      )
      return true
    } catch (error) {
      toastProblem(error)
      this.#view.refresh()
      return false
    }
  }

  readonly #saveRelease = async (event: Event): Promise<void> => {
    event.preventDefault()
    const value = this.renderRoot.querySelector<HTMLInputElement>('wa-select[name="release"]')?.value ?? ''
    const release = value === 'latest' ? ('latest' as const) : Number(value)
    if (release !== 'latest' && !(await this.#isMeant(release))) return
    if (
      await this.#changeProfile(packages =>
        packages.map(entry => (entry.package === this.package ? { ...entry, release } : entry)),
      )
    ) {
      toast(
        release === 'latest'
          ? 'Devices follow the latest release.'
          : `Devices go to release no. ${release}, unless they have run a later one.`,
      )
      this.#view.refresh()
    }
  }

  /** A lower number than devices run is refused by them, which a button that says “Save” does not tell. */
  async #isMeant(release: number): Promise<boolean> {
    const later = (this.#releases.value ?? []).filter(other => other.release > release)
    const devices = later.reduce((sum, { devicesRunning }) => sum + devicesRunning, 0)
    if (devices === 0) return true
    return await confirmAction({
      title: `Pin ${this.package} to release no. ${release}?`,
      text: `${countOf(devices, 'device')} of the fleet run a later release, and refuse this one: on a device numbers only rise. To go back to its files, choose “Go back” at that release on the page of the package, which publishes them under a new number.`,
      confirmLabel: 'Pin it all the same',
      dangerous: true,
    })
  }

  readonly #remove = async (): Promise<void> => {
    const yes = await confirmAction({
      title: `Take ${this.package} out of ${this.profile}?`,
      text: 'Devices of its sites no longer load it because of this profile, and its windows here are forgotten. The package and its releases stay.',
      confirmLabel: 'Take out',
      dangerous: true,
    })
    if (
      yes &&
      (await this.#changeProfile(packages => packages.filter(entry => entry.package !== this.package)))
    )
      go(href(['profiles', this.profile]))
  }

  async #changeProfile(
    change: (packages: readonly PackageChoice[]) => readonly PackageChoice[],
  ): Promise<boolean> {
    try {
      const path = apiPath('profiles', this.profile)
      const { sites, priority, packages } = await api.get(path, profileViewSchema)
      const wanted = change(packages.map(({ package: name, release }) => ({ package: name, release })))
      await api.put(path, profileViewSchema, { body: { sites, priority, packages: wanted } })
      return true
    } catch (error) {
      toastProblem(error)
      return false
    }
  }
}
customElements.define('larder-profile-package-page', ProfilePackagePage)

interface PackageChoice {
  readonly package: string
  readonly release: 'latest' | number
}

const isBounded = ({ onlyToProxiesUntil, enforceProxyUntil }: Distribution) =>
  onlyToProxiesUntil !== null || enforceProxyUntil !== null
