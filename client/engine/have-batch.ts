/** Gathers chunks that others are to be told of: at once after a pause, then together, so that a fast download is few messages. */
import type { Platform } from '../ports.ts'

/** A kiosk that follows a store is that much behind it at most; a store at LAN speed tells of ten chunks at once. */
const INTERVAL_MS = 40

export class HaveBatch {
  readonly #platform: Platform
  readonly #tell: (indexes: readonly number[]) => void
  #indexes: number[] = []
  #toldAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor(platform: Platform, tell: (indexes: readonly number[]) => void) {
    this.#platform = platform
    this.#tell = tell
  }

  add(index: number): void {
    this.#indexes.push(index)
    if (this.#cancel !== null) return
    const waitMs = this.#toldAt + INTERVAL_MS - this.#platform.monotonicMs()
    if (waitMs <= 0) this.#flush()
    else this.#cancel = this.#platform.setTimer(waitMs, () => this.#flush())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#indexes = []
  }

  #flush(): void {
    this.#cancel = null
    const indexes = this.#indexes
    this.#indexes = []
    this.#toldAt = this.#platform.monotonicMs()
    this.#tell(indexes)
  }
}
