/**
 * The directory's answers for as long as they hold: every chunk request asks again what its device may do, and must see a
 * change at once without a query each time. Forgets what a change touches before anybody else hears of the change.
 */
import type { Assignment } from '../../protocol/assignment.ts'
import type { DeviceRecord, FleetChange, FleetDirectory } from '../fleet-directory.ts'
import type { SitePlan } from './site-hub.ts'

/** Devices remembered; beyond it all are forgotten at once, which costs a query each and is rare. */
const MAX_CACHED_DEVICES = 20_000

export class DirectoryCache {
  readonly #directory: FleetDirectory
  readonly #devices = new Map<string, Promise<DeviceRecord | null>>()
  readonly #plans = new Map<string, Promise<SitePlan>>()
  #changes = 0

  constructor(directory: FleetDirectory) {
    this.#directory = directory
  }

  /** Rises with every change: whoever read before and compares after knows whether it read too early. */
  get changes(): number {
    return this.#changes
  }

  /** As the directory's own, after this cache has forgotten what changed. */
  onChange(listener: (change: FleetChange) => void): () => void {
    return this.#directory.onChange(change => {
      this.#forget(change)
      listener(change)
    })
  }

  device(deviceId: string): Promise<DeviceRecord | null> {
    if (this.#devices.size > MAX_CACHED_DEVICES) this.#devices.clear()
    return remember(this.#devices, deviceId, async () => {
      const record = await this.#directory.device(deviceId)
      // An unknown device may enrol at any moment, and made-up ids must not fill the memory.
      if (record === null) this.#devices.delete(deviceId)
      return record
    })
  }

  plan(site: string): Promise<SitePlan> {
    return remember(this.#plans, site, async () => {
      const [assignments, storesWanted] = await Promise.all([
        this.#directory.assignmentsForSite(site),
        this.#directory.siteStoresWanted(site),
      ])
      return { assignments, storesWanted }
    })
  }

  assignments(site: string): Promise<readonly Assignment[]> {
    return this.plan(site).then(plan => plan.assignments)
  }

  #forget(change: FleetChange): void {
    this.#changes++
    switch (change.type) {
      case 'fleet':
        this.#plans.clear()
        return
      case 'site':
        this.#plans.delete(change.site)
        // Records carry the time zone and the limits of their site.
        this.#devices.clear()
        return
      case 'device':
        this.#devices.delete(change.deviceId)
        return
    }
  }
}

/** A failure is not remembered: the next one who asks tries again. */
function remember<T>(memory: Map<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const known = memory.get(key)
  if (known !== undefined) return known
  const loading = load()
  memory.set(key, loading)
  loading.catch(() => {
    if (memory.get(key) === loading) memory.delete(key)
  })
  return loading
}
