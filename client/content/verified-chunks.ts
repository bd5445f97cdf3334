/**
 * Raw chunks that are what their digest says: read from the store, decoded, hashed. Keeps a few, because small files
 * share chunks and pages ask for their neighbours next. Repairs nothing; whoever is told of a bad chunk does.
 */
import { sha256Hex } from '../../protocol/keys.ts'
import { MIB } from '../../protocol/limits.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import type { ChunkStore, DecodeChunk } from '../ports.ts'

/** Verified raw bytes that are kept; two of the largest chunks, or some sixty ordinary ones. */
const KEPT_BYTES = 8 * MIB

export type ChunkBytes =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  /** `missing`: no record; `rotten`: a record that is not this chunk. */
  | { readonly ok: false; readonly reason: 'missing' | 'rotten'; readonly digest: string }

/** The chunk's raw bytes, shared with other readers: not to be changed. Never rejects. */
export type ReadChunk = (chunk: ManifestChunk) => Promise<ChunkBytes>

export function createVerifiedChunks(
  store: Pick<ChunkStore, 'get'>,
  decode: DecodeChunk,
  keptBytes = KEPT_BYTES,
): ReadChunk {
  /** In order of use, the longest unused first. */
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  const underWay = new Map<string, Promise<ChunkBytes>>()
  let heldBytes = 0

  function keep(digest: string, bytes: Uint8Array<ArrayBuffer>): void {
    kept.set(digest, bytes)
    heldBytes += bytes.byteLength
    for (const [oldest, oldBytes] of kept) {
      if (heldBytes <= keptBytes) break
      kept.delete(oldest)
      heldBytes -= oldBytes.byteLength
    }
  }

  async function load({ digest, sizeBytes }: ManifestChunk): Promise<ChunkBytes> {
    const encoded = await store.get(digest).catch(() => null)
    if (!encoded) return { ok: false, reason: 'missing', digest }
    const bytes = await decode(encoded, sizeBytes)
    if (!bytes || (await sha256Hex(bytes)) !== digest) return { ok: false, reason: 'rotten', digest }
    keep(digest, bytes)
    return { ok: true, bytes }
  }

  return async chunk => {
    const held = kept.get(chunk.digest)
    if (held && held.byteLength === chunk.sizeBytes) {
      kept.delete(chunk.digest)
      kept.set(chunk.digest, held)
      return { ok: true, bytes: held }
    }
    const key = `${chunk.digest}:${chunk.sizeBytes}`
    const loading = underWay.get(key) ?? load(chunk)
    underWay.set(key, loading)
    try {
      return await loading
    } finally {
      underWay.delete(key)
    }
  }
}
