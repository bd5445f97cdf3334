/**
 * The whole kiosk page: the app as large as the screen, or one calm screen that says what is missing; over a running
 * app nothing but a small indicator, and the status panel on somebody's wish. Decides nothing about releases.
 */
import { css, html, LitElement, nothing } from 'lit'
import type { Kiosk, KioskView } from '../../kiosk-api.ts'
import { type Screen, screenOf } from '../screen.ts'
import { AppStage } from './app-stage.ts'
import { controlStyles, larderMark, textStyles } from './look.ts'
import './delivery-progress.ts'
import './enrol-form.ts'
import './status-panel.ts'

const INDICATOR_MS = 4_000
const CLOCK_TICK_MS = 1_000
const TELL_ACTIVE_MS = 500

export class KioskShell extends LitElement {
  static override properties = {
    kiosk: { attribute: false },
    note: {},
    trouble: {},
    view: { state: true },
    panelOpen: { state: true },
    indicated: { state: true },
    now: { state: true },
  }
  declare kiosk: Kiosk | null
  /** A sentence for the status panel, such as which tab does the work. */
  declare note: string | null
  /** Why this page cannot do its work at all; replaces every screen. */
  declare trouble: string | null
  declare view: KioskView | null
  declare panelOpen: boolean
  declare indicated: boolean
  declare now: number

  /** When somebody last touched, moved or pressed something, epoch ms. */
  lastActivityAt = Date.now()
  #toldActiveAt = 0
  readonly #stage = new AppStage()
  #indicatorTimer: ReturnType<typeof setTimeout> | undefined
  #clockTimer: ReturnType<typeof setInterval> | undefined
  #unsubscribe = () => {}

  static override styles = [
    textStyles,
    controlStyles,
    css`
      :host {
        display: block;
        /* Above the frames; without a screen of its own it has no area and takes no clicks from them. */
        position: relative;
        z-index: 1;
      }
      main {
        box-sizing: border-box;
        background: var(--ground); min-height: 100vh; min-height: 100dvh;
        padding: clamp(1.5rem, 7vmin, 9rem) clamp(1.25rem, 9vw, 14rem);
        display: grid; grid-template-rows: auto 1fr auto; gap: 2em;
      }
      .content { align-self: center; display: grid; gap: 1.2em; animation: rise 0.6s ease-out }
      @keyframes rise { from { opacity: 0; transform: translateY(0.4em) } }
      @media (prefers-reduced-motion: reduce) { .content { animation: none } }
      footer { display: flex; flex-wrap: wrap; gap: 0.2em 1.6em }
      .code {
        font-family: var(--mono); font-size: clamp(2.6rem, 13vmin, 14rem); line-height: 1.1; letter-spacing: 0.06em;
        color: var(--accent); white-space: nowrap; margin: 0.1em 0;
      }
      @media (max-width: 30em) { .code { font-size: 12.5vw; letter-spacing: 0.02em } }
      .breath { width: 6em; height: 0.25em; border-radius: 1em; background: var(--accent); animation: breathe 2.4s ease-in-out infinite }
      @keyframes breathe { 0%, 100% { opacity: 0.25 } 50% { opacity: 1 } }
      .indicator {
        position: fixed; right: 1em; bottom: 1em; display: flex; align-items: center; gap: 0.6em;
        min-height: 0; padding: 0.45em 0.9em; border-radius: 2em; font-size: 0.65em;
        background: var(--ground); border: 1px solid var(--line); opacity: 0; pointer-events: none; transition: opacity 0.3s;
      }
      .indicator.visible { opacity: 0.92; pointer-events: auto }
      .dot { width: 0.6em; height: 0.6em; border-radius: 50%; background: var(--good) }
      .dot.busy { background: var(--accent) }
      .dot.bad { background: var(--bad) }
    `,
  ]

