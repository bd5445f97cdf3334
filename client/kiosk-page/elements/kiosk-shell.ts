/**
 * The whole kiosk page: the app as large as the screen and nothing over it, or one calm screen that says what is missing;
 * the status panel for whoever knows how to ask for it. Decides nothing about releases.
 */
import { css, html, LitElement, nothing } from 'lit'
import { createAppApi } from '../../app-api.ts'
import type { Kiosk, KioskView } from '../../kiosk-api.ts'
import { createOperatorGesture, GESTURE_EVENTS } from '../operator-gesture.ts'
import { type Screen, screenOf } from '../screen.ts'
import { CLOSE_UNUSED_MS } from '../unused-screen.ts'
import type { Watchdog } from '../watchdog.ts'
import { AppStage } from './app-stage.ts'
import { controlStyles, larderMark, textStyles } from './look.ts'
import './delivery-progress.ts'
import './diagnostics-view.ts'
import './enrol-screen.ts'
import './status-panel.ts'

const CLOCK_TICK_MS = 1_000
const TELL_ACTIVE_MS = 500
/** The view changes with every chunk; an eye needs it a few times a second. */
const RENDER_INTERVAL_MS = 250

export class KioskShell extends LitElement {
  static override properties = {
    kiosk: { attribute: false },
    note: {},
    trouble: {},
    view: { state: true },
    panelOpen: { state: true },
    isChecking: { state: true },
    now: { state: true },
  }
  declare kiosk: Kiosk | null
  /** A sentence for the status panel, such as which tab does the work. */
  declare note: string | null
  /** Why this page cannot do its work at all; replaces every screen. */
  declare trouble: string | null
  /** What is drawn; `latest` may be newer. */
  declare view: KioskView | null
  declare panelOpen: boolean
  /** The checks of this device are shown over everything else; what is below goes on. */
  declare isChecking: boolean
  declare now: number

