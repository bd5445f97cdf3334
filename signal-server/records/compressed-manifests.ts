/**
 * Signed manifests as gzip, made once. A row among the differences between manifests: the one that leads from nothing. Releases for
 * which there is none are sent as they are.
 */
import { hash } from 'node:crypto'
import type { Db } from './tables.ts'

/** Stands for no earlier release; no digest is empty. */
export const FROM_NOTHING = ''

/** Making one twice leaves the first. */
export async function insertCompressedManifest(db: Db, digest: string, gzip: Uint8Array): Promise<void> {
  await db
    .insertInto('manifest_differences')
    .values({
      to_digest: digest,
      from_digest: FROM_NOTHING,
      sha256: hash('sha256', gzip, 'hex'),
      difference: gzip,
    })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Null where there is none, where its bytes are not what was made, and for what is no release. */
export async function findCompressedManifest(db: Db, digest: string): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('manifest_differences')
    .innerJoin('releases', 'releases.digest', 'manifest_differences.to_digest')
    .select(['manifest_differences.sha256', 'manifest_differences.difference'])
    .where('to_digest', '=', digest)
    .where('from_digest', '=', FROM_NOTHING)
    .executeTakeFirst()
  if (row === undefined || hash('sha256', row.difference, 'hex') !== row.sha256) return null
  return row.difference
}

/** Digests of releases whose manifest was not compressed yet, such as those of an earlier version of the server. */
export async function releasesWithoutCompressed(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('releases')
    .leftJoin('manifest_differences', join =>
      join
        .onRef('manifest_differences.to_digest', '=', 'releases.digest')
        .on('manifest_differences.from_digest', '=', FROM_NOTHING),
    )
    .select('releases.digest')
    .where('manifest_differences.sha256', 'is', null)
    .orderBy('releases.published_at', 'desc')
    .execute()
  return rows.map(row => row.digest)
}
