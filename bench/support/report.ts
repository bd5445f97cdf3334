/** What a benchmark found, for people and for programs. */
import type { BenchOutcome, Measure, Settings, Target } from './bench-context.ts'
import type { Machine } from './machine.ts'
import { median } from './statistics.ts'
import { figure, table } from './table.ts'

export interface BenchReport {
  readonly name: string
  readonly title: string
  readonly rounds: number
  readonly settings: Settings
  readonly machine: Machine
  readonly outcome: BenchOutcome
}

/** What `--json` prints: the report with each measure's median and whether each target is met. */
export function outcomeDocument({ outcome, ...head }: BenchReport) {
  return {
    ...head,
    measures: outcome.measures.map(measure => ({ ...measure, median: median(measure.values) })),
    targets: outcome.targets.map(target => ({ ...target, met: isMet(target) })),
    notes: outcome.notes,
  }
}

/** Markdown that also reads well in a terminal, so that it can go into docs/BENCHMARKS.md as it is. */
export function outcomeText({ name, title, rounds, settings, machine, outcome }: BenchReport): string {
  const { cpu, cores, memoryGiB, kernel, node, chromium } = machine
  const set = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`)
  const parts = [
    `${name}: ${title}`,
    [
      `${machine.measuredAt.slice(0, 10)}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${set.length > 0 ? `, ${set.join(' ')}` : ''}`,
      `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, ${chromium ?? 'no Chromium'}`,
    ].join('\n'),
    table([['what', 'unit', 'median', 'least', 'most'], ...outcome.measures.map(measureRow)]),
  ]
  if (outcome.targets.length > 0)
    parts.push(table([['target', 'reached', 'at least / at most', ''], ...outcome.targets.map(targetRow)]))
  if (outcome.notes.length > 0) parts.push(outcome.notes.map(note => `- ${note}`).join('\n'))
  return parts.join('\n\n')
}

function measureRow({ name, unit, values }: Measure): string[] {
  return [name, unit, figure(median(values)), figure(Math.min(...values)), figure(Math.max(...values))]
}

function targetRow(target: Target): string[] {
  const { name, value, unit, bound } = target
  const limit = 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`
  return [name, withUnit(figure(value), unit), withUnit(limit, unit), isMet(target) ? 'met' : 'missed']
}

const withUnit = (text: string, unit: string | undefined) => (unit === undefined ? text : `${text} ${unit}`)

function isMet({ value, bound }: Target): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost
}
