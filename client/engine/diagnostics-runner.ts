/** Runs the device's checks when the server asks for them, and brings reports to it; the last one waits for a session. */
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'

export type RunDiagnostics = () => Promise<DiagnosticsReport>

export class DiagnosticsRunner {
  readonly #run: RunDiagnostics | null
  readonly #send: (report: DiagnosticsReport) => boolean
  readonly #log: (message: string) => void
  #running = false
  #unsent: DiagnosticsReport | null = null

  /** `run` null: this kiosk has no checks, and asking for them is answered by nothing. */
  constructor(
    run: RunDiagnostics | null,
    send: (report: DiagnosticsReport) => boolean,
    log: (message: string) => void,
  ) {
    this.#run = run
    this.#send = send
    this.#log = log
  }

  /** Asked while they run, they run once. */
  async diagnose(): Promise<void> {
    if (this.#run === null || this.#running) return
    this.#running = true
    try {
      this.report(await this.#run())
    } catch (error) {
      this.#log(`the diagnostics failed: ${String(error)}`)
    } finally {
      this.#running = false
    }
  }

  /** Somebody ran the checks on the device. */
  report(report: DiagnosticsReport): void {
    this.#unsent = this.#send(report) ? null : report
  }

  /** A session is up. */
  flush(): void {
    if (this.#unsent !== null) this.report(this.#unsent)
  }
}
