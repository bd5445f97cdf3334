/**
 * Removes releases with what only they have: manifests, differences, patches, and the rows of chunks that no other release
 * has. The bytes of those chunks are then in the vault without a release, and go as those of unfinished publications do.
 */
import { batches } from './releases.ts'
import type { Db } from './tables.ts'

export interface ChunkSum {
  readonly chunks: number
  readonly encodedBytes: number
}

/** The chunks that only these releases (digests) have. */
export async function chunksOnlyIn(db: Db, releases: readonly string[]): Promise<ChunkSum> {
  if (releases.length === 0) return { chunks: 0, encodedBytes: 0 }
  const row = await ownChunks(db, releases)
    .select(({ fn }) => [fn.countAll().as('chunks'), fn.sum('encoded_bytes').as('bytes')])
    .executeTakeFirst()
  return { chunks: Number(row?.chunks ?? 0), encodedBytes: Number(row?.bytes ?? 0) }
}

/** Run it in a transaction. What they are numbered stays taken. */
export async function deleteReleases(db: Db, releases: readonly string[]): Promise<void> {
  for (const release of releases) {
    const chunks = (await ownChunks(db, [release]).select('digest').execute()).map(row => row.digest)
    for (const table of ['patch_parts', 'patch_sets', 'manifest_differences'] as const)
      await db
        .deleteFrom(table)
        .where(({ eb, or }) => or([eb('to_digest', '=', release), eb('from_digest', '=', release)]))
        .execute()
    await db.deleteFrom('release_chunks').where('release_digest', '=', release).execute()
    for (const batch of batches(chunks)) await db.deleteFrom('chunks').where('digest', 'in', batch).execute()
    await db.deleteFrom('releases').where('digest', '=', release).execute()
  }
}

function ownChunks(db: Db, releases: readonly string[]) {
  return db
    .selectFrom('chunks')
    .where('digest', 'in', ({ selectFrom }) =>
      selectFrom('release_chunks').select('chunk_digest').where('release_digest', 'in', releases),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('release_chunks')
            .select('release_chunks.release_digest')
            .whereRef('release_chunks.chunk_digest', '=', 'chunks.digest')
            .where('release_chunks.release_digest', 'not in', releases),
        ),
      ),
    )
}
