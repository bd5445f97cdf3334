/** Which releases each package keeps: the setting, and what it lets go now. */
import { type Retention, releasesToRemove } from '../../policy/release-retention.ts'
import { isUsed, usesOfReleases } from './release-use.ts'
import { listReleases, type ReleaseRecord } from './releases.ts'
import type { Db } from './tables.ts'

export async function findRetention(db: Db, packageName: string): Promise<Retention> {
  const row = await db
    .selectFrom('packages')
    .select(['keep_releases', 'keep_for_s'])
    .where('name', '=', packageName)
    .executeTakeFirst()
  return {
    keepReleases: row?.keep_releases ?? null,
    keepForS: row?.keep_for_s == null ? null : Number(row.keep_for_s),
  }
}

export async function setRetention(db: Db, packageName: string, retention: Retention): Promise<void> {
  await db
    .updateTable('packages')
    .set({ keep_releases: retention.keepReleases, keep_for_s: retention.keepForS })
    .where('name', '=', packageName)
    .execute()
}

/** Packages that do not keep all of their releases. */
export async function packagesWithRetention(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('packages')
    .select('name')
    .where(({ eb, or }) => or([eb('keep_releases', 'is not', null), eb('keep_for_s', 'is not', null)]))
    .orderBy('name')
    .execute()
  return rows.map(row => row.name)
}

/** The releases that go with this setting at `now`, newest first. */
export async function expiredReleases(
  db: Db,
  packageName: string,
  retention: Retention,
  now: number,
): Promise<ReleaseRecord[]> {
  const useOf = await usesOfReleases(db, packageName)
  const releases = await listReleases(db, packageName)
  return releasesToRemove(releases, ({ release }) => isUsed(useOf(release)), retention, now)
}
