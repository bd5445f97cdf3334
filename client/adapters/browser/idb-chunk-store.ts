/** Encoded chunks in IndexedDB, one record each, in the database `larder-chunks`. Verifies nothing: the reader does. */
import { delMany, get, keys } from 'idb-keyval'
import type { ChunkStore } from '../../ports.ts'
import { type IdbDatabase, whenCommitted } from './idb-database.ts'
import { createWriteBatcher } from './write-batcher.ts'

export const CHUNK_DATABASE = 'larder-chunks'

export function createIdbChunkStore(database: IdbDatabase): ChunkStore {
  const put = createWriteBatcher(entries =>
    database.use('readwrite', store => {
      const committed = whenCommitted(store.transaction)
      try {
        for (const { key, bytes } of entries) store.put(bytes, key)
        store.transaction.commit()
      } catch (error) {
        committed.catch(() => {})
        throw error
      }
      return committed
    }),
  )

  return {
    kind: 'disk',
    digests: async () => new Set((await keys(database.use)).filter(key => typeof key === 'string')),
    get: async digest => {
      try {
        const value: unknown = await get(digest, database.use)
        return isBytes(value) ? value : null
      } catch {
        return null // A record that the browser cannot read any more is as good as none.
      }
    },
    put: (digest, encoded) => put({ key: digest, bytes: onlyItself(encoded) }),
    remove: digests => delMany([...digests], database.use),
    // What is not written yet counts for nothing, and nobody should wait for it.
    close: () => database.abandon(),
  }
}

/** The header of the frame that a chunk came in is cheaper to store than to cut off. */
const MAX_SURPLUS_BYTES = 1024

/** A view is stored with all of its buffer. */
const onlyItself = (bytes: Uint8Array<ArrayBuffer>) =>
  bytes.buffer.byteLength - bytes.byteLength <= MAX_SURPLUS_BYTES ? bytes : bytes.slice()

/** Not `instanceof`: it may have been read through a frame (`frame-databases.ts`). */
const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> =>
  Object.prototype.toString.call(value) === '[object Uint8Array]'
