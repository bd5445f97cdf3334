/** The frame of the page: who is logged in decides between the way in and the places; places come from `routes.ts`. */
import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../base-styles.ts'
import { icons, larderMark } from '../icons.ts'
import { matchPath, type Params, place } from '../router.ts'
import { type Route, routes } from '../routes.ts'
import { askSession, session } from '../session-state.ts'
import { Watch } from '../store.ts'
import '../elements/confirm-dialog.ts'
import '../elements/empty-state.ts'
import '../elements/page-header.ts'
import '../elements/problem-note.ts'
import '../elements/status-chip.ts'
import '../elements/time-text.ts'
import '../elements/toasts.ts'
import '../session/way-in.ts'
import './navigation.ts'
import './storage-note.ts'

interface Found {
  readonly route: Route
  readonly params: Params
}

const WIDE = matchMedia('(min-width: 60rem)')

class AdminShell extends LitElement {
  static override properties = { shown: { state: true }, loadFailed: { state: true }, wide: { state: true } }
  /** The place that is drawn; the one before stays until the next one's code is there. */
  declare shown: Found | 'nowhere' | null
  declare loadFailed: boolean
  declare wide: boolean
  readonly #session = new Watch(this, session)
  #unsubscribe = () => {}
  #wanted = ''

  static override styles = [
    baseStyles,
    css`
      :host { min-height: 100dvh }
      .frame { display: grid; grid-template-columns: minmax(0, 1fr); min-height: 100dvh; grid-template-rows: auto 1fr }
      .frame.wide { grid-template-columns: 15rem minmax(0, 1fr); grid-template-rows: 1fr }
      .side { position: sticky; top: 0; height: 100dvh; border-inline-end: 1px solid var(--line); background: var(--surface) }
      .top {
        position: sticky; top: 0; z-index: 10; display: flex; align-items: center; gap: var(--space-3); height: 3.5rem;
        padding: 0 var(--space-4); background: var(--surface); border-bottom: 1px solid var(--line);
      }
      .top .mark { width: 1.6rem; height: 1.6rem }
      .top strong { font-weight: 600; font-size: var(--text-l); flex: 1 }
      .top button { all: unset; cursor: pointer; padding: 0.6rem; margin-inline-end: -0.6rem; border-radius: var(--radius-s) }
      .top button:focus-visible { outline: var(--focus) }
      .top button .icon { width: 1.4rem; height: 1.4rem }
      dialog { all: unset; position: fixed; inset: 0 0 0 auto; width: min(18rem, 86vw); height: 100dvh; background: var(--surface); border-inline-start: 1px solid var(--line) }
      dialog:not([open]) { display: none }
      dialog::backdrop { background: light-dark(rgb(23 33 28 / 45%), rgb(2 5 3 / 65%)) }
      main { padding: var(--space-6) clamp(var(--space-4), 3.2vw, var(--space-7)) var(--space-8); min-width: 0; width: 100%; max-width: 140rem }
      main:focus { outline: none }
      .way-in { display: grid; place-content: center; min-height: 100dvh; padding: var(--space-5) var(--space-4) }
      .skip { position: absolute; left: var(--space-4); top: -10rem; z-index: 20; background: var(--raised); padding: var(--space-2) var(--space-4); border-radius: var(--radius-s); box-shadow: var(--shadow-float) }
      .skip:focus { top: var(--space-3) }
      .unreachable { display: grid; gap: var(--space-4); justify-items: start; max-width: 30rem }
    `,
  ]

  constructor() {
    super()
    this.shown = null
    this.loadFailed = false
    this.wide = WIDE.matches
  }

