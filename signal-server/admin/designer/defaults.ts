/** Where a bound begins when it is switched on: tonight for the stores' head start, the next morning for the server. Pure. */
import type { BoundField } from './bounds.ts'
import { instantOfWallTime, wallTime } from './zone-time.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Hour of the site's day at which each option usually ends. */
const USUAL_HOUR: Record<BoundField, number> = { onlyToProxiesUntil: 22, enforceProxyUntil: 6 }

/** Epoch ms; after the other bound where that is set and the order matters. */
export function defaultInstant(
  field: BoundField,
  others: Readonly<Record<BoundField, number | null>>,
  now: number,
  timeZone: string,
): number {
  const after = field === 'enforceProxyUntil' ? Math.max(now, others.onlyToProxiesUntil ?? now) : now
  const day = wallTime(after, timeZone).slice(0, 10)
  const hour = String(USUAL_HOUR[field]).padStart(2, '0')
  const sameDay = instantOfWallTime(`${day}T${hour}:00`, timeZone)
  if (sameDay > after + HOUR_MS / 2) return sameDay
  return instantOfWallTime(`${wallTime(sameDay + DAY_MS, timeZone).slice(0, 10)}T${hour}:00`, timeZone)
}
