/** Makes a patch between two small releases by hand, of several parts, each of which needs what those before it make. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { frameEncodedChunk, type ZstdDecoder } from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import {
  type PatchPart,
  type PatchSet,
  patchSetBytes,
  patchSetDigestOf,
} from '../../protocol/patching/patch-set.ts'
import type { SmallRelease } from './small-release.ts'

export interface SmallPatch {
  readonly digest: string
  /** What the origin announces. */
  readonly text: string
  /** Encoded, by digest. */
  readonly parts: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

const CHUNKS_PER_PART = 4
/** As the server does: a part that hardly saves anything is not made. */
const WORTHWHILE_SHARE = 0.9

/** Without leaving the thread, so that a simulated run depends on nothing but its seed. */
export const decodeZstdHere: ZstdDecoder = (body, sizeBytes) =>
  new Uint8Array(zstdDecompressSync(body, { maxOutputLength: sizeBytes }))

export async function makeSmallPatch(from: SmallRelease, to: SmallRelease): Promise<SmallPatch> {
  const old = differentChunks(from)
  const held = new Set(old.map(({ digest }) => digest))
  const fresh = differentChunks(to).filter(({ digest }) => !held.has(digest))
  const dictionary = old.map(({ digest }) => rawOf(from, digest))
  const made: number[] = []
  const madeRaw: Uint8Array[] = []
  const parts: PatchPart[] = []
  const encodedParts = new Map<string, Uint8Array<ArrayBuffer>>()
  for (let at = 0; at < fresh.length; at += CHUNKS_PER_PART) {
    const makes = fresh.slice(at, at + CHUNKS_PER_PART)
    const raws = makes.map(({ digest }) => rawOf(to, digest))
    const insteadOf = makes.map(({ digest }) => to.chunks.get(digest)?.byteLength ?? 0)
    const part = compress(Buffer.concat(raws), Buffer.concat([...dictionary, ...madeRaw]))
    if (part.byteLength > WORTHWHILE_SHARE * insteadOf.reduce((sum, size) => sum + size, 0)) continue
    const digest = await sha256Hex(part)
    parts.push({
      digest,
      sizeBytes: part.byteLength,
      makes: makes.map(({ index }) => index),
      insteadOf,
      from: old.map(({ index }) => index),
      made: [...made],
    })
    encodedParts.set(digest, frameEncodedChunk(part, null))
    made.push(...makes.map(({ index }) => index))
    madeRaw.push(...raws)
  }
  const set: PatchSet = { format: 1, from: from.digest, to: to.digest, parts }
  const text = new TextDecoder().decode(patchSetBytes(set))
  return { digest: await patchSetDigestOf(set), text, parts: encodedParts }
}

function compress(content: Buffer, dictionary: Buffer): Uint8Array {
  return zstdCompressSync(content, {
    dictionary,
    pledgedSrcSize: content.byteLength,
    params: { [constants.ZSTD_c_dictIDFlag]: 0, [constants.ZSTD_c_windowLog]: 17 },
  })
}

/** Each digest at its first index. */
function differentChunks({ manifest }: SmallRelease) {
  const seen = new Set<string>()
  return [...manifest.chunks.entries()].flatMap(([index, { digest }]) => {
    if (seen.has(digest)) return []
    seen.add(digest)
    return { index, digest }
  })
}

/** All chunks of small releases are `identity`: one byte, then themselves. */
const rawOf = ({ chunks }: SmallRelease, digest: string): Uint8Array =>
  chunks.get(digest)?.subarray(1) ?? new Uint8Array()
