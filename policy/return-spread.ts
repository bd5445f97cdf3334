/** Over what time a fleet spreads its return after an outage (PR-S16), so that the server greets each device at once. Pure. */
import type { Role } from './windows.ts'

/** Half of what one server process on a slow core greets. */
const RETURNS_PER_SECOND = 300
/** Beyond it devices come faster, and some are turned away: a kiosk should not be gone for longer. */
const MAX_SPREAD_MS = 200_000
/**
 * Stores come first: kiosks that find none turn to the server, and a store that stays away for longer than
 * `STORE_ABSENCE_GRACE_MS` loses a role that it was promoted to. At most 25 s.
 */
const STORE_SHARE = 1 / 8

/** For a device of this role in a fleet of so many. */
export function returnSpreadMs(deviceCount: number, role: Role): number {
  const kioskSpreadMs = Math.min(MAX_SPREAD_MS, (deviceCount / RETURNS_PER_SECOND) * 1000)
  return Math.round(role === 'store' ? kioskSpreadMs * STORE_SHARE : kioskSpreadMs)
}
