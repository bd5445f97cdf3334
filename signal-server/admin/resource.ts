/**
 * What an element shows from the server: loaded when the element appears, again when asked or when the live connection
 * was lost in between. While it loads again the old value stays, so that nothing jumps.
 */
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit'
import { type ApiProblem, problemIn } from './api.ts'
import { live } from './live.ts'
import './elements/problem-note.ts'

export class Resource<T> implements ReactiveController {
  value: T | null = null
  /** Why the last attempt failed; null once one succeeds. */
  problem: ApiProblem | null = null
  readonly #host: ReactiveControllerHost
  readonly #load: (signal: AbortSignal) => Promise<T>
  #running: AbortController | null = null
  #again = false
  #connected = false
  #unsubscribe = () => {}

  constructor(host: ReactiveControllerHost, load: (signal: AbortSignal) => Promise<T>) {
    this.#host = host
    this.#load = load
    host.addController(this)
  }

  get loading(): boolean {
    return this.#running !== null
  }

  hostConnected(): void {
    this.#connected = true
    this.#unsubscribe = live.onReset(() => this.refresh())
    void this.reload()
  }

  hostDisconnected(): void {
    this.#connected = false
    this.#unsubscribe()
    this.#running?.abort()
    this.#running = null
  }

  /** Forgets what is there and loads: for another thing than before. */
  restart(): void {
    this.value = null
    this.problem = null
    if (this.#connected) void this.reload()
  }

  /** Loads once more; at most one request at a time, however often it is called. */
  refresh(): void {
    if (this.#running) this.#again = true
    else if (this.#connected) void this.reload()
  }

  /** Replaces the value by what a change was answered. */
  set(value: T): void {
    this.#running?.abort()
    this.#running = null
    this.value = value
    this.problem = null
    this.#host.requestUpdate()
  }

  /** Loads now, abandoning a request under way. */
  async reload(): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.#again = false
    this.#host.requestUpdate()
    try {
      const value = await this.#load(running.signal)
      if (this.#running !== running) return
      this.value = value
      this.problem = null
    } catch (error) {
      if (this.#running !== running) return
      this.problem = problemIn(error)
    }
    this.#running = null
    this.#host.requestUpdate()
    if (this.#again) void this.reload()
  }

  /** The value drawn by `draw`; while there is none, that it loads or why it cannot. */
  render(draw: (value: T) => unknown): TemplateResult {
    const { value, problem } = this
    const note = problem
      ? html`<larder-problem-note .problem=${problem} @larder-retry=${() => this.reload()}></larder-problem-note>`
      : null
    if (value === null) return html`${note ?? html`<larder-loading></larder-loading>`}`
    return html`${note}${draw(value)}`
  }
}
