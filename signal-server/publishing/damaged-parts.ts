/**
 * Patches of which a part is damaged are forgotten and made again: parts are not published, so nothing else would repair them.
 * Until then updates take the chunks.
 */
import { dropPatchSetsWith } from '../records/patch-sets.ts'
import { findChunks } from '../records/releases.ts'
import type { Db } from '../records/tables.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'

/** Returns how many parts of patches were damaged; their patches are to be made now. */
export async function forgetDamagedParts(
  db: Db,
  vault: Pick<ChunkVault, 'damaged' | 'remove'>,
): Promise<number> {
  const damaged = [...vault.damaged]
  const isChunk = await findChunks(db, damaged)
  let parts = 0
  for (const digest of damaged) {
    if (await db.transaction().execute(trx => dropPatchSetsWith(trx, digest))) parts++
    // Nothing wants it any more.
    if (!isChunk.has(digest)) await vault.remove(digest)
  }
  return parts
}
