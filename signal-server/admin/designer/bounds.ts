/**
 * Bounds as the designer handles them: the three kinds, their words, and where a bound stands on the axis until the
 * server's preview says so for sure. Pure.
 */
import type * as v from 'valibot'
import { formatSpan } from '../../../presentation/sizes-and-spans.ts'
import type { distributionSchema } from '../../../protocol/admin-api.ts'
import { type Bound, parseDurationMs } from '../../../protocol/bound.ts'
import { formatInstant } from '../words.ts'
import { instantOfWallTime, wallTime } from './zone-time.ts'

/** The windows of a package in a profile. */
export type Distribution = v.InferOutput<typeof distributionSchema>
export type BoundField = 'onlyToProxiesUntil' | 'enforceProxyUntil'
export type BoundKind = 'siteLocal' | 'at' | 'afterPublish'

export const BOUND_KINDS: readonly { readonly kind: BoundKind; readonly label: string }[] = [
  { kind: 'siteLocal', label: 'Site’s local time' },
  { kind: 'at', label: 'Same instant everywhere' },
  { kind: 'afterPublish', label: 'Time after publication' },
]

/** What a bound is seen against: a site's zone, and the publication of the release (epoch ms). */
export interface BoundContext {
  readonly timeZone: string
  readonly publishedAt: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const kindOf = (bound: Bound): BoundKind =>
  'at' in bound ? 'at' : 'siteLocal' in bound ? 'siteLocal' : 'afterPublish'

/** A bound of this kind that ends at this instant; one after publication never before it. */
export function boundAt(kind: BoundKind, at: number, { timeZone, publishedAt }: BoundContext): Bound {
  switch (kind) {
    case 'at':
      return { at: new Date(at).toISOString().replace(/(:00)?\.000Z$/, (_, zero) => (zero ? ':00Z' : 'Z')) }
    case 'siteLocal':
      return { siteLocal: wallTime(at, timeZone) }
    case 'afterPublish':
      return { afterPublish: durationText(at - publishedAt) }
  }
}

/** `PT4H30M`; whole minutes, never negative. */
export function durationText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS))
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `PT${minutes}M`
  return minutes % 60 === 0 ? `PT${hours}H` : `PT${hours}H${minutes % 60}M`
}

/** Hours and minutes of a duration, for two fields. */
export function durationFields(text: string): { readonly hours: number; readonly minutes: number } {
  const ms = parseDurationMs(text) ?? 0
  const hours = Math.floor(ms / HOUR_MS)
  return { hours, minutes: Math.round((ms - hours * HOUR_MS) / MINUTE_MS) }
}

/** Where the bound stands until the server has said it: for a site's clock change, that may be an hour off. */
export function roughInstant(bound: Bound, { timeZone, publishedAt }: BoundContext): number {
  if ('at' in bound) return Date.parse(bound.at)
  if ('siteLocal' in bound) return instantOfWallTime(bound.siteLocal, timeZone)
  return publishedAt + (parseDurationMs(bound.afterPublish) ?? 0)
}

/** `off`, `22 Nov 2026, 22:00 in each site’s local time`, `4 h after publication`. */
export function boundWords(bound: Bound | null, timeZone: string): string {
  if (bound === null) return 'off'
  if ('at' in bound) return formatInstant(Date.parse(bound.at), timeZone)
  if ('siteLocal' in bound)
    return `${formatInstant(Date.parse(`${bound.siteLocal}Z`), 'UTC').replace(/ UTC$/, '')}, each site’s local time`
  const ms = parseDurationMs(bound.afterPublish) ?? 0
  return ms === 0 ? 'at publication' : `${formatSpan(ms)} after publication`
}
