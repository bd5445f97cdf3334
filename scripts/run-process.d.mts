export interface RunResult {
  readonly ok: boolean
  readonly code: number | null
  readonly output: string
}

/** Runs npm to its end; never throws for one that fails: that is the result. */
export function runNpm(args: readonly string[]): Promise<RunResult>
