/**
 * Chunks between the network, the chunk store and whoever reads them, on the thread that calls: in the chunk worker, in
 * tests, and in the page where workers cannot be had. Decides nothing about where chunks come from.
 */
import type { ZstdDecoder } from '../../protocol/encoded-chunk.ts'
import { sha256Hex } from '../../protocol/keys.ts'
import { MIB } from '../../protocol/limits.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import type { ChunkIo, ChunkStore, DecodeChunk, IngestResult, PartRecipe, PutResult } from '../ports.ts'
import { freeBytes } from './free-bytes.ts'
import { KeptChunks } from './kept-chunks.ts'
import { decodeTextPatch, makeChunks } from './make-chunks.ts'

/** What a store keeps in memory of the chunks that go in and out. */
export const KEPT_BYTES = 16 * MIB
/** No digest; if it stays behind, it is one of the strays that go when the disk is tidied. */
const TRIAL_KEY = 'trial'
/** Chunks read at once while the disk's content is checked: enough to keep reading and hashing both busy. */
const CHECK_PARALLEL = 8

const noZstd: ZstdDecoder = () => {
  throw new Error('there is no zstd decoder here')
}

export class LocalChunkIo implements ChunkIo {
  readonly kind: ChunkStore['kind']
  readonly #store: ChunkStore
  readonly #decode: DecodeChunk
  readonly #decodeZstd: ZstdDecoder
  readonly #kept: KeptChunks
  /** Writes under way: whoever reads such a chunk waits for the disk. */
  readonly #writing = new Map<string, Promise<unknown>>()

  constructor(
    store: ChunkStore,
    decode: DecodeChunk,
    keptBytes = KEPT_BYTES,
    decodeZstd: ZstdDecoder = noZstd,
  ) {
    this.#decodeZstd = decodeZstd
    this.kind = store.kind
    this.#store = store
    this.#decode = decode
    this.#kept = new KeptChunks(keptBytes)
  }

  async ingest(
    chunk: ManifestChunk,
    encoded: Uint8Array<ArrayBuffer>,
    onVerified?: () => void,
  ): Promise<IngestResult> {
    const { digest } = chunk
    const writing = this.#ingest(chunk, encoded, onVerified)
    this.#writing.set(digest, writing)
    const result = await writing
    if (this.#writing.get(digest) === writing) this.#writing.delete(digest)
    return result
  }

  async readEncoded(chunk: ManifestChunk): Promise<Uint8Array<ArrayBuffer> | null> {
    const kept = this.#kept.get(chunk.digest)
    if (kept !== undefined) return kept
    const encoded = await this.peek(chunk.digest)
    if (encoded === null || !(await this.#isChunk(chunk, encoded))) return null
    this.#kept.keep(chunk.digest, encoded)
    return encoded
  }

  async heldBytes(chunks: readonly ManifestChunk[]): Promise<readonly (number | null)[]> {
    const sizes = new Array<number | null>(chunks.length).fill(null)
    const present = await this.digests().catch((): ReadonlySet<string> => new Set())
    const waiting = [...chunks.entries()].filter(([, { digest }]) => present.has(digest))
    const rotten: string[] = []
    const check = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, chunk] = next
        const encoded = await this.peek(chunk.digest)
        if (encoded !== null && (await this.#isChunk(chunk, encoded))) sizes[at] = encoded.byteLength
        else rotten.push(chunk.digest)
        if (encoded !== null) freeBytes(encoded)
      }
    }
    await Promise.all(Array.from({ length: CHECK_PARALLEL }, check))
    await this.remove(rotten).catch(() => {})
    return sizes
  }

  digests(): Promise<ReadonlySet<string>> {
    return this.#store.digests()
  }

  async peek(digest: string): Promise<Uint8Array<ArrayBuffer> | null> {
    await this.#writing.get(digest)
    return this.#store.get(digest).catch(() => null)
  }

  async makeChunks(recipe: PartRecipe): Promise<boolean> {
    const store = {
      get: (digest: string) => this.peek(digest),
      put: (digest: string, encoded: Uint8Array<ArrayBuffer>) => this.#store.put(digest, encoded),
    }
    return await makeChunks(store, this.#decodeZstd, recipe).catch(() => false)
  }

  patchText(old: string, patch: Uint8Array<ArrayBuffer>): Promise<string | null> {
    return decodeTextPatch(old, patch, this.#decodeZstd)
  }

  async tryPut(sizeBytes: number): Promise<PutResult> {
    const result = await this.#store.put(TRIAL_KEY, new Uint8Array(sizeBytes))
    if (result.ok) await this.#store.remove([TRIAL_KEY]).catch(() => {})
    return result
  }

  async remove(digests: readonly string[]): Promise<void> {
    for (const digest of digests) this.#kept.forget(digest)
    await this.#store.remove(digests)
  }

  close(): void {
    this.#store.close()
  }

  async #ingest(
    chunk: ManifestChunk,
    encoded: Uint8Array<ArrayBuffer>,
    onVerified: (() => void) | undefined,
  ): Promise<IngestResult> {
    const { digest } = chunk
    if (!(await this.#isChunk(chunk, encoded))) {
      return { ok: false, reason: 'bad-chunk', message: `not the chunk ${digest.slice(0, 12)}` }
    }
    const writing = this.#store.put(digest, encoded)
    if (onVerified !== undefined) {
      this.#kept.keep(digest, encoded)
      onVerified()
    }
    const result = await writing
    if (!result.ok) this.#kept.forget(digest)
    return result
  }

  async #isChunk(chunk: ManifestChunk, encoded: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const raw = await this.#decode(encoded, chunk.sizeBytes)
    if (raw === null) return false
    const isChunk = raw.byteLength === chunk.sizeBytes && (await sha256Hex(raw)) === chunk.digest
    if (raw.buffer !== encoded.buffer) freeBytes(raw)
    return isChunk
  }
}
