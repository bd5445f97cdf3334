/**
 * Makes chunks out of a part of a patch and chunks that are here, verifying all of them: dictionary, part and what comes out.
 * Memory stays within what `protocol/limits.ts` allows a part; whoever calls makes one part at a time.
 */
import {
  decodeChunk,
  frameEncodedChunk,
  readZstdHeader,
  type ZstdDecoder,
} from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import { MAX_PART_DICTIONARY_BYTES, MAX_PART_MAKES_BYTES } from '../../protocol/limits.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import { frameWithDictionary } from '../../protocol/patching/patch-frame.ts'
import type { ChunkStore, PartRecipe } from '../ports.ts'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * True once every chunk is on the disk, durable. False, with nothing wrong on the disk, when a chunk of the dictionary or the
 * part is missing or rotten, when the part makes anything else, or when the disk takes no more.
 */
export async function makeChunks(
  store: Pick<ChunkStore, 'get' | 'put'>,
  decodeZstd: ZstdDecoder,
  { part, dictionary, makes }: PartRecipe,
): Promise<boolean> {
  const sizeBytes = sumOf(makes)
  if (sizeBytes > MAX_PART_MAKES_BYTES || sumOf(dictionary) > MAX_PART_DICTIONARY_BYTES) return false
  const body = await readRaw(store, decodeZstd, part)
  if (body === null) return false
  const content: Uint8Array[] = []
  for (const chunk of dictionary) {
    const raw = await readRaw(store, decodeZstd, chunk)
    if (raw === null) return false
    content.push(raw)
  }
  const made = await decodePatch(content, body, sizeBytes, decodeZstd)
  if (made === null) return false
  const ends = makes.map((_, number) => sumOf(makes.slice(0, number + 1)))
  for (const [number, chunk] of makes.entries()) {
    const end = ends[number] as number
    if ((await sha256Hex(made.slice(end - chunk.sizeBytes, end))) !== chunk.digest) return false
  }
  const puts = makes.map((chunk, number) => {
    const end = ends[number] as number
    return store.put(chunk.digest, frameEncodedChunk(made.subarray(end - chunk.sizeBytes, end), null))
  })
  return (await Promise.all(puts)).every(result => result.ok)
}

/** What a part makes out of the dictionary's content; null when it is not exactly `sizeBytes`. Never rejects. */
async function decodePatch(
  dictionary: readonly Uint8Array[],
  part: Uint8Array,
  sizeBytes: number,
  decodeZstd: ZstdDecoder,
): Promise<Uint8Array | null> {
  const frame = frameWithDictionary(dictionary, part, sizeBytes)
  if (frame === null) return null
  const totalBytes = dictionary.reduce((sum, { byteLength }) => sum + byteLength, sizeBytes)
  try {
    const decoded = await decodeZstd(frame, totalBytes)
    return decoded.byteLength === totalBytes ? decoded.subarray(totalBytes - sizeBytes) : null
  } catch {
    return null
  }
}

/** A text as a patch of another; null when it is not one, or larger than a part may make. Not verified. */
export async function decodeTextPatch(
  old: string,
  patch: Uint8Array,
  decodeZstd: ZstdDecoder,
): Promise<string | null> {
  const dictionary = new TextEncoder().encode(old)
  const sizeBytes = readZstdHeader(patch)?.contentSizeBytes ?? null
  if (sizeBytes === null || sizeBytes > MAX_PART_MAKES_BYTES) return null
  if (dictionary.byteLength > MAX_PART_DICTIONARY_BYTES) return null
  const text = await decodePatch([dictionary], patch, sizeBytes, decodeZstd)
  return text === null ? null : new TextDecoder().decode(text)
}

async function readRaw(
  store: Pick<ChunkStore, 'get'>,
  decodeZstd: ZstdDecoder,
  chunk: ManifestChunk,
): Promise<Bytes | null> {
  const encoded = await store.get(chunk.digest).catch(() => null)
  const decoded = encoded === null ? null : await decodeChunk(encoded, decodeZstd, chunk.sizeBytes)
  if (!decoded?.ok) return null
  const raw = decoded.raw as Bytes
  return (await sha256Hex(raw)) === chunk.digest ? raw : null
}

const sumOf = (chunks: readonly ManifestChunk[]) => chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
