/**
 * The phases that a pair of windows makes, in order: the stretches of time in which the decision stays the same, and their
 * words. It decides nothing: every phase is what `windows.ts` says of its first instant. `Intl` is its only calendar.
 */
import { clockText, dayText } from './site-clock.ts'
import { type Decision, decideSources, type Role, type Windows } from './windows.ts'

export interface WindowPhase {
  /** Epoch ms; null: from the beginning. */
  readonly from: number | null
  /** Epoch ms, and no longer part of it (W7); null: for good. */
  readonly until: number | null
  readonly decision: Decision
}

/** Before every bound that can be written (B1). */
const THE_BEGINNING = -8.64e15

/** All phases for a role, without gaps, at least one; neighbours differ. */
export function windowPhases(windows: Windows, role: Role): readonly WindowPhase[] {
  const phases: WindowPhase[] = []
  let from: number | null = null
  for (;;) {
    const decision = decideSources({ ...windows, role }, from ?? THE_BEGINNING)
    phases.push({ from, until: decision.nextChangeAt, decision })
    if (decision.nextChangeAt === null) return phases
    from = decision.nextChangeAt
  }
}

/** Whether `now` (epoch ms) lies in the phase. */
export function isInPhase({ from, until }: WindowPhase, now: number): boolean {
  return (from === null || now >= from) && (until === null || now < until)
}

/** What holds in a phase, without its times: `kiosks wait`, `stores only`, `stores first, then server`. */
export function phaseWords({ role, stores, order }: Decision): string {
  if (role === 'store') return stores.state === 'open' ? 'server and fellow stores' : 'server only'
  if (order.length === 0) return 'kiosks wait'
  if (order.length === 2) return 'stores first, then server'
  return order[0] === 'stores' ? 'stores only' : 'server only'
}

export interface PhaseTimes {
  /** IANA name; clock times are in this zone. */
  readonly timeZone: string
  /** Epoch ms. Times of its day and of the next 24 hours go without a date. */
  readonly now: number
}

/**
 * A phase with its times: `until 22:00 kiosks wait`, `22:00 to 02:00 stores only`, `from 02:00 stores first, then server`,
 * `at any time server only`.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function phaseSentence({ from, until, decision }: WindowPhase, times: PhaseTimes): string {
  const words = phaseWords(decision)
  if (from === null) return until === null ? `at any time ${words}` : `until ${moment(until, times)} ${words}`
  if (until === null) return `from ${moment(from, times)} ${words}`
  return `${moment(from, times)} to ${moment(until, times)} ${words}`
}

/** All phases in one line, as {@link phaseSentence} says each. */
export function phasesSentence(phases: readonly WindowPhase[], times: PhaseTimes): string {
  return phases.map(phase => phaseSentence(phase, times)).join('; ')
}

const DAY_MS = 24 * 3600_000

function moment(at: number, { timeZone, now }: PhaseTimes): string {
  const day = dayText(at, timeZone)
  const clock = clockText(at, timeZone)
  const isNear = (at >= now && at - now < DAY_MS) || day === dayText(now, timeZone)
  return isNear ? clock : `${day}, ${clock}`
}
