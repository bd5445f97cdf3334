/** What an administrator should know of this device: sent at once, or kept, bounded, until there is a session. */
import { MAX_EVENT_TEXT_LENGTH } from '../../protocol/limits.ts'
import type { DeviceEventKind, SignalUpWire } from '../../protocol/signal/up.ts'

/** The oldest go first. */
const MAX_KEPT_REPORTS = 50

export interface Report {
  readonly kind: DeviceEventKind
  readonly package?: string
  readonly release?: number
  readonly peer?: string
  readonly detail: string
}

export class ReportOutbox {
  readonly #send: (message: SignalUpWire) => boolean
  readonly #log: (message: string) => void
  readonly #kept: Report[] = []

  constructor(send: (message: SignalUpWire) => boolean, log: (message: string) => void) {
    this.#send = send
    this.#log = log
  }

  report(report: Report): void {
    const bounded = { ...report, detail: report.detail.slice(0, MAX_EVENT_TEXT_LENGTH) }
    this.#log(`${bounded.kind}: ${bounded.detail}`)
    this.#sendOrKeep(bounded)
  }

  /** A session has begun. */
  flush(): void {
    for (const report of this.#kept.splice(0)) this.#sendOrKeep(report)
  }

  #sendOrKeep(report: Report): void {
    if (this.#send({ type: 'event', ...report })) return
    this.#kept.push(report)
    if (this.#kept.length > MAX_KEPT_REPORTS) this.#kept.shift()
  }
}
