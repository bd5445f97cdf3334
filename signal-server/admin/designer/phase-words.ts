/** The phases of the server's preview as this page shows them: their times in the zone that was chosen, their looks. Pure. */
import type { PhasesOfRole, WindowPhaseView } from '../../../protocol/admin/preview.ts'
import { formatClock, formatDay, formatInstant } from '../words.ts'
import { otherYear } from './axis-words.ts'

export type PhaseLook = 'waits' | 'stores' | 'server' | 'both'

export function lookOf({ order }: Pick<WindowPhaseView, 'order'>): PhaseLook {
  if (order.length === 0) return 'waits'
  if (order.length > 1) return 'both'
  return order[0] === 'stores' ? 'stores' : 'server'
}

/** `until Sun 22 Nov, 22:00`, `Sun 22 Nov, 22:00 to Mon 23 Nov, 02:00`, `from Mon 23 Nov, 02:00`, `at any time`. */
export function phaseTimes({ from, until }: WindowPhaseView, timeZone: string, now: number): string {
  const begins = from === null ? null : Date.parse(from)
  const ends = until === null ? null : Date.parse(until)
  if (begins === null && ends === null) return 'at any time'
  if (begins === null) return `until ${moment(ends ?? 0, timeZone, now)}`
  if (ends === null) return `from ${moment(begins, timeZone, now)}`
  const sameDay = dayOf(begins, timeZone, now) === dayOf(ends, timeZone, now)
  return `${moment(begins, timeZone, now)} to ${sameDay ? formatClock(ends, timeZone) : moment(ends, timeZone, now)}`
}

/** A minute that is not whole would be a lie on the clock, so its seconds are shown. */
const moment = (at: number, timeZone: string, now: number) =>
  at % 60_000 === 0
    ? `${dayOf(at, timeZone, now)}, ${formatClock(at, timeZone)}`
    : formatInstant(at, timeZone)

/** With its year where that is not the year of now. */
const dayOf = (at: number, timeZone: string, now: number) =>
  `${formatDay(at, timeZone)} ${otherYear(at, now, timeZone)}`.trim()

/** All phases in one sentence with the times of another zone than the site's. */
export const sentenceIn = (phases: PhasesOfRole['phases'], timeZone: string, now: number): string =>
  phases
    .map(phase =>
      phase.from === null && phase.until === null
        ? phase.words
        : `${phaseTimes(phase, timeZone, now)} ${phase.words}`,
    )
    .join('; ')
