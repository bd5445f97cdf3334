/** How late the event loop is: what a callback that is due now waits for those before it. */
const TICK_MS = 20

export class LoopLateness {
  readonly #timer: ReturnType<typeof setInterval>
  #tickedAt = performance.now()
  #lateMs = 0

  constructor() {
    this.#timer = setInterval(() => {
      this.#lateMs = this.#overdueMs()
      this.#tickedAt = performance.now()
    }, TICK_MS)
    this.#timer.unref()
  }

  /** The larger of what the last tick was late and what the next one is already. */
  get lateMs(): number {
    return Math.max(this.#lateMs, this.#overdueMs())
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #overdueMs(): number {
    return Math.max(0, performance.now() - this.#tickedAt - TICK_MS)
  }
}
