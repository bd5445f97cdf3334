/**
 * The port behind which the origin keeps its chunks, encoded, under the SHA-256 of their raw bytes. Adapters: files
 * (`file-vault.ts`), memory (tests), later S3. `test/contract/chunk-vault.test.ts` is what each of them must pass.
 * Knows nothing of releases: which chunks are still wanted is decided elsewhere.
 */
import { decodeChunk, type EncodedChunkProblem } from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import { MAX_ENCODED_CHUNK_BYTES } from '../../protocol/limits.ts'
import { decodeZstd } from './zstd.ts'

type ChunkRefusalReason = 'invalid-digest' | 'wrong-digest' | EncodedChunkProblem

export type CheckedChunk =
  | { ok: true; rawBytes: number }
  | { ok: false; reason: ChunkRefusalReason; message: string }

/** `added` is false when the vault held the chunk already, in good state. */
export type PutResult =
  | { ok: true; added: boolean; rawBytes: number; encodedBytes: number }
  | { ok: false; reason: ChunkRefusalReason; message: string }

export type StoredChunk = { digest: string; encodedBytes: number }

/** `missing`: nothing is there under that digest. `unreadable`: the storage fails to give it, perhaps for a while. */
export type ChunkState = 'whole' | 'damaged' | 'missing' | 'unreadable'
export type ChunkFlaw = Exclude<ChunkState, 'whole'>

/**
 * Whatever is asked with something that is no digest (64 lower-case hex digits) is answered as for a chunk that is not held; `put`
 * refuses it. Every method rejects with a {@link ChunkVaultError} when the storage itself fails.
 */
export type ChunkVault = {
  /** Whether the chunk is held. True means as durable as an acknowledged `put`. */
  has(digest: string): Promise<boolean>
  /**
   * Stores an encoded chunk after decoding it, bounded, and comparing its digest. Once this resolves with `ok`, the chunk
   * survives the process and the power. Putting what is held changes nothing, except that a damaged copy is replaced.
   */
  put(digest: string, encoded: Uint8Array): Promise<PutResult>
  /**
   * The encoded chunk, verified when it was read from where it rests; null when it is not held. One that is damaged or cannot
   * be read is not held from then on. The caller must not change the bytes.
   */
  get(digest: string): Promise<Uint8Array | null>
  /** Encoded sizes in bytes of those of the given chunks that are held. */
  sizes(digests: Iterable<string>): Promise<Map<string, number>>
  /**
   * Reads a chunk that should be held from where it rests and verifies it. Unless it is whole it is in {@link damaged} from
   * then on, and not held, until it is put, or found whole again.
   */
  verify(digest: string): Promise<ChunkState>
  /** Chunks that were found damaged or unreadable, or missing where one was expected, and neither put nor found whole since. */
  readonly damaged: ReadonlySet<string>
  /** Forgets a chunk, also a damaged one; false when it was not held. */
  remove(digest: string): Promise<boolean>
  /** Every chunk held, in no particular order; what is put or removed meanwhile may appear or not. */
  list(): AsyncIterable<StoredChunk>
}

/** The storage failed, as opposed to the chunk being refused. `cause` is the system's error. */
export class ChunkVaultError extends Error {
  readonly reason: 'storage-full' | 'storage-failed'

  constructor(reason: 'storage-full' | 'storage-failed', message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'ChunkVaultError'
    this.reason = reason
  }
}

const DIGEST = /^[0-9a-f]{64}$/

/** What every vault asks before a digest becomes part of a name. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text)
}

/** Whether `encoded` decodes, within the bounds of a chunk, to bytes with that digest. Every vault's `put` asks this. */
export async function checkEncodedChunk(digest: string, encoded: Uint8Array): Promise<CheckedChunk> {
  if (!isDigest(digest)) {
    return { ok: false, reason: 'invalid-digest', message: 'a chunk is named by 64 lower-case hex digits' }
  }
  if (encoded.length > MAX_ENCODED_CHUNK_BYTES) {
    return {
      ok: false,
      reason: 'wrong-size',
      message: `an encoded chunk has at most ${MAX_ENCODED_CHUNK_BYTES} bytes`,
    }
  }
  const decoded = await decodeChunk(encoded, decodeZstd)
  if (!decoded.ok) return decoded
  // Not node:crypto's own hash: this one computes on the thread pool, and a chunk may have 4 MiB.
  const actual = await sha256Hex(decoded.raw)
  if (actual !== digest) {
    return { ok: false, reason: 'wrong-digest', message: `the chunk's digest is ${actual}, not ${digest}` }
  }
  return { ok: true, rawBytes: decoded.raw.length }
}
