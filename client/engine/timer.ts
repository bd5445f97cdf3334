/** One timer that can be moved: machines say when they want to be woken, and only the last word counts. */
import type { Platform } from '../ports.ts'

/** Browsers fire a timer at once whose delay does not fit 31 bits (24.8 days). A wake that is too early is harmless. */
const MAX_DELAY_MS = 2 ** 31 - 1

export class WakeTimer {
  readonly #platform: Platform
  readonly #onWake: () => void
  #cancel: (() => void) | null = null
  #delayedTo: number | null = null

  constructor(platform: Platform, onWake: () => void) {
    this.#platform = platform
    this.#onWake = onWake
  }

  /** `monotonicMs` null: not at all. */
  set(monotonicMs: number | null): void {
    if (monotonicMs === this.#delayedTo) return
    this.#cancel?.()
    this.#cancel = null
    this.#delayedTo = monotonicMs
    if (monotonicMs === null) return
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, monotonicMs - this.#platform.monotonicMs()))
    this.#cancel = this.#platform.setTimer(delayMs, () => {
      this.#cancel = null
      this.#delayedTo = null
      this.#onWake()
    })
  }
}
