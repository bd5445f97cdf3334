/**
 * A release's app in a frame: loads its page, and loads it again while there is nobody to give it out. Says when there is
 * something to show and when there is not; what is on the screen is the stage's to decide.
 */
import type { AppApi } from '../../app-api.ts'
import type { ShownApp } from '../../kiosk-api.ts'
import type { ReleaseFailure } from '../../records.ts'
import { hasWorker, watchFrame } from '../frame-watch.ts'

/** A page that has not loaded completely by now is not going to: the kiosk is told, and it is shown as it is. */
const LOAD_TIMEOUT_MS = 60_000
/** A page that has not come by then may have nobody to give it out: a server that takes the request and says nothing. */
const WORKER_LOOK_MS = 10_000
/** The page sees to it that the service worker comes back (`worker-link.ts`); until then an app cannot be had. */
const NOT_SERVED_RETRY_MS = 2_000

export interface AppFrameEvents {
  /** There is something to show: the app, or what the worker says in its place. */
  readonly onShowable: () => void
  readonly onLoaded: () => void
  readonly onFailed: (failure: ReleaseFailure) => void
  /** What is in the frame is neither; its page is loaded again. */
  readonly onNotServed: () => void
  readonly onActivity: (event: Event) => void
}

export class AppFrame {
  readonly app: ShownApp
  readonly element: HTMLIFrameElement
  readonly #api: AppApi | null
  readonly #events: AppFrameEvents
  readonly #stopWatching: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Since its page was last there, the worker was not: until it gives out the app again, its excuses mean nothing. */
  #isMissed = false

  /** Begins to load as soon as the element is in the page, in the same turn. */
  constructor(app: ShownApp, api: AppApi | null, events: AppFrameEvents) {
    this.app = app
    this.#api = api
    this.#events = events
    this.element = document.createElement('iframe')
    this.element.title = app.package
    this.element.allow = 'autoplay; fullscreen'
    this.element.src = app.path
    this.show(false)
    // On the element and not in its window: it is there before any script, and stays when the frame goes to another page.
    if (api) Object.defineProperty(this.element, 'larder', { value: api.larder })
    this.#stopWatching = watchFrame(this.element, {
      onLoad: () => {
        this.#wait(null)
        this.#isMissed = false
        events.onShowable()
        events.onLoaded()
      },
      onNotServed: () => this.#miss(),
      onProblem: ({ failure, noPage }) => {
        // The worker may be back before what it reads is.
        const isExcuse = noPage && this.element.contentDocument !== null && failure.reason === 'did-not-load'
        if (this.#isMissed && isExcuse) return this.#loadSoon()
        events.onFailed(failure)
        if (noPage) events.onShowable()
      },
      onActivity: events.onActivity,
    })
    this.#expectLoad()
  }

  get isShown(): boolean {
    return !this.element.inert
  }

  /** `inert` because opacity is no more than a hint: a frame that waits must not take clicks or focus either. */
  show(shown: boolean): void {
    this.element.className = shown ? 'shown' : 'coming'
    this.element.inert = !shown
    if (shown) this.element.focus()
  }

  /** Nothing is reported any more; the app stays where it is. */
  stop(): void {
    this.#wait(null)
    this.#stopWatching()
    this.#api?.stop()
  }

  #expectLoad(): void {
    const look = this.#wait(WORKER_LOOK_MS, async () => {
      const isThere = await hasWorker()
      if (this.#timer !== look) return
      if (isThere) this.#wait(LOAD_TIMEOUT_MS - WORKER_LOOK_MS, () => this.#giveUp())
      else this.#miss()
    })
  }

  #giveUp(): void {
    const message = `The page did not load within ${LOAD_TIMEOUT_MS / 1000} seconds.`
    this.#events.onFailed({ reason: 'did-not-load', message })
    this.#events.onShowable()
  }

  #miss(): void {
    this.#isMissed = true
    this.#loadSoon()
    this.#events.onNotServed()
  }

  #loadSoon(): void {
    this.#wait(NOT_SERVED_RETRY_MS, () => {
      this.element.src = this.app.path
      this.#expectLoad()
    })
  }

  /** One thing at a time; null: nothing. */
  #wait(ms: number, then: () => void): ReturnType<typeof setTimeout>
  #wait(nothing: null): void
  #wait(ms: number | null, then = () => {}) {
    clearTimeout(this.#timer)
    this.#timer = ms === null ? undefined : setTimeout(then, ms)
    return this.#timer
  }
}
