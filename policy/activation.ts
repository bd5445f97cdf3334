/**
 * When a release that is complete may take over the screen (rules A1 to A8 of docs/POLICY.md).
 *
 * Pure, for one package at one moment. The device decides by itself, so that the daily window holds through weeks without
 * a server (docs/decisions); its wall clock plays no part: `serverNow` is the server's time as the device counts it on.
 */
import { Temporal } from 'temporal-polyfill'
import type { Activation } from '../protocol/assignment.ts'
import { isTimeZone, resolveBound } from './bounds.ts'

export interface ActivationMoment {
  /** Server time in epoch ms; null when the device has not heard the server since it started. */
  readonly serverNow: number | null
  /** IANA name of the site's zone. One that this runtime does not know counts as UTC (A7). */
  readonly timeZone: string
  /** How long nobody has touched the screen. */
  readonly idleForMs: number
}

export type ActivationDecision =
  /** `closesAt`: epoch ms; null when time alone never closes it. */
  | { readonly state: 'open'; readonly closesAt: number | null }
  | { readonly state: 'closed'; readonly reason: 'screen-in-use'; readonly opensInMs: number }
  | { readonly state: 'closed'; readonly reason: 'before-window'; readonly opensAt: number }
  /** A window, and nobody knows what time it is. */
  | { readonly state: 'closed'; readonly reason: 'time-unknown' }

/** Days that are looked through for the next window: one that a change of the clocks swallows comes back the day after. */
const DAYS_AHEAD = 8

/** Whether a complete release may take over now, and if not, when. Total. */
export function decideActivation(activation: Activation, moment: ActivationMoment): ActivationDecision {
  switch (activation.when) {
    case 'at-once':
      return { state: 'open', closesAt: null } // A2
    case 'idle': {
      const opensInMs = activation.idleMs - moment.idleForMs
      return opensInMs <= 0
        ? { state: 'open', closesAt: null } // A3
        : { state: 'closed', reason: 'screen-in-use', opensInMs }
    }
    case 'window':
      return moment.serverNow === null
        ? { state: 'closed', reason: 'time-unknown' } // A6
        : decideWindow(activation, moment.serverNow, moment.timeZone)
  }
}

/**
 * A8: whether the app may choose this moment. Where nobody has to be waited for but the people at the screen, the app
 * knows them best; a window is the administrator's word and holds for the app too.
 */
export function mayAppActivate(activation: Activation, moment: ActivationMoment): ActivationDecision {
  return activation.when === 'window'
    ? decideActivation(activation, moment)
    : { state: 'open', closesAt: null }
}

type DailyWindow = Extract<Activation, { when: 'window' }>

/** A4: open from `from` up to and without `until`. */
function decideWindow(window: DailyWindow, now: number, timeZone: string): ActivationDecision {
  for (const { opensAt, closesAt } of windowsAround(window, now, zoneOf(timeZone))) {
    if (now < opensAt) return { state: 'closed', reason: 'before-window', opensAt }
    if (now < closesAt) return { state: 'open', closesAt }
  }
  // Not reached: of eight days in a row no change of the clocks swallows more than one.
  return { state: 'closed', reason: 'time-unknown' }
}

/** In order, from yesterday's, which may run past midnight. A window that a change of the clocks leaves empty is left out (A5). */
function* windowsAround({ from, until }: DailyWindow, now: number, timeZone: string) {
  // Server time is counted on from half a round trip and has fractions.
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(now))
  const today = instant.toZonedDateTimeISO(timeZone).toPlainDate()
  const instantOf = (day: Temporal.PlainDate, time: string) =>
    resolveBound({ siteLocal: `${day.toString()}T${time}` }, { timeZone, publishedAt: 0 })
  for (let ahead = -1; ahead < DAYS_AHEAD; ahead++) {
    const day = today.add({ days: ahead })
    const opensAt = instantOf(day, from)
    const closesAt = instantOf(until < from ? day.add({ days: 1 }) : day, until)
    if (opensAt < closesAt) yield { opensAt, closesAt }
  }
}

const zoneOf = (timeZone: string) => (isTimeZone(timeZone) ? timeZone : 'UTC')