  /** The kiosk's newest view, drawn or not. */
  latest: KioskView | null = null
  /** Told what is in the frames. */
  watchdog: Watchdog | null = null
  /** When somebody last touched, moved or pressed something, epoch ms. */
  lastActivityAt = Date.now()
  #toldActiveAt = 0
  readonly #stage = new AppStage()
  readonly #gesture = createOperatorGesture(() => this.#openPanel())
  #renderTimer: ReturnType<typeof setTimeout> | undefined
  #renderedAt = Number.NEGATIVE_INFINITY
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
        display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto 1fr auto; gap: 2em;
      }
      .content { align-self: center; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2em; animation: rise 0.6s ease-out }
      @keyframes rise { from { opacity: 0; transform: translateY(0.4em) } }
      footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2em 1.6em }
      footer button { margin-left: auto; border: 0; padding-inline: 0; background: none; text-decoration: underline; text-underline-offset: 0.2em }
      .breath { width: 6em; height: 0.25em; border-radius: 1em; background: var(--accent); animation: breathe 2.4s ease-in-out infinite }
      @keyframes breathe { 0%, 100% { opacity: 0.25 } 50% { opacity: 1 } }
      @media (prefers-reduced-motion: reduce) { .content, .breath { animation: none } }
    `,
  ]

  constructor() {
    super()
    this.kiosk = null
    this.note = null
    this.trouble = null
    this.view = null
    this.panelOpen = false
    this.isChecking = false
    this.now = Date.now()
    this.#stage.events = {
      apiFor: app => this.kiosk && createAppApi(this.kiosk, app),
      onFrames: digests => this.watchdog?.watch(digests),
      onReady: digest => this.kiosk?.appReady(digest),
      onLoaded: digest => this.kiosk?.appLoaded(digest),
      onFailed: (digest, failure) => this.kiosk?.appFailed(digest, failure),
      onNotServed: digest => this.kiosk?.appNotServed(digest),
      onActivity: event => this.#onActivity(event),
    }
    this.#stage.addEventListener('larder-stage-changed', () => this.requestUpdate())
    this.addEventListener('larder-enrol', event => {
      if (event instanceof CustomEvent) void this.kiosk?.enrol(event.detail, true)
    })
    this.addEventListener('larder-retry', event => {
      if (event instanceof CustomEvent) this.kiosk?.retry(event.detail)
    })
    this.addEventListener('larder-close', () => this.#closePanel())
    this.addEventListener('larder-check', () => this.#check())
    this.addEventListener('larder-back', () => {
      this.isChecking = false
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // In the page itself and not in the shadow: a frame that is moved loads again.
    this.before(this.#stage)
    for (const type of GESTURE_EVENTS) addEventListener(type, this.#onActivity)
    this.#clockTimer = setInterval(() => this.#tick(), CLOCK_TICK_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const type of GESTURE_EVENTS) removeEventListener(type, this.#onActivity)
    clearInterval(this.#clockTimer)
    clearTimeout(this.#renderTimer)
    this.#gesture.stop()
    this.#unsubscribe()
    this.#stage.remove()
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('kiosk')) return
    this.#unsubscribe()
    this.#unsubscribe = this.kiosk?.subscribeView(view => this.#onView(view)) ?? (() => {})
  }

  override render() {
    const checks = this.isChecking ? html`<larder-diagnostics .isOver=${true}></larder-diagnostics>` : nothing
    if (this.trouble)
      return html`${this.#screen(html`<h1>This page cannot run here</h1><p>${this.trouble}</p>
        <p>${this.#checkButton()}</p>`)}${checks}`
    const screen: Screen = this.view ? screenOf(this.view) : { name: 'starting' }
    const panel =
      this.panelOpen && this.view && !this.isChecking
        ? html`<larder-status-panel .view=${this.view} .now=${this.now} .note=${this.note}></larder-status-panel>`
        : nothing
    if (screen.name === 'app' && this.#stage.isShowing) return html`${panel}${checks}`
    return html`${this.#screen(this.#content(screen))}${panel}${checks}`
  }

  #content(screen: Screen) {
    switch (screen.name) {
      case 'app':
      case 'starting':
        return html`<h1>One moment</h1><div class="breath" role="progressbar" aria-label="Starting"></div>`
      case 'enrolling':
        return html`<h1>One moment</h1><div class="breath" role="progressbar" aria-label="Enrolling"></div>
          <p class="quiet">The server is being asked.</p>`
      case 'enrolment':
        return html`<larder-enrol-screen .code=${screen.code} .acceptUrl=${screen.acceptUrl}
          .refusal=${screen.refusal}></larder-enrol-screen>`
      case 'no-answer':
        return html`<h1>No answer from the server</h1><p>${screen.message}</p>
          <p class="quiet">This page goes on trying by itself.</p>
          <div class="breath" role="progressbar" aria-label="Trying again"></div>
          <p>${this.#checkButton()}</p>`
      case 'revoked':
        return html`<h1>Out of service</h1><p>${screen.message}</p>
          <p class="quiet">What it showed is still on its disk. It goes on by itself when it is accepted again.</p>`
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

  #checkButton() {
    return html`<button @click=${() => this.#check()}>Check this device</button>`
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
      <footer class="quiet small">
        ${facts.filter(fact => fact !== '').map(fact => html`<span>${fact}</span>`)}
        ${view ? html`<button @click=${() => this.#openPanel()}>Details</button>` : nothing}
      </footer>
    </main>`
  }

  /** The frame follows at once; what is drawn around it only when somebody can see it, and a few times a second. */
  #onView(view: KioskView): void {
    const before = this.latest
    this.latest = view
    const { name } = screenOf(view)
    if (view.app && name === 'app') this.#stage.show(view.app)
    else this.#stage.clear()
    if (name === 'app' && this.#stage.isShowing && !this.panelOpen) return
    if (before === null || screenOf(before).name !== name) return this.#draw()
    const waitMs = this.#renderedAt + RENDER_INTERVAL_MS - performance.now()
    if (waitMs <= 0) this.#draw()
    else this.#renderTimer ??= setTimeout(() => this.#draw(), waitMs)
  }

  #draw(): void {
    clearTimeout(this.#renderTimer)
    this.#renderTimer = undefined
    this.#renderedAt = performance.now()
    this.view = this.latest
    this.now = this.#serverNow()
  }

  /** The server's time as this device knows it: a kiosk's own clock is often wrong. */
  #serverNow(): number {
    return Date.now() + (this.latest?.status.clockOffsetMs ?? 0)
  }

  /** Times are on the screen only sometimes; the rest of the time nothing is drawn. */
  #tick(): void {
    const isOpen = this.panelOpen || this.isChecking
    if (isOpen && Date.now() - this.lastActivityAt > CLOSE_UNUSED_MS) this.#closePanel()
    if (!this.#stage.isShowing || this.panelOpen) this.now = this.#serverNow()
  }

  readonly #onActivity = (event: Event): void => {
    this.lastActivityAt = Date.now()
    // A pointer moves sixty times a second; uploads need to hear of it once.
    if (this.lastActivityAt - this.#toldActiveAt >= TELL_ACTIVE_MS) {
      this.#toldActiveAt = this.lastActivityAt
      this.kiosk?.userActive()
    }
    this.#gesture.handle(event, innerHeight)
  }

  #openPanel(): void {
    if (this.latest === null) return
    this.#draw()
    this.panelOpen = true
  }

  #closePanel(): void {
    this.panelOpen = false
    this.isChecking = false
  }

  #check(): void {
    this.lastActivityAt = Date.now()
    this.isChecking = true
  }
}
customElements.define('larder-kiosk', KioskShell)
