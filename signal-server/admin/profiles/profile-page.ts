/**
 * A profile: the sites it applies to, its priority, and its software packages. A change is made on what the server has at
 * that moment, so that two administrators who add different sites do not undo each other.
 */
import { css, html, LitElement } from 'lit'
import {
  type ProfilePut,
  type ProfileView,
  packageListSchema,
  profileViewSchema,
  siteListSchema,
} from '../../../protocol/admin-api.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { packageNameSchema } from '../../../protocol/primitives.ts'
import { api, apiPath } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { boundWords } from '../designer/bounds.ts'
import { confirmAction } from '../elements/confirm-dialog.ts'
import { deleteAfterAsking } from '../elements/delete-after-asking.ts'
import { toast, toastProblem } from '../elements/toasts.ts'
import { icons } from '../icons.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { countOf, localTimeZone } from '../words.ts'

/** More chips than this hide what is below them. */
const SITES_SHOWN = 60

class ProfilePage extends LitElement {
  static override properties = { profile: {}, allSites: { state: true } }
  declare profile: string
  declare allSites: boolean
  readonly #view = new Resource(this, signal =>
    api.get(apiPath('profiles', this.profile), profileViewSchema, { signal }),
  )
  readonly #sites = new Resource(this, async signal =>
    (await api.get('sites', siteListSchema, { signal })).sites.map(({ name }) => name),
  )
  readonly #packages = new Resource(this, async signal =>
    (await api.get('packages', packageListSchema, { signal })).packages.map(entry => entry.package),
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .chips { list-style: none; display: flex; flex-wrap: wrap; gap: var(--space-2); padding: 0 }
      .chips li { display: inline-flex; align-items: center; background: var(--neutral-soft); border-radius: var(--radius-pill); padding-inline: var(--space-3) var(--space-1); min-height: 2rem; max-width: 100% }
      .chips a { color: inherit; text-decoration: none; overflow-wrap: anywhere }
      .chips a:hover { text-decoration: underline }
      .chips button { all: unset; cursor: pointer; padding: 0.3rem; margin-inline-start: 0.2rem; border-radius: 50%; color: var(--quiet) }
      .chips button:hover { color: var(--ink) }
      .chips button:focus-visible { outline: var(--focus) }
      .chips .icon { width: 0.9rem; height: 0.9rem }
      .add { display: flex; flex-wrap: wrap; gap: var(--space-3); align-items: end }
      .add wa-input { flex: 1 1 14rem; max-width: 24rem }
      .packages td { vertical-align: top }
      .packages a.name { font-weight: 600 }
      .packages td:last-child { text-align: end; white-space: nowrap }
      @media (max-width: 44rem) {
        .packages thead { display: none }
        .packages tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; padding: var(--space-3) 0; border-bottom: 1px solid var(--line) }
        .packages td { border: 0; padding: 2px 0 }
        .packages td.windows { grid-column: 1 / -1; grid-row: 2 }
        .packages td.release { grid-column: 1 / -1 }
        .packages td:last-child { grid-column: 2; grid-row: 1 }
      }
    `,
  ]

  constructor() {
    super()
    this.profile = ''
    this.allSites = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = live.on('changed', () => {
      this.#view.refresh()
      this.#sites.refresh()
      this.#packages.refresh()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    return html`
      <larder-page-header heading=${this.profile} .backHref=${href(['profiles'])} backLabel="Profiles">
        ${this.#view.value === null ? null : html`${countOf(this.#view.value.packages.length, 'package')} for ${countOf(this.#view.value.sites.length, 'site')}.`}
        ${this.#view.value === null ? null : html`<wa-button slot="actions" appearance="outlined" variant="danger" @click=${this.#delete}>Delete</wa-button>`}
      </larder-page-header>
      ${this.#view.render(view => html`<div class="stack wide">${this.#packageCard(view)}<div class="columns">${this.#siteCard(view)}${this.#priorityCard(view)}</div></div>`)}`
  }

  #packageCard(view: ProfileView) {
    return html`<section class="card stack" aria-labelledby="packages">
      <h2 id="packages">Software packages</h2>
      ${
        view.packages.length === 0
          ? html`<p class="quiet">No package yet. Add one below; it may be published later.</p>`
          : html`<table class="packages"><thead><tr><th>Package</th><th>Release</th><th>Windows</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
            <tbody>${view.packages.map(
              entry => html`<tr>
                <td><a class="name" href=${href(['profiles', view.name, 'packages', entry.package])}>${entry.package}</a></td>
                <td class="release">${entry.release === 'latest' ? 'latest' : `no. ${entry.release}`}</td>
                <td class="windows small">${windowWords(entry.distribution)}</td>
                <td><wa-button size="s" appearance="outlined" href=${href(['profiles', view.name, 'packages', entry.package, 'edit'])}>Edit<span class="visually-hidden"> ${entry.package}</span></wa-button></td>
              </tr>`,
            )}</tbody></table>`
      }
      ${view.notes.map(note => html`<p class="quiet small">${note}</p>`)}
      <form class="add" @submit=${this.#addPackage}>
        <wa-input name="package" label="Add a package" autocomplete="off"></wa-input>
        <wa-button type="submit" appearance="outlined">Add package</wa-button>
      </form>
      ${this.#known(
        'package',
        this.#packages.value,
        view.packages.map(entry => entry.package),
      )}
    </section>`
  }

  #siteCard(view: ProfileView) {
    const shown = this.allSites ? view.sites : view.sites.slice(0, SITES_SHOWN)
    return html`<section class="card stack" aria-labelledby="sites">
      <h2 id="sites">Sites</h2>
      ${
        view.sites.length === 0
          ? html`<p class="quiet">Applied to no site yet, so no device loads anything because of it.</p>`
          : html`<ul class="chips">${shown.map(
              site => html`<li><a href=${href(['sites', site])}>${site}</a>
                <button type="button" aria-label="Take ${site} out of the profile" @click=${() => this.#removeSite(site)}>${icons.close}</button></li>`,
            )}</ul>`
      }
      ${shown.length === view.sites.length ? null : html`<div><wa-button size="s" appearance="outlined" @click=${this.#showAllSites}>Show all ${view.sites.length}</wa-button></div>`}
      <form class="add" @submit=${this.#addSite}>
        <wa-input name="site" label="Apply to a site" autocomplete="off"></wa-input>
        <wa-button type="submit" appearance="outlined">Add site</wa-button>
      </form>
      ${this.#known('site', this.#sites.value, view.sites)}
    </section>`
  }

  /** What could be added, to press instead of typing. */
  #known(field: 'site' | 'package', all: readonly string[] | null, present: readonly string[]) {
    const left = (all ?? []).filter(name => !present.includes(name)).slice(0, 12)
    if (left.length === 0) return null
    return html`<div class="row small"><span class="quiet">Not in this profile:</span>${left.map(
      name =>
        html`<wa-button size="s" appearance="plain" @click=${() => this.#add(field, name)}><span aria-hidden="true">+ </span><span class="visually-hidden">Add ${field} </span>${name}</wa-button>`,
    )}</div>`
  }

  #priorityCard(view: ProfileView) {
    return html`<section class="card stack" aria-labelledby="priority">
      <h2 id="priority">Priority</h2>
      <p class="quiet">Where two profiles of a site name the same package, the one with the higher number holds.</p>
      <form class="add" @submit=${this.#savePriority}>
        <wa-input name="priority" type="number" label="Priority" min="-1000000" max="1000000" step="1" .value=${String(view.priority)}></wa-input>
        <wa-button type="submit" appearance="outlined">Save priority</wa-button>
      </form>
    </section>`
  }

  readonly #delete = async (): Promise<void> => {
    if (await deleteAfterAsking(apiPath('profiles', this.profile))) go(href(['profiles']))
  }

  #field(name: string): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>(`wa-input[name="${name}"]`)
  }

  readonly #showAllSites = (): void => {
    this.allSites = true
  }

  readonly #addPackage = (event: Event): Promise<void> => this.#addTyped(event, 'package')
  readonly #addSite = (event: Event): Promise<void> => this.#addTyped(event, 'site')

  async #addTyped(event: Event, field: 'site' | 'package'): Promise<void> {
    event.preventDefault()
    const input = this.#field(field)
    const name = input?.value.trim() ?? ''
    if (name === '') {
      input?.focus()
      return
    }
    const parsed = parseWith(packageNameSchema, name)
    if (!parsed.ok) toast(parsed.message.replace('package', field), 'failed')
    else if ((await this.#add(field, name)) && input) input.value = ''
  }

  #add(field: 'site' | 'package', name: string): Promise<boolean> {
    if (field === 'site')
      return this.#change(`${name} is part of the profile now.`, view => ({
        ...view,
        sites: [...new Set([...view.sites, name])],
      }))
    return this.#change(`${name} is part of the profile now.`, view =>
      view.packages.some(entry => entry.package === name)
        ? view
        : { ...view, packages: [...view.packages, { package: name, release: 'latest' }] },
    )
  }

  async #removeSite(site: string): Promise<void> {
    const yes = await confirmAction({
      title: `Take ${site} out of ${this.profile}?`,
      text: 'Its devices keep what they run, but no longer load releases because of this profile.',
      confirmLabel: 'Take out',
      dangerous: true,
    })
    if (yes)
      await this.#change(`${site} is no longer part of the profile.`, view => ({
        ...view,
        sites: view.sites.filter(name => name !== site),
      }))
  }

  readonly #savePriority = async (event: Event): Promise<void> => {
    event.preventDefault()
    const text = this.#field('priority')?.value ?? ''
    if (!/^-?\d{1,7}$/.test(text)) toast('A priority is a whole number.', 'failed')
    else await this.#change('The priority is saved.', view => ({ ...view, priority: Number(text) }))
  }

  async #change(done: string, change: (view: Wanted) => Wanted): Promise<boolean> {
    try {
      const path = apiPath('profiles', this.profile)
      const { sites, priority, packages } = await api.get(path, profileViewSchema)
      const wanted = change({
        sites,
        priority,
        packages: packages.map(({ package: name, release }) => ({ package: name, release })),
      })
      this.#view.set(await api.put(path, profileViewSchema, { body: wanted satisfies ProfilePut }))
      toast(done)
      return true
    } catch (error) {
      toastProblem(error)
      return false
    }
  }
}
customElements.define('larder-profile-page', ProfilePage)

type Wanted = Required<Pick<ProfilePut, 'sites' | 'packages'>> & { readonly priority: number }

function windowWords({
  proxyDistribution,
  onlyToProxiesUntil,
  enforceProxyUntil,
}: ProfileView['packages'][number]['distribution']) {
  if (!proxyDistribution) return 'Proxy distribution off: everything from the server'
  if (onlyToProxiesUntil === null && enforceProxyUntil === null)
    return 'Stores first, then server, at any time'
  const zone = localTimeZone()
  return html`${onlyToProxiesUntil === null ? null : html`Stores from ${boundWords(onlyToProxiesUntil, zone)}`}${
    onlyToProxiesUntil !== null && enforceProxyUntil !== null ? html`<br>` : null
  }${enforceProxyUntil === null ? null : html`Server from ${boundWords(enforceProxyUntil, zone)}`}`
}
