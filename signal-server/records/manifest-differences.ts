/**
 * How to get from the signed manifest of an earlier release to that of a later one: bytes that were made once. A row stands
 * for a pair that was looked at, also where nothing could be made.
 */
import { hash } from 'node:crypto'
import { FROM_NOTHING } from './compressed-manifests.ts'
import { RELEASES_PATCHED, type ReleasePair } from './patch-sets.ts'
import { batches, isRelease } from './releases.ts'
import type { Db } from './tables.ts'

/** Releases that devices are expected to come from when `packageName` gets another, newest first. */
export async function releasesBefore(db: Db, packageName: string): Promise<string[]> {
  const rows = await db
    .selectFrom('releases')
    .select('digest')
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .limit(RELEASES_PATCHED)
    .execute()
  return rows.map(row => row.digest)
}

/** Pairs of an earlier release and the latest of its package for which no row is there. */
export async function pairsWithoutDifference(db: Db): Promise<ReleasePair[]> {
  const packages = await db.selectFrom('packages').select('name').orderBy('name').execute()
  const pairs: ReleasePair[] = []
  for (const { name } of packages) {
    const rows = await db
      .selectFrom('releases')
      .select('digest')
      .where('package', '=', name)
      .orderBy('number', 'desc')
      .limit(RELEASES_PATCHED + 1)
      .execute()
    const [to, ...before] = rows.map(row => row.digest)
    if (to === undefined || before.length === 0) continue
    const made = await db
      .selectFrom('manifest_differences')
      .select('from_digest')
      .where('to_digest', '=', to)
      .execute()
    const isMade = new Set(made.map(row => row.from_digest))
    pairs.push(...before.flatMap(from => (isMade.has(from) ? [] : [{ package: name, from, to }])))
  }
  return pairs
}

/** `difference`: null where there is none. Making a pair twice leaves the first; of a release that was deleted meanwhile nothing is kept. */
export async function insertManifestDifference(
  db: Db,
  { from, to }: Pick<ReleasePair, 'from' | 'to'>,
  difference: Uint8Array | null,
): Promise<void> {
  if (!(await isRelease(db, from)) || !(await isRelease(db, to))) return
  const bytes = difference ?? new Uint8Array(0)
  await db
    .insertInto('manifest_differences')
    .values({ to_digest: to, from_digest: from, sha256: hash('sha256', bytes, 'hex'), difference: bytes })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Null where there is none; `damaged` where its bytes are not what was made. */
export async function findManifestDifference(
  db: Db,
  from: string,
  to: string,
): Promise<Uint8Array | 'damaged' | null> {
  const row = await db
    .selectFrom('manifest_differences')
    .select(['sha256', 'difference'])
    .where('to_digest', '=', to)
    .where('from_digest', '=', from)
    .executeTakeFirst()
  if (row === undefined) return null
  if (hash('sha256', row.difference, 'hex') !== row.sha256) return 'damaged'
  return row.difference.byteLength > 0 ? row.difference : null
}

/** Forgets one, so that it is made again. */
export async function dropManifestDifference(db: Db, from: string, to: string): Promise<void> {
  await db
    .deleteFrom('manifest_differences')
    .where('to_digest', '=', to)
    .where('from_digest', '=', from)
    .execute()
}

/** Pairs whose bytes are not what was made. */
export async function damagedDifferences(db: Db): Promise<Pick<ReleasePair, 'from' | 'to'>[]> {
  const pairs = await db.selectFrom('manifest_differences').select(['to_digest', 'from_digest']).execute()
  const damaged: Pick<ReleasePair, 'from' | 'to'>[] = []
  for (const { from_digest: from, to_digest: to } of pairs)
    if ((await findManifestDifference(db, from, to)) === 'damaged') damaged.push({ from, to })
  return damaged
}

/** Forgets those that lead to a release which is not among the last few of its package any more. */
export async function dropOldManifestDifferences(db: Db, packageName: string): Promise<void> {
  const rows = await db
    .selectFrom('releases')
    .select('digest')
    .where('package', '=', packageName)
    .orderBy('number', 'desc')
    .execute()
  for (const batch of batches(rows.slice(RELEASES_PATCHED).map(row => row.digest)))
    await db
      .deleteFrom('manifest_differences')
      .where('to_digest', 'in', batch)
      // Any release may be pinned, and is then sent whole.
      .where('from_digest', '!=', FROM_NOTHING)
      .execute()
}
