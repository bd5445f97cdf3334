/**
 * Chunks in the vault that no release has, and since when the server knows: an upload that goes on, or one that was
 * given up. Whoever is told that a chunk is here gets a fresh term for it (`forgetOrphans`).
 */
import { batches } from './releases.ts'
import type { Db } from './tables.ts'

/** Notes these as orphans since `now`, unless they are noted already; drops notes of chunks that are none any more. */
export async function noteOrphans(db: Db, digests: readonly string[], now: number): Promise<void> {
  const orphans = new Set(digests)
  const noted = await db.selectFrom('orphan_chunks').select('digest').execute()
  await forgetOrphans(
    db,
    noted.map(row => row.digest).filter(digest => !orphans.has(digest)),
  )
  for (const batch of batches(digests)) {
    await db
      .insertInto('orphan_chunks')
      .values(batch.map(digest => ({ digest, seen_at: now })))
      .onConflict(conflict => conflict.column('digest').doNothing())
      .execute()
  }
}

/** Orphans that were noted before `before` and still are. */
export async function orphansSince(db: Db, before: number): Promise<string[]> {
  const rows = await db.selectFrom('orphan_chunks').select('digest').where('seen_at', '<', before).execute()
  return rows.map(row => row.digest)
}

export async function forgetOrphans(db: Db, digests: readonly string[]): Promise<void> {
  for (const batch of batches(digests)) {
    await db.deleteFrom('orphan_chunks').where('digest', 'in', batch).execute()
  }
}