  override connectedCallback(): void {
    super.connectedCallback()
    const unsubscribe = place.subscribe(() => this.#arrive())
    WIDE.addEventListener('change', this.#onWidth)
    this.#unsubscribe = () => {
      unsubscribe()
      WIDE.removeEventListener('change', this.#onWidth)
    }
    this.#arrive()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe()
  }

  override render() {
    const state = this.#session.value
    switch (state.name) {
      case 'asking':
        return html`<div class="way-in"><larder-loading></larder-loading></div>`
      case 'unreachable':
        return html`<main class="way-in"><div class="unreachable">${larderMark}<h1>The server does not answer</h1>
          <p>${state.problem.message}</p>
          <wa-button variant="brand" @click=${() => askSession()}>Try again</wa-button></div></main>`
      case 'out':
        return html`<main class="way-in"><larder-way-in .passwordSet=${state.passwordSet} .ended=${state.ended}></larder-way-in></main>`
      case 'in':
        return this.#frame()
    }
  }

  #frame() {
    const section = this.shown === null || this.shown === 'nowhere' ? '' : this.shown.route.section
    const navigation = html`<larder-navigation .section=${section} @click=${this.#onNavigated}></larder-navigation>`
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <div class="frame ${this.wide ? 'wide' : ''}">
        ${
          this.wide
            ? html`<div class="side">${navigation}</div>`
            : html`<header class="top">${larderMark}<strong>Larder</strong>
              <larder-connection quiet></larder-connection>
              <button type="button" aria-label="Menu" aria-haspopup="dialog" @click=${this.#openMenu}>${icons.menu}</button></header>
              <dialog aria-label="Menu" @click=${this.#onDialogClick}>${navigation}</dialog>`
        }
        <main id="main" tabindex="-1"><larder-storage-note></larder-storage-note>${this.#place()}</main>
      </div>
      <larder-confirm-dialog></larder-confirm-dialog>
      <larder-toasts></larder-toasts>`
  }

  #place() {
    if (this.loadFailed)
      return html`<larder-empty-state heading="This part of the page could not be loaded" icon="warning">
        The server may have been updated or cannot be reached.
        <wa-button slot="actions" variant="brand" @click=${() => location.reload()}>Reload the page</wa-button>
      </larder-empty-state>`
    if (this.shown === 'nowhere')
      return html`<larder-empty-state heading="There is nothing at this address" icon="search">
        It may have been mistyped, or what was here is gone.
        <wa-button slot="actions" href="#/">Go to the overview</wa-button>
      </larder-empty-state>`
    return this.shown === null ? nothing : this.shown.route.render(this.shown.params)
  }

  #arrive(): void {
    const { path } = place.value
    const first = this.#wanted === ''
    if (this.#wanted === path) return
    this.#wanted = path
    for (const route of routes) {
      const params = matchPath(route.pattern, path)
      if (params === null) continue
      route.load().then(
        () => this.#wanted === path && this.#show({ route, params }, first),
        () => {
          if (this.#wanted === path) this.loadFailed = true
        },
      )
      return
    }
    this.#show('nowhere', first)
  }

  #show(found: Found | 'nowhere', first: boolean): void {
    this.shown = found
    this.loadFailed = false
    const title = found === 'nowhere' ? 'Not found' : found.route.title(found.params)
    document.title = `${title} · Larder`
    if (first) return
    scrollTo(0, 0)
    // Keyboard and screen reader go on at the new place, not at the link that led there.
    void this.updateComplete.then(() => this.#main()?.focus({ preventScroll: true }))
  }

  #main(): HTMLElement | null {
    return this.renderRoot.querySelector('main')
  }

  readonly #skip = (event: Event): void => {
    event.preventDefault()
    this.#main()?.focus()
  }

  readonly #openMenu = (): void => this.renderRoot.querySelector('dialog')?.showModal()

  readonly #onDialogClick = (event: Event): void => {
    if (event.target === event.currentTarget) this.renderRoot.querySelector('dialog')?.close()
  }

  readonly #onNavigated = (event: Event): void => {
    const closes = event.composedPath().some(node => node instanceof HTMLElement && node.matches('a, .close'))
    if (closes) this.renderRoot.querySelector('dialog')?.close()
  }

  readonly #onWidth = (): void => {
    this.wide = WIDE.matches
  }
}
customElements.define('larder-admin', AdminShell)
