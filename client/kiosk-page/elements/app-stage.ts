/**
 * Shows a release of an app in a frame as large as the screen. The next release loads beside the one that runs and takes
 * its place once it is there. Reports what it observes; what follows from that is the kiosk's decision.
 */
import type { AppApi } from '../../app-api.ts'
import type { ShownApp } from '../../kiosk-api.ts'
import type { ReleaseFailure } from '../../records.ts'
import { AppFrame } from './app-frame.ts'

const FADE_MS = 600
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

/** A plain element and no Lit: frames must never be re-created by rendering. */
export class AppStage extends HTMLElement {
  events: StageEvents | null = null
  #showing: AppFrame | null = null
  #loading: AppFrame | null = null

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
    return this.#showing?.isShown === true
  }

  #open(app: ShownApp): AppFrame {
    const frame = new AppFrame(app, this.events?.apiFor(app) ?? null, {
      onShowable: () => this.#reveal(frame),
      onLoaded: () => this.events?.onLoaded(app.digest),
      onFailed: failure => this.events?.onFailed(app.digest, failure),
      onNotServed: () => {
        frame.show(false)
        this.#tellChange()
        this.events?.onNotServed(app.digest)
      },
      onActivity: event => this.events?.onActivity(event),
    })
    this.events?.onFrames([...(this.#showing === null ? [] : [this.#showing.app.digest]), app.digest])
    this.append(frame.element)
    return frame
  }

  /** The frame comes on the screen: for the first time, or again after there was nothing in it to show. */
  #reveal(frame: AppFrame): void {
    if (this.#loading === frame) return this.#swap(frame)
    if (this.#showing !== frame || frame.isShown) return
    frame.show(true)
    this.#tellChange()
  }

  #swap(frame: AppFrame): void {
    const before = this.#showing
    this.#loading = null
    this.#showing = frame
    frame.show(true)
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

  #drop(frame: AppFrame | null): void {
    frame?.stop()
    frame?.element.remove()
  }
}
customElements.define('larder-app-stage', AppStage)
