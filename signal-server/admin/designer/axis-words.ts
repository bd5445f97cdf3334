/** How a time is named at its field and at its handle, so that one that is far away is not taken for one of today. Pure. */
import { formatClock, formatRelative } from '../words.ts'
import type { Stretch } from './axis.ts'

const DAY_MS = 24 * 3600_000
/** Below that hours count. */
const FAR_DAYS = 2

/** `in 3 h`, `in 366 days`. */
export function boundDistance(at: number, now: number): string {
  const days = Math.round(Math.abs(at - now) / DAY_MS)
  if (days < FAR_DAYS) return formatRelative(at, now)
  return at < now ? `${days} days ago` : `in ${days} days`
}

export interface AxisMoment {
  readonly now: number
  readonly timeZone: string
  readonly stretch: Stretch
}

/** `02:00` within the axis; beyond it with the day, and the year where it is not this one. */
export function handleLabel(at: number, { now, timeZone, stretch }: AxisMoment): string {
  const clock = formatClock(at, timeZone)
  if (at >= stretch.from && at <= stretch.to && yearOf(at, timeZone) === yearOf(now, timeZone)) return clock
  return `${dayWithYear(at, now, timeZone)}, ${clock}`
}

function dayWithYear(at: number, now: number, timeZone: string): string {
  const isOther = yearOf(at, timeZone) !== yearOf(now, timeZone)
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: known(timeZone),
    day: 'numeric',
    month: 'short',
    ...(isOther && { year: 'numeric' }),
  }).format(at)
}

/** `2027` where it is not the year of now, else empty: for the days of an axis. */
export const otherYear = (at: number, now: number, timeZone: string): string =>
  yearOf(at, timeZone) === yearOf(now, timeZone) ? '' : yearOf(at, timeZone)

const yearOf = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: known(timeZone), year: 'numeric' }).format(at)

/** A zone that this browser does not know, though the server does, is shown as UTC, as everywhere. */
function known(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch {
    return 'UTC'
  }
}
