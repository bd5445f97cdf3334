/**
 * The lines of the log on a file descriptor, for pino: gathered while a write is under way, one asynchronous write at a
 * time. A log that cannot be written, or not as fast as it grows, loses lines and never holds up the server; how many were
 * lost is said once there is room. `pino.destination` ends the process there, or tries without end.
 */
import { fstatSync, write, writeSync } from 'node:fs'

/** Lines kept while they cannot be written: some thousands, enough for a minute of a busy server. */
const MAX_KEPT_BYTES = 1024 * 1024
/** How long a failed write is left alone: room comes when an administrator makes it. */
const RETRY_MS = 1000
/** A pipe whose reader is behind takes more in a moment. */
const AGAIN_MS = 50
/** A write that takes longer is not waited for at the end of the process. */
const STUCK_MS = 1000

/** The calls of `node:fs` that it uses. */
export interface FileCalls {
  readonly write: (
    fd: number,
    bytes: Uint8Array,
    done: (error: Error | null, written: number) => void,
  ) => void
  readonly writeSync: (fd: number, bytes: Uint8Array) => number
}

export interface LogLinesOptions {
  /** Told once lines can be written again: how many were lost. What it logs stands where they are missing. */
  readonly onLost: (lines: number) => void
  readonly calls?: FileCalls
}

export class LogLines {
  readonly #fd: number
  readonly #options: LogLinesOptions
  readonly #calls: FileCalls
  #kept: string[] = []
  #keptBytes = 0
  #lost = 0
  /** What of the lines under way is not written yet. */
  #writing: Uint8Array | null = null
  /** Since when the write under way has not come back. */
  #beganAt: number | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #onIdle: (() => void) | null = null

  constructor(fd: number, options: LogLinesOptions) {
    this.#fd = fd
    this.#options = options
    this.#calls = options.calls ?? { write, writeSync }
  }

  /** Whether a write does not come back: the process cannot end in order before it does. */
  get isStuck(): boolean {
    return this.#beganAt !== null && performance.now() - this.#beganAt >= STUCK_MS
  }

  /** One line with its end. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#keptBytes + bytes > MAX_KEPT_BYTES) {
      this.#lost += 1
      return
    }
    this.#kept.push(line)
    this.#keptBytes += bytes
    this.#writeOn()
  }

  /** Resolves when everything is written, or cannot be in this time. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#isIdle) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>(resolve => {
      this.#onIdle = resolve
      timer = setTimeout(resolve, timeoutMs)
    })
    clearTimeout(timer)
  }

  /** Tries once to write what is left, when nothing asynchronous can be done any more. Only to a file: others may block. */
  writeRestSync(): void {
    if (this.#beganAt !== null || !isFile(this.#fd)) return
    try {
      if (this.#writing !== null) this.#calls.writeSync(this.#fd, this.#writing)
      this.#calls.writeSync(this.#fd, Buffer.from(this.#kept.join('')))
    } catch {
      // Nothing is left to say it with.
    }
    this.#writing = null
    this.#kept = []
  }

  get #isIdle(): boolean {
    return this.#writing === null && this.#kept.length === 0
  }

  #writeOn(): void {
    if (this.#beganAt !== null || this.#timer !== null) return
    if (this.#writing === null) {
      if (this.#kept.length === 0) {
        this.#onIdle?.()
        return
      }
      this.#writing = Buffer.from(this.#kept.join(''))
      this.#kept = []
    }
    this.#beganAt = performance.now()
    this.#calls.write(this.#fd, this.#writing, (error, written) => this.#onWritten(error, written))
  }

  #onWritten(error: NodeJS.ErrnoException | null, written: number): void {
    this.#beganAt = null
    if (error !== null) {
      const delayMs = error.code === 'EAGAIN' ? AGAIN_MS : RETRY_MS
      this.#timer = setTimeout(() => {
        this.#timer = null
        this.#writeOn()
      }, delayMs)
      // The log alone keeps no process.
      this.#timer.unref()
      return
    }
    const rest = this.#writing?.subarray(written) ?? new Uint8Array()
    this.#writing = rest.length > 0 ? rest : null
    if (this.#writing === null) this.#onBatchWritten()
    this.#writeOn()
  }

  #onBatchWritten(): void {
    this.#keptBytes = this.#kept.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
    const lost = this.#lost
    this.#lost = 0
    if (lost > 0) this.#options.onLost(lost)
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}
