/**
 * What the origin can say of patches, for its routes: which sets there are, what a part belongs to, and the difference between
 * two manifests, made when it is asked for. Knows nothing of grants and HTTP.
 */
import { MAX_PART_DICTIONARY_BYTES, MAX_PART_MAKES_BYTES } from '../../protocol/limits.ts'
import { makePart } from '../publishing/make-part.ts'
import { findPatchSet, hasPart } from '../records/patch-sets.ts'
import { findSignedManifest } from '../records/releases.ts'
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

/** Those asked for last; a fleet moves between few releases at a time. */
const MANIFEST_PATCHES_IN_MEMORY = 64

export function createPatchCatalogue(
  db: Db,
  maker: { expectedAt(from: string, to: string): Promise<number | null> },
): PatchCatalogue {
  const manifestPatches = new Map<string, Promise<Uint8Array | null>>()

  async function makeManifestPatch(from: string, to: string): Promise<Uint8Array | null> {
    const [old, wanted] = [await findSignedManifest(db, from), await findSignedManifest(db, to)]
    if (old === null || wanted === null || old.package !== wanted.package) return null
    const [dictionary, text] = [Buffer.from(old.signedManifestText), Buffer.from(wanted.signedManifestText)]
    if (dictionary.length > MAX_PART_DICTIONARY_BYTES || text.length > MAX_PART_MAKES_BYTES) return null
    return await makePart([dictionary], [text], new AbortController().signal)
  }

  return {
    async patchSet(from, to) {
      const set = await findPatchSet(db, from, to)
      if (set !== null) return set.hasParts ? { document: set.document, digest: set.digest } : null
      const expectedAt = await maker.expectedAt(from, to)
      return expectedAt === null ? null : { expectedAt }
    },
    hasPart: (to, partDigest) => hasPart(db, to, partDigest),
    async manifestPatch(from, to) {
      const key = `${from}:${to}`
      const made = manifestPatches.get(key) ?? makeManifestPatch(from, to)
      manifestPatches.delete(key)
      manifestPatches.set(key, made)
      const [oldest] = manifestPatches.keys()
      if (manifestPatches.size > MANIFEST_PATCHES_IN_MEMORY && oldest !== undefined)
        manifestPatches.delete(oldest)
      const patch = await made.catch(error => {
        manifestPatches.delete(key)
        throw error
      })
      // Whoever asks for releases that do not exist drives nothing out.
      if (patch === null) manifestPatches.delete(key)
      return patch
    },
  }
}
