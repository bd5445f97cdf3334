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
/** The page sees to it that the service worker comes back (`worker-link.ts`); until then an app cannot be had. */
const NOT_SERVED_RETRY_MS = 2_000

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
  /** There was no service worker to give the app out; its page is loaded again until there is. */
  readonly onNotServed: (digest: string) => void
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

  /** False too while the app's page cannot be had. */
  get isShowing(): boolean {
    return this.#showing !== null && !this.#showing.element.inert
  }

  #open(app: ShownApp): Frame {
    const element = document.createElement('iframe')
    element.title = app.package
    element.allow = 'autoplay; fullscreen'
    element.src = app.path
    setShown(element, false)
    const api = this.events?.apiFor(app)
    // On the element and not in its window: it is there before any script, and stays when the frame goes to another page.
    if (api) Object.defineProperty(element, 'larder', { value: api.larder })
    let timer: ReturnType<typeof setTimeout> | undefined
    // Since its page was last there, the service worker was not: until it gives out the app again, other pages mean nothing.
    let isMissed = false
    const expectLoad = () => {
      timer = setTimeout(() => {
        if (isMissed) return loadAgain()
        if (this.#loading !== frame) return
        const message = `The page did not load within ${LOAD_TIMEOUT_MS / 1000} seconds.`
        this.events?.onFailed(app.digest, { reason: 'did-not-load', message })
        this.#swap(frame)
      }, LOAD_TIMEOUT_MS)
    }
    const loadAgain = () => {
      element.src = app.path
      expectLoad()
    }
    const loadSoon = () => {
      clearTimeout(timer)
      timer = setTimeout(loadAgain, NOT_SERVED_RETRY_MS)
    }
    const stopWatching = watchFrame(element, {
      onLoad: () => {
        clearTimeout(timer)
        isMissed = false
        this.#reveal(frame)
        this.events?.onLoaded(app.digest)
      },
      onNotServed: () => {
        isMissed = true
        loadSoon()
        setShown(element, false)
        this.#tellChange()
        this.events?.onNotServed(app.digest)
      },
      onProblem: ({ failure, noPage }: FrameProblem) => {
        // The worker may be back before what it reads is, or the server gone as well.
        if (noPage && isMissed && failure.reason === 'did-not-load') return loadSoon()
        this.events?.onFailed(app.digest, failure)
        if (noPage) this.#reveal(frame)
      },
      onActivity: event => this.events?.onActivity(event),
    })
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
    expectLoad()
    this.append(element)
    return frame
  }

  /** The frame comes on the screen: for the first time, or again after there was nothing in it to show. */
  #reveal(frame: Frame): void {
    if (this.#loading === frame) return this.#swap(frame)
    if (this.#showing !== frame || !frame.element.inert) return
    setShown(frame.element, true)
    frame.element.focus()
    this.#tellChange()
  }

  #swap(frame: Frame): void {
    if (this.#loading !== frame) return
    const before = this.#showing
    this.#loading = null
    this.#showing = frame
    setShown(frame.element, true)
    frame.element.focus()
    this.events?.onFrames([frame.app.digest])
    this.#tellChange()
    if (!before) return
    before.stop()
    before.element.inert = true
    // The new frame fades in above; below it the old one stays until nobody can see it.
    setTimeout(() => before.element.remove(), FADE_MS)
  }

  #tellChange(): void {
    this.dispatchEvent(new Event('larder-stage-changed', { bubbles: true }))
  }

  #drop(frame: Frame | null): void {
    frame?.stop()
    frame?.element.remove()
  }
}
/** `inert` because opacity is no more than a hint: a frame that waits must not take clicks or focus either. */
function setShown(element: HTMLIFrameElement, shown: boolean): void {
  element.className = shown ? 'shown' : 'coming'
  element.inert = !shown
}

customElements.define('larder-app-stage', AppStage)
