/**
 * A patch set: how to make the chunks that release `to` has and release `from` has not, out of chunks that are there (docs/PROTOCOL.md,
 * rules PR-D). It is announced beside the manifest and not signed: what comes out of a part is verified like any chunk.
 * The digest of the set names a release of its own between peers, whose chunks are the parts.
 */
import * as v from 'valibot'
import { canonicalJsonBytes } from '../canonical-json.ts'
import { sha256Hex } from '../keys.ts'
import {
  MAX_CHUNKS_PER_RELEASE,
  MAX_ENCODED_CHUNK_BYTES,
  MAX_PART_BYTES,
  MAX_PART_DICTIONARY_BYTES,
  MAX_PART_MAKES_BYTES,
  MAX_PARTS_PER_PATCH_SET,
  MAX_PATCH_SET_BYTES,
} from '../limits.ts'
import type { ManifestChunk } from '../manifest.ts'
import { type Parsed, parseJsonWith } from '../parse.ts'
import { digestSchema } from '../primitives.ts'

const PATCH_SET_FORMAT = 1

const indexSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_CHUNKS_PER_RELEASE - 1))
const indexesSchema = v.pipe(v.array(indexSchema), v.maxLength(MAX_CHUNKS_PER_RELEASE))
const sizeUpTo = (maxBytes: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(maxBytes))

export const patchPartSchema = v.strictObject({
  /** SHA-256 of the part's bytes, and how many there are. */
  digest: digestSchema,
  sizeBytes: sizeUpTo(MAX_PART_BYTES),
  /** Chunks of `to`, in the order in which they come out. */
  makes: v.pipe(indexesSchema, v.minLength(1)),
  /** What each of them is as it travels otherwise, in bytes: so that a device can take whatever is less. */
  insteadOf: v.pipe(v.array(sizeUpTo(MAX_ENCODED_CHUNK_BYTES)), v.minLength(1)),
  /** The dictionary: first these chunks of `from`, then those of `to`, which an earlier part makes. */
  from: indexesSchema,
  made: indexesSchema,
})
export type PatchPart = v.InferOutput<typeof patchPartSchema>

export const patchSetSchema = v.strictObject({
  format: v.literal(PATCH_SET_FORMAT),
  from: digestSchema,
  to: digestSchema,
  parts: v.pipe(v.array(patchPartSchema), v.maxLength(MAX_PARTS_PER_PATCH_SET)),
})
export type PatchSet = v.InferOutput<typeof patchSetSchema>

type Chunks = readonly ManifestChunk[]

export function patchSetBytes(set: PatchSet): Uint8Array<ArrayBuffer> {
  return canonicalJsonBytes(set)
}

/** Names the set: SHA-256 of its canonical form. */
export async function patchSetDigestOf(set: PatchSet): Promise<string> {
  return sha256Hex(patchSetBytes(set))
}

/** Parses an announced set and checks it against both releases; nothing in it asks for more memory than the limits allow. */
export function parsePatchSet(
  text: string,
  from: { readonly digest: string; readonly chunks: Chunks },
  to: { readonly digest: string; readonly chunks: Chunks },
): Parsed<PatchSet> {
  const parsed = parseJsonWith(patchSetSchema, text, MAX_PATCH_SET_BYTES)
  if (!parsed.ok) return parsed
  const problem = checkPatchSet(parsed.value, from, to)
  return problem === null ? parsed : { ok: false, message: problem }
}

function checkPatchSet(
  set: PatchSet,
  from: { readonly digest: string; readonly chunks: Chunks },
  to: { readonly digest: string; readonly chunks: Chunks },
): string | null {
  if (set.from !== from.digest || set.to !== to.digest) return 'the patch set is for other releases'
  for (const [number, part] of set.parts.entries()) {
    if (part.insteadOf.length !== part.makes.length)
      return `part ${number} has another number of sizes than chunks`
    const makesBytes = sumOf(to.chunks, part.makes)
    const fromBytes = sumOf(from.chunks, part.from)
    const madeBytes = sumOf(to.chunks, part.made)
    if (makesBytes === null || fromBytes === null || madeBytes === null)
      return `part ${number} names a chunk that is not there`
    if (makesBytes > MAX_PART_MAKES_BYTES) return `part ${number} makes too much at once`
    if (fromBytes + madeBytes > MAX_PART_DICTIONARY_BYTES) return `part ${number} has too large a dictionary`
  }
  return null
}

function sumOf(chunks: Chunks, indexes: readonly number[]): number | null {
  let bytes = 0
  for (const index of indexes) {
    const chunk = chunks[index]
    if (chunk === undefined) return null
    bytes += chunk.sizeBytes
  }
  return bytes
}

/** The parts as the chunks of a release of their own: what peers ask each other for. */
export function partsAsChunks(set: PatchSet): ManifestChunk[] {
  return set.parts.map(({ digest, sizeBytes }) => ({ digest, sizeBytes }))
}
