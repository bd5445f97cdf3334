/**
 * Decodes encoded chunks in a page or a service worker with zstddec, whose WebAssembly is inlined (browsers' own
 * DecompressionStream has no zstd). Bounds and framing are `protocol/encoded-chunk.ts`; digests are the caller's.
 */
import { ZSTDDecoder } from 'zstddec'
import { decodeChunk } from '../../../protocol/encoded-chunk.ts'
import type { DecodeChunk } from '../../ports.ts'

const decoder = new ZSTDDecoder()

/** Never rejects: null for whatever does not decode to exactly `sizeBytes` bytes, or where WebAssembly is forbidden. */
export const decodeEncodedChunk: DecodeChunk = async (encoded, sizeBytes) => {
  try {
    const decoded = await decodeChunk(encoded, decodeZstd, sizeBytes)
    return decoded.ok ? (decoded.raw as Uint8Array<ArrayBuffer>) : null
  } catch {
    return null
  }
}

/** One frame to `sizeBytes` bytes, which the caller has bounded; what it gives back has another size when that is wrong. */
export async function decodeZstd(body: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  // zstddec fetches its inlined WebAssembly from a `data:` address: the page's policy has to allow that.
  await decoder.init()
  return decoder.decode(body, sizeBytes)
}
