/** Chunks for tests of whatever takes chunks: seeded bytes, their digest, their encoded form. */
import { frameEncodedChunk } from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import { seededBytes } from './seeded-bytes.ts'

export interface SampleChunk extends ManifestChunk {
  readonly encoded: Uint8Array<ArrayBuffer>
}

/** Incompressible, so `identity`. */
export const sampleChunk = (seed: number, sizeBytes: number) => chunkOf(seededBytes(seed, sizeBytes))

/** `zstdBody`: the raw bytes encoded, if the chunk is to travel so. */
export async function chunkOf(raw: Uint8Array<ArrayBuffer>, zstdBody: Uint8Array | null = null) {
  const encoded = frameEncodedChunk(raw, zstdBody)
  return { digest: await sha256Hex(raw), sizeBytes: raw.byteLength, encoded } satisfies SampleChunk
}
