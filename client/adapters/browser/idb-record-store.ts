/** Small records in IndexedDB, in the database `larder-records`. What they mean is `client/records.ts`. */
import { delMany, get, keys } from 'idb-keyval'
import type { RecordStore } from '../../ports.ts'
import { type IdbDatabase, whenCommitted } from './idb-database.ts'

export const RECORD_DATABASE = 'larder-records'

/** `get` resolves undefined for a key without record and rejects when the browser cannot read it. */
export function createIdbRecordStore(database: IdbDatabase): RecordStore {
  return {
    get: key => get(key, database.use),
    setMany: entries =>
      database.use('readwrite', store => {
        const committed = whenCommitted(store.transaction)
        try {
          for (const [key, value] of entries) store.put(value, key)
        } catch (error) {
          // A value that cannot be cloned throws here; what was put before it must not stay.
          committed.catch(() => {})
          store.transaction.abort()
          throw error
        }
        return committed
      }),
    remove: removed => delMany([...removed], database.use),
    keys: async () => (await keys(database.use)).filter(key => typeof key === 'string'),
    close: () => database.close(),
  }
}
