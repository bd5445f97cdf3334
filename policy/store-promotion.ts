/**
 * Which `auto` devices of a site hold the store role (W8). The role stays where it is as long as it can: a store that
 * loses it has fetched for nothing, and its successor fetches everything again over the site's uplink.
 *
 * It knows one site at one moment. Who is online, since when and who held the role are arguments.
 */
import { rendezvousOwner } from './rendezvous.ts'
import type { AssignedRole } from './windows.ts'

/**
 * How long a store that went away still counts: longer than a page takes to reload or a server to be redeployed, shorter
 * than anybody wants to wait for a new store.
 */
export const STORE_ABSENCE_GRACE_MS = 30_000

export interface SiteDevice {
  readonly deviceId: string
  readonly assignedRole: AssignedRole
  /** Null while it is online; otherwise when it was last seen, epoch ms. */
  readonly offlineSince: number | null
}

export interface PromotionQuestion {
  readonly site: string
  /** How many stores the site is to have, fixed ones counted. */
  readonly storesWanted: number
  /** Those online, and those that were a short time ago. */
  readonly devices: readonly SiteDevice[]
  /** Who holds the role by promotion now. */
  readonly promoted: ReadonlySet<string>
}

/**
 * The `auto` devices that hold the store role now. Deterministic, and stable: asked again with its own answer it answers the
 * same; a holder loses the role only by being away for longer than the grace, by a surplus, or by its assigned role.
 * Never more than `storesWanted` stores in all, as far as promotion can help it.
 */
export function promoteStores(question: PromotionQuestion, now: number): ReadonlySet<string> {
  const counting = question.devices.filter(device => countsAsPresent(device, now))
  const fixedStores = counting.filter(device => device.assignedRole === 'store').length
  const seats = Math.max(0, question.storesWanted - fixedStores)

  const autos = counting.filter(device => device.assignedRole === 'auto')
  const holders = autos.filter(device => question.promoted.has(device.deviceId))
  const others = autos.filter(device => !question.promoted.has(device.deviceId))
  // A holder that is away for a moment keeps its seat; only who is here is given a new one.
  const queue = [holders.filter(isHere), holders.filter(device => !isHere(device)), others.filter(isHere)]

  const promoted = new Set<string>()
  for (const group of queue) {
    const waiting = new Set(group.map(device => device.deviceId))
    while (promoted.size < seats) {
      const next = rendezvousOwner(question.site, [...waiting])
      if (next === null) break
      waiting.delete(next)
      promoted.add(next)
    }
  }
  return promoted
}

const isHere = (device: SiteDevice) => device.offlineSince === null

function countsAsPresent(device: SiteDevice, now: number): boolean {
  return device.offlineSince === null || now < device.offlineSince + STORE_ABSENCE_GRACE_MS
}
