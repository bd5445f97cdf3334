/**
 * How fast a device may send to all others together: what an administrator or the page allows, and less for a few seconds
 * after somebody touched the screen. A bucket of tokens that may go below zero: a frame is sent whole, the next one waits.
 */
import type { Platform } from '../ports.ts'

/** Unused allowance is kept for so long: enough to even out timers, too little to be felt. */
const BURST_MS = 250

export class UploadRate {
  readonly #platform: Platform
  readonly #limit: () => number | null
  readonly #yieldBytesPerS: number
  readonly #yieldMs: number
  #yieldingUntil = Number.NEGATIVE_INFINITY
  #tokens = 0
  #updatedAt = Number.NEGATIVE_INFINITY

  /** `limit`: bytes a second as allowed at the moment; null for no limit. */
  constructor(
    platform: Platform,
    limit: () => number | null,
    options: { readonly touchYieldBytesPerS: number; readonly touchYieldMs: number },
  ) {
    this.#platform = platform
    this.#limit = limit
    this.#yieldBytesPerS = options.touchYieldBytesPerS
    this.#yieldMs = options.touchYieldMs
  }

  /** Somebody is using the device: uploads give way for a while. */
  userActive(): void {
    this.#yieldingUntil = this.#platform.monotonicMs() + this.#yieldMs
  }

  /** Bytes a second at the moment; null: as fast as it goes. */
  bytesPerS(): number | null {
    const limit = this.#limit()
    if (this.#platform.monotonicMs() >= this.#yieldingUntil) return limit
    return limit === null ? this.#yieldBytesPerS : Math.min(limit, this.#yieldBytesPerS)
  }

  /** How long to wait before the next frame; 0: send it, and tell with `sent`. */
  waitMs(): number {
    const bytesPerS = this.bytesPerS()
    if (bytesPerS === null) {
      this.#updatedAt = Number.NEGATIVE_INFINITY
      return 0
    }
    const now = this.#platform.monotonicMs()
    const burst = (bytesPerS * BURST_MS) / 1000
    // Without a limit until now nothing was counted: it begins with a full bucket.
    const earned = Number.isFinite(this.#updatedAt) ? ((now - this.#updatedAt) / 1000) * bytesPerS : burst
    this.#tokens = Math.min(burst, (Number.isFinite(this.#updatedAt) ? this.#tokens : 0) + earned)
    this.#updatedAt = now
    return this.#tokens > 0 ? 0 : Math.max(1, Math.ceil((-this.#tokens / bytesPerS) * 1000))
  }

  sent(bytes: number): void {
    if (Number.isFinite(this.#updatedAt)) this.#tokens -= bytes
  }
}
