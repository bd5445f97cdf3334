/**
 * What options would do, asked of the server while they are being changed: one question at a time, and the newest options
 * in the next one, so that dragging neither floods the server nor shows an old answer as the last word.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type Preview, previewSchema } from '../../../protocol/admin/preview.ts'
import { type ApiProblem, api, apiPath, problemIn } from '../api.ts'
import type { Options } from './options.ts'

/** Between two questions while something is dragged. */
const PAUSE_MS = 120
/** Windows open and devices finish while the page is open. */
const REFRESH_MS = 30_000

/** Asks once; for dialogs that say what a step would do. */
export const askPreview = (
  profile: string,
  packageName: string,
  { activation, confirmation, priority, ...distribution }: Options,
  signal?: AbortSignal,
): Promise<Preview> =>
  api.post(apiPath('profiles', profile, 'packages', packageName, 'distribution', 'preview'), previewSchema, {
    body: { distribution, update: { activation, confirmation, priority } },
    signal,
  })

export class PreviewFeed implements ReactiveController {
  /** The newest answer; it may be about options from a moment ago. */
  value: Preview | null = null
  problem: ApiProblem | null = null
  readonly #host: ReactiveControllerHost
  readonly #ask: (wanted: Options, signal: AbortSignal) => Promise<Preview>
  #wanted: Options | null = null
  #answered: Options | null = null
  #running: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #refresh: ReturnType<typeof setInterval> | undefined

  constructor(host: ReactiveControllerHost, ask: (wanted: Options, signal: AbortSignal) => Promise<Preview>) {
    this.#host = host
    this.#ask = ask
    host.addController(this)
  }

  /** Whether `value` is about exactly these options. */
  isAbout(options: Options): boolean {
    return this.#answered === options
  }

  want(options: Options): void {
    this.#wanted = options
    this.#next()
  }

  hostConnected(): void {
    this.#refresh = setInterval(() => {
      this.#answered = null
      this.#next()
    }, REFRESH_MS)
    this.#next()
  }

  hostDisconnected(): void {
    clearInterval(this.#refresh)
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running?.abort()
    this.#running = null
  }

  #next(): void {
    if (this.#running || this.#timer !== undefined || this.#wanted === this.#answered) return
    void this.#askNow()
  }

  async #askNow(): Promise<void> {
    const wanted = this.#wanted
    if (wanted === null) return
    const running = new AbortController()
    this.#running = running
    try {
      const value = await this.#ask(wanted, running.signal)
      if (this.#running !== running) return
      this.value = value
      this.problem = null
    } catch (error) {
      if (this.#running !== running) return
      this.problem = problemIn(error)
    }
    this.#answered = wanted
    this.#running = null
    this.#host.requestUpdate()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#next()
    }, PAUSE_MS)
  }
}
