/** Counts of the fleet and of each site, kept up to date one device at a time: nothing here ever looks at all devices. */
import type { FleetCounts } from '../../protocol/admin/overview.ts'
import type { SiteSummary } from '../../protocol/admin/sites.ts'

export type SiteCounts = SiteSummary['counts']
type CountName = keyof SiteCounts

/** What one device adds: each name counts one. */
export type Contribution = readonly CountName[]

const NO_COUNTS: SiteCounts = {
  devices: 0,
  online: 0,
  offline: 0,
  onWanted: 0,
  downloading: 0,
  waiting: 0,
  failed: 0,
  pending: 0,
  stores: 0,
  storesOnline: 0,
}

export class FleetTally {
  readonly #fleet = { ...NO_COUNTS }
  readonly #sites = new Map<string, SiteCounts>()

  get fleet(): FleetCounts {
    const { stores: _, storesOnline: __, ...counts } = this.#fleet
    return counts
  }

  ofSite(site: string): SiteCounts {
    return this.#sites.get(site) ?? NO_COUNTS
  }

  add(site: string | null, contribution: Contribution): void {
    this.#change(site, contribution, 1)
  }

  remove(site: string | null, contribution: Contribution): void {
    this.#change(site, contribution, -1)
  }

  #change(site: string | null, contribution: Contribution, by: 1 | -1): void {
    for (const name of contribution) this.#fleet[name] += by
    if (site === null || contribution.length === 0) return
    const counts = { ...this.ofSite(site) }
    for (const name of contribution) counts[name] += by
    this.#sites.set(site, counts)
  }
}
