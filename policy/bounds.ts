/**
 * What instant a bound means at one site, for one release (rules B2 to B8 of docs/POLICY.md).
 *
 * The server resolves bounds; devices see only the instants. This module therefore may use a calendar library, and
 * `windows.ts`, which runs in every kiosk, knows nothing of it.
 */
import { Temporal } from 'temporal-polyfill'
import { type Bound, parseDurationMs } from '../protocol/bound.ts'
import type { Windows } from './windows.ts'

/** What a bound is resolved against: the site's IANA time zone, and the release's publication (epoch ms). */
export interface BoundContext {
  readonly timeZone: string
  readonly publishedAt: number
}

/** The three options of a package in a profile as an administrator set them; null means the bound is off. */
export interface WindowOptions {
  readonly proxyDistribution: boolean
  readonly onlyToProxiesUntil: Bound | null
  readonly enforceProxyUntil: Bound | null
}

/** Whether this is a time-zone name of the IANA database that this runtime knows (B8). Bare offsets are not names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The instant of a bound, in epoch ms: always a finite whole number. The bound has passed `boundSchema`.
 *
 * @throws RangeError when the bound is local and the time zone is unknown (B8), or a field is not of its form.
 */
export function resolveBound(bound: Bound, { timeZone, publishedAt }: BoundContext): number {
  if ('at' in bound) return finite(Date.parse(bound.at), bound.at)
  if ('siteLocal' in bound) return resolveSiteLocal(bound.siteLocal, timeZone)
  return finite(publishedAt + (parseDurationMs(bound.afterPublish) ?? Number.NaN), bound.afterPublish)
}

/** The windows that `policy/windows.ts` decides on. Throws as {@link resolveBound}; a bound that is off stays null (B7). */
export function resolveWindows(options: WindowOptions, context: BoundContext): Windows {
  const resolve = (bound: Bound | null) => (bound === null ? null : resolveBound(bound, context))
  return {
    proxyDistribution: options.proxyDistribution,
    onlyToProxiesUntil: resolve(options.onlyToProxiesUntil),
    enforceProxyUntil: resolve(options.enforceProxyUntil),
  }
}

function resolveSiteLocal(wallTime: string, timeZone: string): number {
  if (!isTimeZone(timeZone))
    throw new RangeError(
      `${JSON.stringify(timeZone)} is not a known time zone; use an IANA name such as Europe/Berlin.`,
    )
  const wanted = Temporal.PlainDateTime.from(wallTime)
  // 'earlier' is the first of two occurrences (B5). In a gap it lands before the gap and reads differently ...
  const earlier = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earlier.toPlainDateTime().equals(wanted)) return earlier.epochMilliseconds
  // ... and the transition that follows is the first instant that exists after the skipped times (B4).
  const transition = earlier.getTimeZoneTransition('next')
  return finite(transition?.epochMilliseconds ?? Number.NaN, wallTime)
}

function finite(epochMs: number, source: string): number {
  if (!Number.isFinite(epochMs)) throw new RangeError(`${JSON.stringify(source)} does not name an instant.`)
  return epochMs
}
