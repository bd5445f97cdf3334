/**
 * Chunks between the network, the chunk store and whoever reads them: what goes in is verified first, what comes out
 * is verified again, because the store is a cache that may rot. Decides nothing about where chunks come from.
 */
import { sha256Hex } from '../../protocol/keys.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import type { ChunkStore, DecodeChunk, PutResult } from '../ports.ts'

/** Encoded chunks just stored or served are kept: several kiosks ask for the same ones within moments. */
const KEPT_BYTES = 16 * 1024 * 1024

export type IngestResult =
  | PutResult
  | { readonly ok: false; readonly reason: 'bad-chunk'; readonly message: string }

export class ChunkIo {
  readonly #store: ChunkStore
  readonly #decode: DecodeChunk
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>()
  #keptBytes = 0

  constructor(store: ChunkStore, decode: DecodeChunk) {
    this.#store = store
    this.#decode = decode
  }

  /** Stores an encoded chunk if, decoded, it has the manifest's digest and size. Durable once `ok`. Never rejects. */
  async ingest(chunk: ManifestChunk, encoded: Uint8Array<ArrayBuffer>): Promise<IngestResult> {
    if (!(await this.#isChunk(chunk, encoded))) {
      return { ok: false, reason: 'bad-chunk', message: `not the chunk ${chunk.digest.slice(0, 12)}` }
    }
    const result = await this.#store.put(chunk.digest, encoded)
    if (result.ok) this.#keep(chunk.digest, encoded)
    return result
  }

  /** The encoded chunk, verified; null when it is missing or rotten. Never rejects. */
  async readEncoded(chunk: ManifestChunk): Promise<Uint8Array<ArrayBuffer> | null> {
    const kept = this.#kept.get(chunk.digest)
    if (kept !== undefined) return kept
    const encoded = await this.#store.get(chunk.digest).catch(() => null)
    if (encoded === null || !(await this.#isChunk(chunk, encoded))) return null
    this.#keep(chunk.digest, encoded)
    return encoded
  }

  /** Encoded bytes of a chunk that is held and right, without keeping it in memory; null otherwise. */
  async heldBytes(chunk: ManifestChunk): Promise<number | null> {
    const encoded = await this.#store.get(chunk.digest).catch(() => null)
    return encoded !== null && (await this.#isChunk(chunk, encoded)) ? encoded.byteLength : null
  }

  digests(): Promise<ReadonlySet<string>> {
    return this.#store.digests()
  }

  async remove(digests: readonly string[]): Promise<void> {
    for (const digest of digests) this.#forget(digest)
    await this.#store.remove(digests)
  }

  /** Removes a record that was found rotten, so that the next reader does not find it again. */
  async discard(digest: string): Promise<void> {
    await this.remove([digest])
  }

  async #isChunk(chunk: ManifestChunk, encoded: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const raw = await this.#decode(encoded, chunk.sizeBytes)
    return raw !== null && raw.byteLength === chunk.sizeBytes && (await sha256Hex(raw)) === chunk.digest
  }

  #keep(digest: string, encoded: Uint8Array<ArrayBuffer>): void {
    this.#forget(digest)
    this.#kept.set(digest, encoded)
    this.#keptBytes += encoded.byteLength
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES) break
      this.#forget(oldest)
    }
  }

  #forget(digest: string): void {
    const kept = this.#kept.get(digest)
    if (kept === undefined) return
    this.#kept.delete(digest)
    this.#keptBytes -= kept.byteLength
  }
}
