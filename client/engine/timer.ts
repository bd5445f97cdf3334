/**
 * One timer that can be moved: machines say when they want to be woken, and only the last word counts. A wake that is put off,
 * as with every frame that comes, leaves the timer where it is: it fires early and is set again, once.
 */
import type { Platform } from '../ports.ts'

/** Browsers fire a timer at once whose delay does not fit 31 bits (24.8 days). A wake that is too early is harmless. */
const MAX_DELAY_MS = 2 ** 31 - 1

export class WakeTimer {
  readonly #platform: Platform
  readonly #onWake: () => void
  #cancel: (() => void) | null = null
  /** When the timer fires; at the latest when it is wanted. */
  #firesAt = Number.POSITIVE_INFINITY
  #wantedAt: number | null = null

  constructor(platform: Platform, onWake: () => void) {
    this.#platform = platform
    this.#onWake = onWake
  }

  /** `monotonicMs` null: not at all. */
  set(monotonicMs: number | null): void {
    this.#wantedAt = monotonicMs
    if (monotonicMs !== null && this.#firesAt <= monotonicMs) return
    this.#cancel?.()
    this.#cancel = null
    this.#firesAt = Number.POSITIVE_INFINITY
    if (monotonicMs !== null) this.#start(monotonicMs)
  }

  #start(wantedAt: number): void {
    const now = this.#platform.monotonicMs()
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(0, wantedAt - now))
    this.#firesAt = now + delayMs
    this.#cancel = this.#platform.setTimer(delayMs, () => this.#fired())
  }

  #fired(): void {
    const firedAt = this.#firesAt
    const wantedAt = this.#wantedAt
    this.#cancel = null
    this.#firesAt = Number.POSITIVE_INFINITY
    if (wantedAt === null) return
    // By the instant it was set for, not by the clock: browsers fire a fraction of a millisecond early.
    if (wantedAt > firedAt) return this.#start(wantedAt)
    this.#wantedAt = null
    this.#onWake()
  }
}
