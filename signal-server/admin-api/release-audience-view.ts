/**
 * Who would get a release that is published now, when, and what that would move, in the words and by the estimate of the
 * preview of distribution options. Reads records and the board; changes nothing.
 */
import { resolveWindows } from '../../policy/bounds.ts'
import { estimateUplinkBytes } from '../../policy/uplink-estimate.ts'
import type { Audience } from '../../protocol/admin/audience.ts'
import type { FleetBoard } from '../fleet-watch/fleet-board.ts'
import { profilesGivingPackage } from '../records/assignments.ts'
import { findProfile, type ProfilePackage } from '../records/profiles.ts'
import { listSites } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import { phasesAt, takeoverWords } from './distribution-preview.ts'

export async function releaseAudience(
  { db, board }: { readonly db: Db; readonly board: FleetBoard },
  packageName: string,
  missingBytes: number,
  now: number,
): Promise<Audience> {
  const givers = await profilesGivingPackage(db, packageName)
  const entries = await entriesOf(db, new Set(givers.values()), packageName)
  const sites: Audience['sites'] = []
  const pinned = new Map<string, Audience['pinned'][number]>()
  for (const { name, timeZone } of await listSites(db)) {
    const profile = givers.get(name)
    const entry = profile === undefined ? undefined : entries.get(profile)
    if (profile === undefined || entry === undefined) continue
    if (entry.release !== 'latest') {
      const known = pinned.get(profile) ?? { profile, release: entry.release, sites: 0 }
      pinned.set(profile, { ...known, sites: known.sites + 1 })
      continue
    }
    const rows = board.rowsOf(name).filter(row => row.device.state === 'accepted')
    const storesOnline = rows.filter(row => row.role === 'store' && row.isOnline).length
    const windows = resolveWindows(entry.distribution, { timeZone, publishedAt: now })
    const needy = rows.map(({ role }) => ({ role, missingBytes }))
    sites.push({
      site: name,
      profile,
      devices: rows.length,
      offline: rows.filter(row => !row.isOnline).length,
      storesOnline,
      kiosks: phasesAt(windows, { timeZone, now })
        .kiosks.phases.filter(({ until }) => until === null || Date.parse(until) > now)
        .map(({ sentence }) => sentence)
        .join('; '),
      takeover: takeoverWords(entry.update, { timeZone, now }, 0),
      uplinkBytes: estimateUplinkBytes(needy, windows, storesOnline > 0, now),
    })
  }
  const sum = (of: (site: Audience['sites'][number]) => number) =>
    sites.reduce((total, site) => total + of(site), 0)
  return {
    devices: sum(site => site.devices),
    offline: sum(site => site.offline),
    uplinkBytes: sum(site => site.uplinkBytes),
    sites,
    pinned: [...pinned.values()],
  }
}

async function entriesOf(
  db: Db,
  profiles: ReadonlySet<string>,
  packageName: string,
): Promise<ReadonlyMap<string, ProfilePackage>> {
  const entries = new Map<string, ProfilePackage>()
  for (const name of profiles) {
    const entry = (await findProfile(db, name))?.packages.find(one => one.package === packageName)
    if (entry !== undefined) entries.set(name, entry)
  }
  return entries
}