  constructor() {
    super()
    this.kiosk = null
    this.note = null
    this.trouble = null
    this.view = null
    this.panelOpen = false
    this.indicated = false
    this.now = Date.now()
    this.#stage.events = {
      onLoaded: digest => this.kiosk?.appLoaded(digest),
      onFailed: (digest, problem) => this.kiosk?.appFailed(digest, problem),
      onActivity: event => this.#onActivity(event),
    }
    this.#stage.addEventListener('larder-shown', () => this.requestUpdate())
    this.addEventListener('larder-enrol', event => {
      if (event instanceof CustomEvent) void this.kiosk?.enrol(event.detail ?? undefined)
    })
    this.addEventListener('larder-retry', event => {
      if (event instanceof CustomEvent) this.kiosk?.retry(event.detail)
    })
    this.addEventListener('larder-close', () => this.#closePanel())
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // In the page itself and not in the shadow: a frame that is moved loads again.
    this.before(this.#stage)
    for (const type of ['pointermove', 'pointerdown', 'keydown']) addEventListener(type, this.#onActivity)
    this.#clockTimer = setInterval(() => this.#tick(), CLOCK_TICK_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const type of ['pointermove', 'pointerdown', 'keydown']) removeEventListener(type, this.#onActivity)
    clearInterval(this.#clockTimer)
    clearTimeout(this.#indicatorTimer)
    this.#unsubscribe()
    this.#stage.remove()
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('kiosk')) {
      this.#unsubscribe()
      this.#unsubscribe =
        this.kiosk?.subscribeView(view => {
          this.view = view
        }) ?? (() => {})
    }
    if (!changed.has('view') || !this.view) return
    this.now = this.#serverNow()
    if (this.view.app) this.#stage.show(this.view.app)
    else this.#stage.clear()
  }

  override render() {
    if (this.trouble)
      return this.#screen(html`<h1>This page cannot run here</h1><p>${this.trouble}</p>
      <p><a href="./diagnostics">Check this device</a></p>`)
    const screen: Screen = this.view ? screenOf(this.view) : { name: 'starting' }
    const panel =
      this.panelOpen && this.view
        ? html`<larder-status-panel .view=${this.view} .now=${this.now} .note=${this.note}
            @click=${() => this.#closePanel()}></larder-status-panel>`
        : nothing
    if (screen.name === 'app' && this.#stage.isShowing) return html`${this.#indicator()}${panel}`
    return html`${this.#screen(this.#content(screen))}${panel}`
  }

  #content(screen: Screen) {
    switch (screen.name) {
      case 'app':
      case 'starting':
        return html`<h1>One moment</h1><div class="breath" role="progressbar" aria-label="Starting"></div>`
      case 'welcome':
        return html`<larder-enrol-form .refusal=${screen.refusal}></larder-enrol-form>`
      case 'enrolling':
        return html`<h1>Enrolling this screen</h1><div class="breath" role="progressbar" aria-label="Enrolling"></div>
          <p class="quiet">The server is being asked.</p>`
      case 'pending':
        return html`<h1>Waiting to be accepted</h1>
          <p class="code" aria-label="Code">${screen.code}</p>
          <p>An administrator accepts this screen by this code: on the server’s page under “Devices”.</p>
          <p class="quiet">This page goes on by itself as soon as that has happened.</p>`
      case 'nothing-assigned':
        return html`<h1>Nothing to show yet</h1>
          <p>${
            screen.online
              ? 'This screen is enrolled, but no package is assigned to its site.'
              : 'This screen is enrolled, but the server cannot be reached at the moment.'
          }</p>
          <p class="quiet">It goes on by itself as soon as that changes.</p>`
      case 'delivery':
        return html`<larder-delivery-progress .packages=${screen.packages} .now=${this.now}
          .timeZone=${this.view?.timeZone ?? 'UTC'}></larder-delivery-progress>`
      case 'failed':
        return html`<h1>${screen.package.package} could not be started</h1>
          <p>${screen.package.detail}</p>
          <p><button class="main" @click=${() => this.kiosk?.retry(screen.package.package)}>Try again</button></p>`
    }
  }

  #screen(content: unknown) {
    const { view } = this
    const name = view?.enrolment.state === 'enrolled' ? view.enrolment.name : ''
    const facts = view
      ? [
          name,
          view.status.site ?? '',
          view.status.connection === 'online' ? 'connected' : 'not connected',
          view.storage === 'memory' ? 'nothing can be stored on this disk' : '',
          view.status.deviceId.slice(0, 10),
        ]
      : []
    return html`<main>
      ${larderMark}
      <div class="content">${content}</div>
      <footer class="quiet small">${facts.filter(fact => fact !== '').map(fact => html`<span>${fact}</span>`)}</footer>
    </main>`
  }

  #indicator() {
    const packages = this.view?.status.packages ?? []
    const failed = packages.some(({ phase }) => phase === 'failed')
    const loading = packages.find(({ phase }) => phase === 'downloading')
    const waiting = packages.some(({ phase }) => phase === 'waiting' || phase === 'staged')
    const offline = this.view?.status.connection === 'offline'
    const unknown = this.view?.enrolment.state === 'refused'
    const percent = loading ? Math.floor((loading.chunks.have / Math.max(1, loading.chunks.total)) * 100) : 0
    const text = loading
      ? `Updating, ${percent} %`
      : failed
        ? 'An update failed'
        : unknown
          ? 'Not enrolled any more'
          : waiting
            ? 'An update is waiting'
            : offline
              ? 'Not connected'
              : 'Up to date'
    const kind = failed || unknown ? 'bad' : loading || waiting || offline ? 'busy' : ''
    return html`<button class="indicator ${this.indicated ? 'visible' : ''}" title="Status (?)"
      tabindex=${this.indicated ? 0 : -1} @click=${() => this.#openPanel()}><span class="dot ${kind}"></span>${text}</button>`
  }

  /** The server's time as this device knows it: a kiosk's own clock is often wrong. */
  #serverNow(): number {
    return Date.now() + (this.view?.status.clockOffsetMs ?? 0)
  }

  /** Times are on the screen only sometimes; the rest of the time nothing is drawn. */
  #tick(): void {
    if (!this.#stage.isShowing || this.panelOpen) this.now = this.#serverNow()
  }

  readonly #onActivity = (event: Event): void => {
    this.lastActivityAt = Date.now()
    // A pointer moves sixty times a second; uploads need to hear of it once.
    if (this.lastActivityAt - this.#toldActiveAt >= TELL_ACTIVE_MS) {
      this.#toldActiveAt = this.lastActivityAt
      this.kiosk?.userActive()
    }
    const key = event.type === 'keydown' && 'key' in event ? event.key : null
    if (key === 'Escape') this.#closePanel()
    if (key === '?' && !isTyping(event)) this.#openPanel()
    if (event.type === 'keydown') return
    this.indicated = true
    clearTimeout(this.#indicatorTimer)
    this.#indicatorTimer = setTimeout(() => {
      this.indicated = false
    }, INDICATOR_MS)
  }

  #openPanel(): void {
    this.now = this.#serverNow()
    this.panelOpen = true
  }

  #closePanel(): void {
    this.panelOpen = false
  }
}
customElements.define('larder-kiosk', KioskShell)

function isTyping(event: Event): boolean {
  const [target] = event.composedPath()
  return !!target && 'tagName' in target && /^(INPUT|TEXTAREA|SELECT)$/.test(String(target.tagName))
}
