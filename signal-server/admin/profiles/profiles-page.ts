/** All profiles: which packages they give to which sites. */
import { css, html, LitElement } from 'lit'
import { type ProfileView, profileListSchema, profileViewSchema } from '../../../protocol/admin-api.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { profileNameSchema } from '../../../protocol/primitives.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { baseStyles } from '../base-styles.ts'
import { live } from '../live.ts'
import { Resource } from '../resource.ts'
import { go, href } from '../router.ts'
import { countOf, formatCount } from '../words.ts'

class ProfilesPage extends LitElement {
  static override properties = { adding: { state: true }, problem: { state: true }, saving: { state: true } }
  declare adding: boolean
  declare problem: string | null
  declare saving: boolean
  readonly #profiles = new Resource(
    this,
    async signal => (await api.get('profiles', profileListSchema, { signal })).profiles,
  )
  #unsubscribe = () => {}

  static override styles = [
    baseStyles,
    css`
      .list { list-style: none; display: grid; gap: var(--space-3); padding: 0 }
      .list a {
        display: grid; gap: var(--space-1) var(--space-5); grid-template-columns: minmax(10rem, 18rem) minmax(0, 1fr) auto; align-items: baseline;
        padding: var(--space-4) var(--space-5); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-m); color: inherit; text-decoration: none;
      }
      .list a:hover { border-color: var(--accent) }
      .name { font-weight: 600; font-size: var(--text-l); overflow-wrap: anywhere }
      @media (max-width: 48rem) { .list a { grid-template-columns: minmax(0, 1fr); padding: var(--space-4) } }
      form { max-width: 34rem; margin-bottom: var(--space-5) }
    `,
  ]

  constructor() {
    super()
    this.adding = false
    this.problem = null
    this.saving = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#unsubscribe = live.on('changed', () => this.#profiles.refresh())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    return html`
      <larder-page-header heading="Profiles">
        <wa-button slot="actions" variant="brand" ?disabled=${this.adding} @click=${this.#openForm}>New profile</wa-button>
        A profile gives packages to sites, and says when their kiosks may fetch them from where.
      </larder-page-header>
      ${this.adding ? this.#form() : null}
      ${this.#profiles.render(profiles => this.#list(profiles))}`
  }

  #form() {
    return html`<form class="card" @submit=${this.#onSubmit}>
      <wa-input name="name" label="Name of the new profile" hint="Lower-case letters, digits, dots, dashes, underscores." required autofocus autocomplete="off" maxlength="64"></wa-input>
      ${this.problem === null ? null : html`<p class="bad" role="alert">${this.problem}</p>`}
      <div class="row"><wa-button variant="brand" type="submit" ?loading=${this.saving}>Create</wa-button>
        <wa-button appearance="outlined" @click=${this.#closeForm}>Cancel</wa-button></div>
    </form>`
  }

  #list(profiles: readonly ProfileView[]) {
    if (profiles.length === 0)
      return html`<larder-empty-state heading="No profile yet" icon="profiles">
        Make one, apply it to sites and put packages into it: then their devices begin to load.
        <wa-button slot="actions" variant="brand" @click=${this.#openForm}>New profile</wa-button>
      </larder-empty-state>`
    return html`<ul class="list">${profiles.map(
      profile => html`<li><a href=${href(['profiles', profile.name])}>
        <span class="name">${profile.name}</span>
        <span class="quiet">${packageWords(profile)}</span>
        <span class="quiet">${countOf(profile.sites.length, 'site')}${profile.priority === 0 ? '' : ` · priority ${formatCount(profile.priority)}`}</span>
      </a></li>`,
    )}</ul>`
  }

  readonly #openForm = async (): Promise<void> => {
    this.adding = true
    this.problem = null
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('wa-input')?.focus()
  }

  readonly #closeForm = (): void => {
    this.adding = false
  }

  readonly #onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const name = this.renderRoot.querySelector<HTMLInputElement>('[name="name"]')?.value.trim() ?? ''
    const parsed = parseWith(profileNameSchema, name)
    this.problem = parsed.ok ? null : parsed.message
    if (this.#profiles.value?.some(profile => profile.name === name))
      this.problem = `There is a profile “${name}” already.`
    if (this.problem !== null) return
    this.saving = true
    try {
      await api.put(apiPath('profiles', name), profileViewSchema, { body: { sites: [], packages: [] } })
      go(href(['profiles', name]))
    } catch (error) {
      this.problem = problemIn(error).message
    } finally {
      this.saving = false
    }
  }
}
customElements.define('larder-profiles-page', ProfilesPage)

function packageWords({ packages }: ProfileView) {
  if (packages.length === 0) return 'no packages yet'
  const shown = packages.slice(0, 6).map(entry => entry.package)
  return `${shown.join(', ')}${packages.length > 6 ? ` and ${packages.length - 6} more` : ''}`
}
