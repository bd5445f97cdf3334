/**
 * What a release will still move over a site's uplink under given windows: an estimate for the administrator, before saving.
 * The model: stores fetch one copy between them and pass everything on; a kiosk fetches from the first source that
 * opens to it; nobody comes, goes or fails meanwhile. Pure.
 */
import { windowPhases } from './window-phases.ts'
import { decideSources, type Role, type Source, type Windows } from './windows.ts'

export interface NeedyDevice {
  readonly role: Role
  /** What it lacks of the release, as it travels; 0 when it has everything. */
  readonly missingBytes: number
}

/**
 * Bytes over the uplink from `now` until every device has the release, and none for those that never may fetch.
 * `isStoreOnline`: whether any store of the site can be reached.
 */
export function estimateUplinkBytes(
  devices: readonly NeedyDevice[],
  windows: Windows,
  isStoreOnline: boolean,
  now: number,
): number {
  const stores = devices.filter(device => device.role === 'store').map(device => device.missingBytes)
  const copies = windows.proxyDistribution ? Math.max(0, ...stores) : sum(stores)
  const source = firstSource(windows, isStoreOnline, now)
  if (source !== 'server') return copies
  return copies + sum(devices.filter(device => device.role === 'kiosk').map(device => device.missingBytes))
}

/** Where a kiosk will take the release from; null when nothing ever opens that is there. */
function firstSource(windows: Windows, isStoreOnline: boolean, now: number): Source | null {
  const instants = windowPhases(windows, 'kiosk').flatMap(({ from }) =>
    from !== null && from > now ? [from] : [],
  )
  for (const at of [now, ...instants]) {
    const { order } = decideSources({ ...windows, role: 'kiosk' }, at)
    const source = order.find(each => each === 'server' || isStoreOnline)
    if (source !== undefined) return source
  }
  return null
}

/** The least that has to cross the uplink: one copy, or nothing where a store has everything. */
export function leastUplinkBytes(devices: readonly NeedyDevice[]): number {
  const hasAll = devices.some(device => device.role === 'store' && device.missingBytes === 0)
  return hasAll ? 0 : Math.max(0, ...devices.map(device => device.missingBytes))
}

/** The most: every device fetches for itself. */
export function mostUplinkBytes(devices: readonly NeedyDevice[]): number {
  return sum(devices.map(device => device.missingBytes))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
