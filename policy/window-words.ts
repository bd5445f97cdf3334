/**
 * The decision in words: the sentence a kiosk shows on its screen and `larder explain` prints.
 *
 * It decides nothing and reads everything from the decision. It runs in kiosks, so `Intl` is its only calendar.
 */
import { clockText, dayText } from './site-clock.ts'
import type { Decision } from './windows.ts'

export interface WordsContext {
  /** IANA name; the clock times in the sentence are in this zone. */
  readonly timeZone: string
  /** How many stores the device could contact now. Left out when nobody knows, as in a forecast. */
  readonly storesOnline?: number
}

/**
 * One line on what the device may do now, and what opens next and when. `now` is server time in epoch ms.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function describeDecision(decision: Decision, now: number, context: WordsContext): string {
  const { role, stores, server, nextChangeAt } = decision
  const moment = nextChangeAt === null ? '' : describeMoment(nextChangeAt, now, context.timeZone)

  if (role === 'store')
    return stores.state === 'open'
      ? 'from fellow stores and the server, at any time'
      : 'from the server, at any time; proxy distribution is off'

  if (stores.state === 'open' && server.state === 'open') return 'from stores first, then from the server'
  if (stores.state === 'open')
    return context.storesOnline === 0
      ? `waiting: no store is online; the server opens ${moment}`
      : `from stores only; the server opens ${moment}`
  if (server.state === 'open')
    return stores.retryAt === null
      ? 'from the server; proxy distribution is off'
      : `from the server only; stores open ${moment}`

  if (stores.retryAt === server.retryAt) return `waiting: stores and server open ${moment}`
  return stores.retryAt === nextChangeAt
    ? `waiting: stores open ${moment}`
    : `waiting: the server opens ${moment}`
}

/** `at 02:00 (Europe/Berlin), in 3 h 12 min`; with the date when it is not today there. */
export function describeMoment(at: number, now: number, timeZone: string): string {
  const day = dayText(at, timeZone)
  const date = day === dayText(now, timeZone) ? '' : `on ${day} `
  return `${date}at ${clockText(at, timeZone)} (${timeZone}), in ${formatDuration(at - now)}`
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const

/**
 * A duration in its two largest units: `2 d 4 h`, `3 h 12 min`, `1 min 5 s`, `8 s`. Started seconds count as whole, so
 * that a countdown says `0 s` only when the time has come; a negative duration is `0 s`.
 */
export function formatDuration(durationMs: number): string {
  let seconds = Math.max(0, Math.ceil(durationMs / 1000))
  const first = UNITS.findIndex(unit => seconds >= unit.seconds)
  if (first === -1) return '0 s'
  const parts: string[] = []
  for (const unit of UNITS.slice(first, first + 2)) {
    const count = Math.floor(seconds / unit.seconds)
    seconds -= count * unit.seconds
    if (count > 0) parts.push(`${count} ${unit.name}`)
  }
  return parts.join(' ')
}
