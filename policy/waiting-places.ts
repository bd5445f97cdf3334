/**
 * Who may wait to be accepted, and who gives way where all places are taken: every network gets a fair share, whatever others
 * do. Strangers cost nothing to make, so neither one network nor a few may fill the list. Pure.
 */
import { MAX_PENDING_DEVICES, MAX_PENDING_PER_NETWORK, PENDING_YIELD_MS } from './device-budget.ts'

export interface WaitingDevice {
  readonly deviceId: string
  /** Where it enrolled from; null where that is no longer known. All of those count as one network. */
  readonly network: string | null
  readonly lastSeenAt: number
}

export type Admission =
  | {
      readonly admitted: true /** The device that loses its place, if one has to. */
      readonly replaces: string | null
    }
  | { readonly admitted: false; readonly full: 'network' | 'list' }

/** Whether one more device of `network` may wait beside `waiting`. Times are epoch ms. */
export function admitWaiting(
  waiting: readonly WaitingDevice[],
  network: string | null,
  now: number,
): Admission {
  const held = heldByNetwork(waiting)
  const own = held.get(network) ?? 0
  if (network !== null && own >= MAX_PENDING_PER_NETWORK) return { admitted: false, full: 'network' }
  if (waiting.length < MAX_PENDING_DEVICES) return { admitted: true, replaces: null }

  // A move from a network to another is fair only if the other holds fewer afterwards, too.
  const most = Math.max(...held.values())
  const crowd = most > own + 1 ? waiting.filter(device => held.get(device.network) === most) : []
  const absent = waiting.filter(device => now - device.lastSeenAt >= PENDING_YIELD_MS)
  const replaced = longestAbsent(crowd) ?? longestAbsent(absent)
  return replaced === null
    ? { admitted: false, full: 'list' }
    : { admitted: true, replaces: replaced.deviceId }
}

function heldByNetwork(waiting: readonly WaitingDevice[]): Map<string | null, number> {
  const held = new Map<string | null, number>()
  for (const { network } of waiting) held.set(network, (held.get(network) ?? 0) + 1)
  return held
}

/** Screens that are on are seen every minute, so that it is strangers that only enrolled who go first. */
const longestAbsent = (devices: readonly WaitingDevice[]): WaitingDevice | null =>
  devices.reduce<WaitingDevice | null>(
    (longest, device) => (longest === null || device.lastSeenAt < longest.lastSeenAt ? device : longest),
    null,
  )
