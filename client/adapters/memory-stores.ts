/**
 * Chunk and record stores in memory: what is left when the disk cannot be used, and the base of the test doubles.
 * Bounded, since a kiosk's memory also holds the app. Values are copied in and out, as IndexedDB does.
 */
import type { ChunkStore, PutResult, RecordStore } from '../ports.ts'

/** Enough for an ordinary package, and still bearable for a kiosk with 2 GiB. */
const DEFAULT_MEMORY_LIMIT_BYTES = 512 * 1024 * 1024

export function createMemoryChunkStore(limitBytes = DEFAULT_MEMORY_LIMIT_BYTES): ChunkStore {
  const chunks = new Map<string, Uint8Array<ArrayBuffer>>()
  let heldBytes = 0

  function put(digest: string, encoded: Uint8Array<ArrayBuffer>): PutResult {
    const grownBy = encoded.byteLength - (chunks.get(digest)?.byteLength ?? 0)
    if (heldBytes + grownBy > limitBytes) {
      return { ok: false, reason: 'quota', message: `more than ${limitBytes} bytes do not fit into memory` }
    }
    heldBytes += grownBy
    chunks.set(digest, encoded.slice())
    return { ok: true }
  }

  return {
    kind: 'memory',
    digests: async () => new Set(chunks.keys()),
    get: async digest => chunks.get(digest)?.slice() ?? null,
    put: async (digest, encoded) => put(digest, encoded),
    remove: async digests => {
      for (const digest of digests) {
        heldBytes -= chunks.get(digest)?.byteLength ?? 0
        chunks.delete(digest)
      }
    },
    close: () => {},
  }
}

export function createMemoryRecordStore(): RecordStore {
  const records = new Map<string, unknown>()
  return {
    get: async key => structuredClone(records.get(key)),
    setMany: async entries => {
      // All are cloned before the first becomes visible: a value that cannot be cloned leaves everything as it was.
      const cloned = entries.map(([key, value]) => [key, structuredClone(value)] as const)
      for (const [key, value] of cloned) records.set(key, value)
    },
    remove: async keys => {
      for (const key of keys) records.delete(key)
    },
    keys: async () => [...records.keys()],
    close: () => {},
    abandon: () => {},
  }
}
