/** Sites: a time zone in which local bounds are read, how many stores the server keeps among `auto` devices, and what they may do. */
import type { DeviceLimits } from '../../protocol/assignment.ts'
import type { Db, Tables } from './tables.ts'

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
  const settings = {
    time_zone: site.timeZone,
    stores_wanted: site.storesWanted,
    cache_bytes: site.limits.cacheBytes,
    upload_bytes_per_s: site.limits.uploadBytesPerS,
    updated_at: now,
  }
  await db
    .insertInto('sites')
    .values({ name: site.name, ...settings })
    .onConflict(conflict => conflict.column('name').doUpdateSet(settings))
    .execute()
}

/** With its places in profiles and its enrolment links. Rejects where a device has it. */
export async function deleteSite(db: Db, name: string): Promise<void> {
  await db.deleteFrom('sites').where('name', '=', name).execute()
}

/** The profiles that are applied to a site, by name. */
export async function profilesAt(db: Db, name: string): Promise<string[]> {
  const rows = await db
    .selectFrom('profile_sites')
    .select('profile')
    .where('site', '=', name)
    .orderBy('profile')
    .execute()
  return rows.map(row => row.profile)
}

function siteOf(row: Tables['sites']): SiteRecord {
  return {
    name: row.name,
    timeZone: row.time_zone,
    storesWanted: row.stores_wanted,
    limits: limitsOf(row),
  }
}

/** From the columns of a site, or of a device joined with its site; a device without one has no limits. */
export function limitsOf(row: Pick<Tables['sites'], 'cache_bytes' | 'upload_bytes_per_s'>): DeviceLimits {
  const numberOrNull = (value: number | null) => (value === null ? null : Number(value))
  return {
    cacheBytes: numberOrNull(row.cache_bytes),
    uploadBytesPerS: numberOrNull(row.upload_bytes_per_s),
  }
}
