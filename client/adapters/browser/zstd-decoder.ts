/**
 * Decodes encoded chunks in a page or a service worker with zstddec, whose WebAssembly is inlined (browsers' own
 * DecompressionStream has no zstd). Bounds and framing are `protocol/encoded-chunk.ts`; digests are the caller's.
 */
import { base64ToUint8Array } from 'uint8array-extras'
import { ZSTDDecoder } from 'zstddec'
import { decodeChunk } from '../../../protocol/encoded-chunk.ts'
import type { DecodeChunk } from '../../ports.ts'

const decoder = new ZSTDDecoder()
let ready: Promise<void> | null = null

/** Never rejects: null for whatever does not decode to exactly `sizeBytes` bytes, or where WebAssembly is forbidden. */
export const decodeEncodedChunk: DecodeChunk = async (encoded, sizeBytes) => {
  try {
    const decoded = await decodeChunk(encoded, decodeZstd, sizeBytes)
    return decoded.ok ? (decoded.raw as Uint8Array<ArrayBuffer>) : null
  } catch {
    return null
  }
}

async function decodeZstd(body: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  ready ??= initialise()
  await ready
  return decoder.decode(body, sizeBytes)
}

/**
 * zstddec fetches its inlined WebAssembly from a `data:` address, which a Content-Security-Policy forbids unless its
 * `connect-src` names `data:`. It does so before `init` returns, so for that one call it gets the bytes without asking.
 */
function initialise(): Promise<void> {
  const realFetch = globalThis.fetch
  globalThis.fetch = async input => {
    const [, base64 = ''] = String(input).split(',', 2)
    return new Response(new Uint8Array(base64ToUint8Array(base64)))
  }
  try {
    return decoder.init()
  } finally {
    globalThis.fetch = realFetch
  }
}
