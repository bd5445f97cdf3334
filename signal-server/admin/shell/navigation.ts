/** The way around: the places of `routes.ts`, the state of the connection, the theme, and the way out. */
import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { type IconName, icons, larderMark } from '../icons.ts'
import { routes } from '../routes.ts'
import { logOut } from '../session-state.ts'
import { Watch } from '../store.ts'
import { type Theme, theme } from '../theme.ts'
import './connection.ts'

const THEMES: readonly { readonly theme: Theme; readonly label: string; readonly icon: IconName }[] = [
  { theme: 'system', label: 'Theme as the system has it', icon: 'system' },
  { theme: 'light', label: 'Light theme', icon: 'light' },
  { theme: 'dark', label: 'Dark theme', icon: 'dark' },
]

class Navigation extends LitElement {
  static override properties = { section: {} }
  declare section: string
  readonly #theme = new Watch(this, theme)

  static override styles = [
    baseStyles,
    css`
      :host { display: flex; flex-direction: column; height: 100%; padding: var(--space-5) var(--space-3) var(--space-4); overflow-y: auto }
      .brand { display: flex; align-items: center; gap: var(--space-3); padding: 0 var(--space-3) var(--space-5); font-size: var(--text-xl); font-weight: 600; letter-spacing: -0.01em; color: inherit; text-decoration: none }
      nav { flex: 1 }
      ul { list-style: none; display: grid; gap: 2px }
      nav a {
        display: flex; align-items: center; gap: var(--space-3); padding: 0.5rem var(--space-3); border-radius: var(--radius-s);
        color: var(--ink); text-decoration: none; min-height: 2.5rem;
      }
      nav a .icon { color: var(--quiet) }
      nav a:hover { background: var(--neutral-soft) }
      nav a[aria-current] { background: var(--accent-soft); font-weight: 500 }
      nav a[aria-current] .icon { color: var(--accent) }
      .foot { display: grid; gap: var(--space-3); padding: var(--space-4) var(--space-3) 0 }
      .foot .row { justify-content: space-between; gap: var(--space-2) }
      .themes { display: flex; border: 1px solid var(--line); border-radius: var(--radius-pill); padding: 2px }
      .themes button, .leave { all: unset; cursor: pointer; padding: 0.4rem; border-radius: var(--radius-pill); color: var(--quiet) }
      .themes button[aria-checked="true"] { background: var(--accent-soft); color: var(--accent) }
      .leave { display: flex; gap: var(--space-2); align-items: center; font-size: var(--text-s); padding-inline: 0.5rem }
      button:hover { color: var(--ink) }
      button:focus-visible { outline: var(--focus) }
    `,
  ]

  constructor() {
    super()
    this.section = ''
  }

  override render() {
    return html`
      <a class="brand" href="#/" aria-label="Larder, to the overview">${larderMark}Larder</a>
      <nav aria-label="Main"><ul>
        ${routes.map(route =>
          route.nav
            ? html`<li><a href="#${route.pattern}" aria-current=${route.section === this.section ? 'page' : nothing}>
              ${icons[route.nav.icon]}${route.nav.label}</a></li>`
            : null,
        )}
      </ul></nav>
      <div class="foot">
        <larder-connection></larder-connection>
        <div class="row">
          <div class="themes" role="radiogroup" aria-label="Theme" @keydown=${this.#onKey}>
            ${THEMES.map(
              ({ theme: value, label, icon }) =>
                html`<button type="button" role="radio" aria-checked=${this.#theme.value === value} aria-label=${label} title=${label}
                  tabindex=${this.#theme.value === value ? 0 : -1} @click=${() => theme.set(value)}>${icons[icon]}</button>`,
            )}
          </div>
          <button class="leave close" type="button" @click=${logOut}>${icons.leave}Log out</button>
        </div>
      </div>`
  }

  async #onKey(event: KeyboardEvent): Promise<void> {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = THEMES.findIndex(({ theme: value }) => value === theme.value)
    const next = THEMES.at((at + step) % THEMES.length)
    if (next) theme.set(next.theme)
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('[aria-checked="true"]')?.focus()
  }
}
customElements.define('larder-navigation', Navigation)
