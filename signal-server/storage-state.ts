/**
 * Whether the server can write to its disk, and if not, since when and why. Hears of faults from all that writes, says each
 * once in the log, and looks again from time to time until everything can be written. It stops nothing: whatever writes is
 * tried each time, so that room is used as soon as there is some.
 */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_ENCODED_CHUNK_BYTES } from '../protocol/limits.ts'
import { type StorageFault, storageFaultOf } from './storage-fault.ts'

/** Soon enough for an administrator who has just made room and looks at the page. */
const RECHECK_MS = 2000

export interface StorageTrouble extends StorageFault {
  /** Epoch ms. */
  readonly since: number
}

/** What of the state is shown to administrators. */
export type ShownStorage = Pick<StorageState, 'path' | 'trouble'>

export interface StorageLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface StorageStateOptions {
  /** The data directory. */
  readonly path: string
  readonly clock: () => number
  readonly log: StorageLog
  /** Called when the disk is found to be full. */
  readonly onFull?: () => void
  /** Called when everything can be written again. */
  readonly onRecovered?: () => void
}

export class StorageState {
  readonly #options: StorageStateOptions
  #trouble: StorageTrouble | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #checking: Promise<void> = Promise.resolve()
  #writeRecord: () => Promise<void> = async () => undefined
  #isClosed = false

  constructor(options: StorageStateOptions) {
    this.#options = options
  }

  /** The data directory, which names the disk. */
  get path(): string {
    return this.#options.path
  }

  /** Null while everything can be written, as far as that is known. */
  get trouble(): StorageTrouble | null {
    return this.#trouble
  }

  /** Sets what writes to the records to find out whether that works again. */
  setRecordCheck(writeRecord: () => Promise<void>): void {
    this.#writeRecord = writeRecord
  }

  /** Takes note of an error if it means that something could not be written; false when it is about something else. */
  report(error: unknown): boolean {
    const fault = storageFaultOf(error)
    if (fault === null) return false
    const isNews = this.#trouble?.reason !== fault.reason
    if (isNews) {
      this.#trouble = { ...fault, since: this.#trouble?.since ?? this.#options.clock() }
      const { reason, words, advice } = fault
      const cause = error instanceof Error ? error.message : String(error)
      this.#options.log.error(
        { reason, cause },
        `the server cannot write: ${words} (${this.#options.path}); ${advice}`,
      )
    }
    if (isNews && fault.reason === 'full') this.#options.onFull?.()
    this.#checkLater()
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#checking
  }

  #checkLater(): void {
    if (this.#isClosed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#checking = this.#checking.then(() => this.#check())
    }, RECHECK_MS)
  }

  async #check(): Promise<void> {
    const trouble = this.#trouble
    if (trouble === null || this.#isClosed) return
    try {
      await this.#writeRecord()
      await writeAndRemove(join(this.#options.path, 'storage-check'))
    } catch (error) {
      if (!this.report(error)) this.#checkLater()
      return
    }
    this.#trouble = null
    this.#options.log.info({ forMs: this.#options.clock() - trouble.since }, 'the disk can be written again')
    this.#options.onRecovered?.()
  }
}

/** As much as the largest chunk: where that does not fit, a publication would fail at once. */
async function writeAndRemove(path: string): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.writeFile(new Uint8Array(MAX_ENCODED_CHUNK_BYTES))
      await file.sync()
    } finally {
      await file.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}
