/**
 * What the server does by itself, beside answering: each such work is a job that runs when it is woken, or when it said it
 * would. A job that fails is logged once, listed for administrators, and tried again after growing pauses; no failure of
 * a job ends the process. Knows nothing of what jobs do.
 */
import { messageOf } from './failure.ts'
import type { ServerClock } from './fleet/server-clock.ts'

/** A full disk or a busy database is often over in seconds. */
const FIRST_RETRY_MS = 5_000
/** What fails for hours is tried four times an hour: often enough to recover by itself, too rarely to cost anything. */
const LAST_RETRY_MS = 15 * 60_000
/** Timers of Node fire at once beyond 24 days. */
const MAX_TIMER_MS = 24 * 3600_000

/** The pause after so many failures in a row. */
export function retryPauseMs(failures: number, longestMs = LAST_RETRY_MS): number {
  return Math.min(longestMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10))
}

export interface JobOptions {
  /** What it does, as a page and a log can say it: "making patches". */
  readonly name: string
  /** Resolves with the milliseconds until it is to run again; null: when it is woken. A failure is tried again. */
  readonly run: (signal: AbortSignal) => Promise<number | null>
  /** The longest pause between tries, where people wait for its work; else a quarter of an hour. */
  readonly longestPauseMs?: number
}

/** A job whose last run failed. */
export interface JobFailure {
  readonly name: string
  /** When it first failed since it last worked, epoch ms. */
  readonly since: number
  /** Of the last failure. */
  readonly message: string
}

interface JobLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface BackgroundJobsDeps {
  readonly clock: ServerClock
  readonly log: JobLog
  /** Hears of each failure; true where the log has its cause already, such as a disk that cannot be written. */
  readonly isReported?: (error: unknown) => boolean
}

export class BackgroundJobs {
  readonly #deps: BackgroundJobsDeps
  readonly #jobs = new Set<BackgroundJob>()

  constructor(deps: BackgroundJobsDeps) {
    this.#deps = deps
  }

  /** A job that does nothing until it is woken. */
  add(options: JobOptions): BackgroundJob {
    const job = new BackgroundJob(options, this.#deps)
    this.#jobs.add(job)
    return job
  }

  /** Those that fail now, in the order in which they were added. */
  failing(): JobFailure[] {
    return [...this.#jobs].flatMap(job => job.failure ?? [])
  }

  /** Runs those that fail now once more, for when what they failed for may be over. */
  retryFailing(): void {
    for (const job of this.#jobs) if (job.failure !== null) job.wake()
  }

  /** Ends every job; resolves when none runs any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs].map(job => job.close()))
  }
}

export class BackgroundJob {
  readonly #options: JobOptions
  readonly #deps: BackgroundJobsDeps
  readonly #stop = new AbortController()
  #running: Promise<void> | null = null
  #isWoken = false
  #cancelTimer: (() => void) | null = null
  #afterRunMs: number | null = null
  #failures = 0
  #failure: JobFailure | null = null

  constructor(options: JobOptions, deps: BackgroundJobsDeps) {
    this.#options = options
    this.#deps = deps
  }

  get failure(): JobFailure | null {
    return this.#failure
  }

  /** Runs it now, or once more after the run under way. */
  wake(): void {
    if (this.#stop.signal.aborted) return
    this.#setTimer(null)
    this.#isWoken = true
    this.#running ??= this.#run()
  }

  /** Runs it after `delayMs`, unless a time is set already; counted from the end of the run under way. */
  wakeIn(delayMs: number): void {
    if (this.#running !== null) this.#afterRunMs = delayMs
    else if (this.#cancelTimer === null) this.#setTimer(delayMs)
  }

  /** Resolves when no run is under way; one that failed may wait to be tried again. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  /** Resolves when it does not run any more, and never will. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#setTimer(null)
    this.#failure = null
    await this.idle()
  }

  async #run(): Promise<void> {
    let nextMs: number | null = null
    // `wake` has to hold this run before it can be over.
    await null
    while (this.#isWoken && !this.#stop.signal.aborted) {
      this.#isWoken = false
      this.#afterRunMs = null
      try {
        nextMs = await this.#options.run(this.#stop.signal)
        nextMs ??= this.#afterRunMs
        this.#worked()
      } catch (error) {
        if (this.#stop.signal.aborted) break
        nextMs = this.#failed(error)
      }
    }
    this.#running = null
    this.#setTimer(nextMs)
  }

  #worked(): void {
    if (this.#failure !== null)
      this.#deps.log.info(
        { job: this.#options.name, failures: this.#failures },
        'a background job works again',
      )
    this.#failure = null
    this.#failures = 0
  }

  /** Returns the pause before it is tried again. */
  #failed(error: unknown): number {
    const { name, longestPauseMs } = this.#options
    const { clock, log, isReported } = this.#deps
    const message = messageOf(error)
    const isKnown = isReported?.(error) ?? false
    // What fails again in the same way is no news.
    if (!isKnown && this.#failure?.message !== message)
      log.error({ err: error, job: name }, 'a background job failed; it is tried again')
    this.#failures++
    this.#failure = { name, since: this.#failure?.since ?? clock.now(), message }
    return retryPauseMs(this.#failures, longestPauseMs)
  }

  #setTimer(delayMs: number | null): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (delayMs === null || this.#stop.signal.aborted) return
    this.#cancelTimer = this.#deps.clock.after(Math.min(delayMs, MAX_TIMER_MS), () => {
      this.#cancelTimer = null
      this.wake()
    })
  }
}
