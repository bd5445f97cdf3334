/** The command line's surroundings as one argument, so that commands touch no globals. */
export interface CliIo {
  /** Results: what a script may read. */
  out(text: string): void
  /** Notes, progress and failures. */
  err(text: string): void
  /**
   * From now on a standard output that cannot be written is told to `onFailure` and does not end the process: for a server,
   * to which its output is the least.
   */
  outliveOutput(onFailure: (error: Error) => void): void
  /** Whether somebody watches the notes: progress is for people. */
  readonly isWatched: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Epoch ms. */
  now(): number
}

/** What `--json` prints. */
export function printJson(io: CliIo, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`)
}

/** The command was used wrongly: one line and exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
