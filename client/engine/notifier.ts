/** Tells listeners of a new state: coalesced, so that a burst of chunks is one notice, and never from within a step. */
import type { Platform } from '../ports.ts'

/** Fast enough for an eye, slow enough for a thin client that receives hundreds of chunks a second. */
const NOTICE_INTERVAL_MS = 50

export class Notifier<T> {
  readonly #platform: Platform
  readonly #read: () => T
  readonly #listeners = new Set<(value: T) => void>()
  #cancel: (() => void) | null = null

  constructor(platform: Platform, read: () => T) {
    this.#platform = platform
    this.#read = read
  }

  /** Calls `listener` at once and after every change. A listener that throws does not keep others from being told. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    this.#tell(listener, this.#read())
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    if (this.#cancel !== null || this.#listeners.size === 0) return
    this.#cancel = this.#platform.setTimer(NOTICE_INTERVAL_MS, () => {
      this.#cancel = null
      const value = this.#read()
      for (const listener of this.#listeners) this.#tell(listener, value)
    })
  }

  stop(): void {
    this.#cancel?.()
    this.#listeners.clear()
  }

  #tell(listener: (value: T) => void, value: T): void {
    try {
      listener(value)
    } catch (error) {
      this.#platform.log(`a listener failed: ${String(error)}`)
    }
  }
}
