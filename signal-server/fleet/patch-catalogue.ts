/**
 * What the origin can say of patches, for its routes: which sets there are, what a part belongs to, and the difference between
 * two manifests. It only looks things up: these routes ask for no credentials. Knows nothing of grants and HTTP.
 */
import { dropManifestDifference, findManifestDifference } from '../records/manifest-differences.ts'
import { findPatchSet, hasPart } from '../records/patch-sets.ts'
import type { Db } from '../records/tables.ts'

/** The canonical JSON text; or it is being made, or waits for its turn, and is expected at that time, epoch ms. */
type PatchSetAnswer =
  | { readonly document: string; readonly digest: string }
  | { readonly expectedAt: number }
  | null

export interface PatchCatalogue {
  patchSet(from: string, to: string): Promise<PatchSetAnswer>
  /** Whether a part of this digest leads to release `to`. */
  hasPart(to: string, partDigest: string): Promise<boolean>
  /** The signed manifest of `to`, as a zstd frame with that of `from` as dictionary; null where that cannot be. */
  manifestPatch(from: string, to: string): Promise<Uint8Array | null>
}

/** `onDamaged`: a difference was damaged and forgotten, and is to be made again. */
export function createPatchCatalogue(
  db: Db,
  maker: { expectedAt(from: string, to: string): Promise<number | null> },
  onDamaged: () => void,
): PatchCatalogue {
  return {
    async patchSet(from, to) {
      const set = await findPatchSet(db, from, to)
      if (set !== null) return set.hasParts ? { document: set.document, digest: set.digest } : null
      const expectedAt = await maker.expectedAt(from, to)
      return expectedAt === null ? null : { expectedAt }
    },
    hasPart: (to, partDigest) => hasPart(db, to, partDigest),
    async manifestPatch(from, to) {
      const difference = await findManifestDifference(db, from, to)
      if (difference !== 'damaged') return difference
      await dropManifestDifference(db, from, to)
      onDamaged()
      return null
    },
  }
}
