/**
 * A chunk vault in memory, for tests of what stands on the port. It passes the same contract as the file vault.
 */
import {
  type ChunkState,
  type ChunkVault,
  checkEncodedChunk,
  isDigest,
  type PutResult,
  type StoredChunk,
} from '../../signal-server/vault/chunk-vault.ts'

export class MemoryVault implements ChunkVault {
  /** Encoded chunks by digest; a test may damage them to play a failing disk. */
  readonly chunks = new Map<string, Uint8Array>()
  readonly damaged = new Set<string>()

  async has(digest: string): Promise<boolean> {
    return this.chunks.has(digest)
  }

  async put(digest: string, encoded: Uint8Array): Promise<PutResult> {
    const checked = await checkEncodedChunk(digest, encoded)
    if (!checked.ok) return checked
    const held = this.chunks.get(digest)
    if (held && (await checkEncodedChunk(digest, held)).ok) {
      return { ok: true, added: false, rawBytes: checked.rawBytes, encodedBytes: held.length }
    }
    this.chunks.set(digest, encoded.slice())
    this.damaged.delete(digest)
    return { ok: true, added: true, rawBytes: checked.rawBytes, encodedBytes: encoded.length }
  }

  async get(digest: string): Promise<Uint8Array | null> {
    const held = this.chunks.get(digest)
    if (held === undefined) return null
    return (await this.verify(digest)) === 'whole' ? held : null
  }

  async verify(digest: string): Promise<ChunkState> {
    if (!isDigest(digest)) return 'missing'
    const held = this.chunks.get(digest)
    const isWhole = held !== undefined && (await checkEncodedChunk(digest, held)).ok
    if (this.chunks.get(digest) !== held) return await this.verify(digest)
    if (isWhole) this.damaged.delete(digest)
    if (isWhole) return 'whole'
    this.chunks.delete(digest)
    this.damaged.add(digest)
    return held === undefined ? 'missing' : 'damaged'
  }

  async sizes(digests: Iterable<string>): Promise<Map<string, number>> {
    const sizes = new Map<string, number>()
    for (const digest of digests) {
      const chunk = this.chunks.get(digest)
      if (chunk) sizes.set(digest, chunk.length)
    }
    return sizes
  }

  async remove(digest: string): Promise<boolean> {
    this.damaged.delete(digest)
    return this.chunks.delete(digest)
  }

  async *list(): AsyncIterable<StoredChunk> {
    for (const [digest, chunk] of this.chunks) yield { digest, encodedBytes: chunk.length }
  }
}
