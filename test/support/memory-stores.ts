/** Memory in place of a disk, with faults on demand: a full disk, failing writes, rotten records. */
import { createMemoryChunkStore, createMemoryRecordStore } from '../../client/adapters/memory-stores.ts'
import type { ChunkStore, PutResult, RecordStore } from '../../client/ports.ts'

export interface FaultyChunkStore extends ChunkStore {
  /** What the next puts answer, in order; after that they work again. */
  failNextPuts(...results: PutResult[]): void
  /** Flips one bit of the record. */
  rot(digest: string): Promise<void>
}

export function createFaultyChunkStore(limitBytes?: number): FaultyChunkStore {
  const store = createMemoryChunkStore(limitBytes)
  const failures: PutResult[] = []
  return {
    ...store,
    kind: 'disk',
    put: async (digest, encoded) => failures.shift() ?? store.put(digest, encoded),
    failNextPuts: (...results) => failures.push(...results),
    rot: async digest => {
      const record = await store.get(digest)
      if (!record) throw new Error(`no record ${digest} to rot`)
      const last = record.byteLength - 1
      record[last] = (record[last] ?? 0) ^ 1
      await store.put(digest, record)
    },
  }
}

/** What is read has the fields of what was written, in no order that anything may count on. */
function inAnotherOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inAnotherOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).reverse()
  return Object.fromEntries(fields.map(([name, field]) => [name, inAnotherOrder(field)]))
}

export interface FaultyRecordStore extends RecordStore {
  /** The next `count` writes reject. */
  failNextWrites(count: number): void
}

export function createFaultyRecordStore(): FaultyRecordStore {
  const store = createMemoryRecordStore()
  let failing = 0
  return {
    ...store,
    get: async key => inAnotherOrder(await store.get(key)),
    setMany: async entries => {
      if (failing-- > 0) throw new DOMException('the disk is full', 'QuotaExceededError')
      await store.setMany(entries)
    },
    failNextWrites: count => {
      failing = count
    },
  }
}
