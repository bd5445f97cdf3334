/** Sites: a name, a time zone in which its local bounds are read, and how many stores the server keeps among `auto` devices. */
import { type DeviceLimits, noLimits } from '../../protocol/assignment.ts'
import type { Db } from './tables.ts'

export interface SiteRecord {
  readonly name: string
  /** IANA name. */
  readonly timeZone: string
  readonly storesWanted: number
  readonly limits: DeviceLimits
}

export async function findSite(db: Db, name: string): Promise<SiteRecord | null> {
  const row = await db.selectFrom('sites').selectAll().where('name', '=', name).executeTakeFirst()
  return row ? siteOf(row) : null
}

/** All sites by name. */
export async function listSites(db: Db): Promise<SiteRecord[]> {
  return (await db.selectFrom('sites').selectAll().orderBy('name').execute()).map(siteOf)
}

/** Creates the site or replaces its settings. */
export async function putSite(db: Db, site: SiteRecord, now: number): Promise<void> {
  const settings = { time_zone: site.timeZone, stores_wanted: site.storesWanted, updated_at: now }
  await db
    .insertInto('sites')
    .values({ name: site.name, ...settings })
    .onConflict(conflict => conflict.column('name').doUpdateSet(settings))
    .execute()
}

function siteOf(row: { name: string; time_zone: string; stores_wanted: number }): SiteRecord {
  return { name: row.name, timeZone: row.time_zone, storesWanted: row.stores_wanted, limits: noLimits }
}
