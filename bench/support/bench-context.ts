/**
 * What a benchmark is and what it gives back. `bench/<name>/bench.ts` exports one as `bench`; bench/run.ts runs and prints it.
 * A benchmark measures and never judges by time alone: what must hold is said as targets, mostly ratios within a round.
 */

/** Changed with `--set name=value`; the kind of the default is the kind it stays. */
export type Settings = Readonly<Record<string, number | string>>

export interface Bench {
  /** One line for the list. */
  readonly title: string
  /** Unless `--rounds` says otherwise. */
  readonly rounds: number
  readonly settings?: Settings
  run(context: BenchContext): Promise<BenchOutcome>
}

export interface BenchContext {
  readonly rounds: number
  readonly settings: Settings
  /** The setting as a number. @throws TypeError when the benchmark declares none of that name that is one */
  number(name: string): number
  /** An empty folder, removed at the end. */
  readonly scratch: string
  /** Says how far it is, to standard error. */
  log(line: string): void
  /** Runs at the end whatever happens, last in, first out. */
  onClose(release: () => unknown): void
}

/** One thing measured, once per round. */
export interface Measure {
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
}

/** What must be reached; `value` is mostly the median of ratios within a round. */
export interface Target {
  readonly name: string
  readonly value: number
  readonly unit?: string
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
}

export interface BenchOutcome {
  readonly measures: readonly Measure[]
  readonly targets: readonly Target[]
  /** What a reader must know to read the figures: sizes, versions, what bounds them. */
  readonly notes: readonly string[]
}
