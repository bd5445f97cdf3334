/**
 * What is known of this device's storage: whether the browser keeps it, how much is used and allowed, and whether what
 * was recorded is still there. Asks at intervals and after writing; what follows from the answers is the caller's.
 */
import type { StorageStatus } from '../../protocol/device-status.ts'
import type { KioskOptions } from '../options.ts'
import type { Platform, StorageProbe } from '../ports.ts'

/** While chunks are written usage changes all the time, and asking for it costs the browser a walk over its records. */
const AFTER_WRITING_MS = 5_000
/** Smaller changes are the database's own housekeeping and no news to anybody. */
const NEWS_BYTES = 256 * 1024

/** A browser that says nothing. */
export const unknownStorage: StorageProbe = {
  asksSilently: false,
  estimate: async () => ({ usageBytes: null, quotaBytes: null }),
  persisted: async () => null,
  persist: async () => {},
}

interface StorageWatchDeps {
  readonly platform: Platform
  readonly probe: StorageProbe
  readonly kind: () => StorageStatus['kind']
  readonly options: KioskOptions
  /** What is told of storage has changed. */
  readonly changed: () => void
  /** Looks whether everything recorded is still there, and mends what is not. */
  readonly checkRecords: () => Promise<void>
}

export class StorageWatch {
  #status: StorageStatus
  readonly #deps: StorageWatchDeps
  #timer: (() => void) | null = null
  #timerAt = Number.POSITIVE_INFINITY
  #askedToPersistAt = Number.NEGATIVE_INFINITY
  #checkedAt = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(deps: StorageWatchDeps) {
    this.#deps = deps
    this.#status = { kind: deps.kind(), persisted: null, usageBytes: null, quotaBytes: null }
  }

  get status(): StorageStatus {
    return this.#status
  }

  start(): void {
    this.#checkedAt = this.#deps.platform.monotonicMs()
    void this.#look()
  }

  /** Something was written or removed. */
  touched(): void {
    this.#lookIn(AFTER_WRITING_MS)
  }

  /** Somebody is in front of the screen, or there is something worth keeping: a good moment to ask the browser. */
  async askToPersist(): Promise<void> {
    if (this.#stopped || this.#status.persisted === true) return
    this.#askedToPersistAt = this.#deps.platform.monotonicMs()
    await this.#deps.probe.persist()
    await this.#read()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.()
    this.#timer = null
  }

  async #look(): Promise<void> {
    const { platform, options, probe } = this.#deps
    await this.#read()
    const now = platform.monotonicMs()
    if (now >= this.#checkedAt + options.storageCheckMs && !this.#stopped) {
      this.#checkedAt = now
      await this.#deps.checkRecords()
    }
    const isDue = now >= this.#askedToPersistAt + options.persistRetryMs
    // Where asking puts a question on the screen nobody may be there to answer it, and it would stay.
    if (this.#status.persisted === false && isDue && probe.asksSilently) await this.askToPersist()
    this.#lookIn(options.storageCheckMs)
  }

  async #read(): Promise<void> {
    const [estimate, persisted] = await Promise.all([
      this.#deps.probe.estimate(),
      this.#deps.probe.persisted(),
    ])
    const next: StorageStatus = { kind: this.#deps.kind(), persisted, ...estimate }
    if (this.#stopped || !isNews(this.#status, next)) return
    this.#status = next
    this.#deps.changed()
  }

  #lookIn(delayMs: number): void {
    const { platform } = this.#deps
    const at = platform.monotonicMs() + delayMs
    if (this.#stopped || at >= this.#timerAt) return
    this.#timer?.()
    this.#timerAt = at
    this.#timer = platform.setTimer(delayMs, () => {
      this.#timer = null
      this.#timerAt = Number.POSITIVE_INFINITY
      void this.#look()
    })
  }
}

function isNews(before: StorageStatus, now: StorageStatus): boolean {
  const differs = (a: number | null, b: number | null) =>
    a === null || b === null ? a !== b : Math.abs(a - b) >= NEWS_BYTES
  return (
    before.kind !== now.kind ||
    before.persisted !== now.persisted ||
    differs(before.usageBytes, now.usageBytes) ||
    differs(before.quotaBytes, now.quotaBytes)
  )
}
