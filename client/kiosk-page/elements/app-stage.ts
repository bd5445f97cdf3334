/**
 * Shows a release of an app in a frame as large as the screen. The next release loads beside the one that runs and takes
 * its place once it is there. Reports what it observes; what follows from that is the kiosk's decision.
 */
import type { AppApi } from '../../app-api.ts'
import type { ShownApp } from '../../kiosk-api.ts'
import type { ReleaseFailure } from '../../records.ts'
import { type FrameProblem, watchFrame } from '../frame-watch.ts'

const FADE_MS = 600
/** A page that has not loaded completely by now is not going to: the kiosk is told, and it is shown as it is. */
const LOAD_TIMEOUT_MS = 60_000

/** What a page in a frame sends to this window when it calls `parent.larder.ready()`. */
export const APP_READY_MESSAGE = 'larder-app-ready'

export interface StageEvents {
  /** What the app in a frame gets (`frameElement.larder`). */
  readonly apiFor: (app: ShownApp) => AppApi | null
  /** Which releases are in frames, before the newest of them begins to load. */
  readonly onFrames: (digests: readonly string[]) => void
  readonly onReady: (digest: string) => void
  readonly onLoaded: (digest: string) => void
  readonly onFailed: (digest: string, failure: ReleaseFailure) => void
  /** Somebody moves, touches or presses a key in the app. */
  readonly onActivity: (event: Event) => void
}

interface Frame {
  readonly app: ShownApp
  readonly element: HTMLIFrameElement
  readonly stop: () => void
}

/** A plain element and no Lit: frames must never be re-created by rendering. */
export class AppStage extends HTMLElement {
  events: StageEvents | null = null
  #showing: Frame | null = null
  #loading: Frame | null = null

  /** Loads the app's release unless it is shown or loading already. */
  show(app: ShownApp): void {
    if ((this.#loading ?? this.#showing)?.app.digest === app.digest) return
    this.#drop(this.#loading)
    this.#loading = this.#open(app)
  }

  connectedCallback(): void {
    addEventListener('message', this.#onMessage)
  }

  disconnectedCallback(): void {
    removeEventListener('message', this.#onMessage)
  }

  /** The frame that calls says which release is meant; from this page itself it is the one on the screen. */
  readonly #onMessage = ({ data, source }: MessageEvent): void => {
    if (data !== APP_READY_MESSAGE) return
    const frames = [this.#loading, this.#showing].filter(frame => frame !== null)
    const frame =
      source === window ? this.#showing : frames.find(({ element }) => element.contentWindow === source)
    if (frame) this.events?.onReady(frame.app.digest)
  }

  /** Takes everything away. */
  clear(): void {
    this.#drop(this.#loading)
    this.#drop(this.#showing)
    this.#loading = null
    this.#showing = null
    this.events?.onFrames([])
  }

  get isShowing(): boolean {
    return this.#showing !== null
  }

  #open(app: ShownApp): Frame {
    const element = document.createElement('iframe')
    element.title = app.package
    element.allow = 'autoplay; fullscreen'
    element.src = app.path
    element.className = 'coming'
    // No more than a hint; a frame that waits at opacity 0 must not take clicks or focus either.
    element.inert = true
    const api = this.events?.apiFor(app)
    // On the element and not in its window: it is there before any script, and stays when the frame goes to another page.
    if (api) Object.defineProperty(element, 'larder', { value: api.larder })
    const stopWatching = watchFrame(element, {
      onLoad: () => {
        this.#swap(frame)
        this.events?.onLoaded(app.digest)
      },
      onProblem: (problem: FrameProblem) => {
        this.events?.onFailed(app.digest, problem.failure)
        if (problem.noPage) this.#swap(frame)
      },
      onActivity: event => this.events?.onActivity(event),
    })
    const timer = setTimeout(() => {
      if (this.#loading !== frame) return
      const message = `The page did not load within ${LOAD_TIMEOUT_MS / 1000} seconds.`
      this.events?.onFailed(app.digest, { reason: 'did-not-load', message })
      this.#swap(frame)
    }, LOAD_TIMEOUT_MS)
    const frame: Frame = {
      app,
      element,
      stop: () => {
        clearTimeout(timer)
        stopWatching()
        api?.stop()
      },
    }
    this.events?.onFrames([...(this.#showing === null ? [] : [this.#showing.app.digest]), app.digest])
    this.append(element)
    return frame
  }

  #swap(frame: Frame): void {
    if (this.#loading !== frame) return
    const before = this.#showing
    this.#loading = null
    this.#showing = frame
    frame.element.inert = false
    frame.element.className = 'shown'
    frame.element.focus()
    this.events?.onFrames([frame.app.digest])
    this.dispatchEvent(new Event('larder-shown', { bubbles: true }))
    if (!before) return
    before.stop()
    before.element.inert = true
    // The new frame fades in above; below it the old one stays until nobody can see it.
    setTimeout(() => before.element.remove(), FADE_MS)
  }

  #drop(frame: Frame | null): void {
    frame?.stop()
    frame?.element.remove()
  }
}
customElements.define('larder-app-stage', AppStage)
