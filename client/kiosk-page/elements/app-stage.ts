/**
 * Shows a release of an app in a frame as large as the screen. The next release loads beside the one that runs and takes
 * its place once it is there. Reports what it observes; what follows from that is the kiosk's decision.
 */
import type { ShownApp } from '../../kiosk-api.ts'
import type { ReleaseFailure } from '../../records.ts'
import { type FrameProblem, watchFrame } from '../frame-watch.ts'

const FADE_MS = 600
/** A page that has not loaded completely by now is not going to: the kiosk is told, and it is shown as it is. */
const LOAD_TIMEOUT_MS = 60_000

export interface StageEvents {
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

  /** Takes everything away. */
  clear(): void {
    this.#drop(this.#loading)
    this.#drop(this.#showing)
    this.#loading = null
    this.#showing = null
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
      },
    }
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
