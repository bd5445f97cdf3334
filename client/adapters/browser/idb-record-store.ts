/** Small records in IndexedDB, in the database `larder-records`. What they mean is `client/records.ts`. */
import { get, keys } from 'idb-keyval'
import type { RecordStore } from '../../ports.ts'
import { recordKeys } from '../../records.ts'
import { type IdbDatabase, whenCommitted } from './idb-database.ts'

export const RECORD_DATABASE = 'larder-records'

/**
 * A tab that was frozen or hung may wake up while another tab has long taken over, and go on where it was. Its writes are
 * refused in their own transaction, so that no moment is left in which both could write.
 */
export interface RecordFence {
  readonly token: string
  /** Another token has been written since. */
  readonly onReplaced: () => void
}

/** The records for the tab that now runs the engine. Without a fence where not even that can be written. */
export async function openFencedRecords(database: IdbDatabase, fence?: RecordFence): Promise<RecordStore> {
  const plain = createIdbRecordStore(database)
  if (fence === undefined) return plain
  try {
    await plain.setMany([[recordKeys.engine, fence.token]])
  } catch {
    const isFree = await plain.remove([recordKeys.engine]).then(
      () => true,
      () => false,
    )
    if (!isFree) return plain
  }
  return createIdbRecordStore(database, fence)
}

/** `get` resolves undefined for a key without record and rejects when the browser cannot read it. */
export function createIdbRecordStore(database: IdbDatabase, fence?: RecordFence): RecordStore {
  const write = (change: (store: IDBObjectStore) => void) =>
    database.use('readwrite', store => {
      const committed = whenCommitted(store.transaction)
      let refusal: unknown = null
      const refuse = (error: unknown) => {
        refusal = error
        store.transaction.abort()
      }
      const perform = () => {
        try {
          change(store)
        } catch (error) {
          // A value that cannot be cloned throws here; what was put before it must not stay.
          refuse(error)
        }
      }
      if (fence === undefined) perform()
      else {
        const asked = store.get(recordKeys.engine)
        asked.onsuccess = () => {
          // Nothing there: somebody cleared the disk, which is another trouble than two engines.
          if (asked.result === undefined || asked.result === fence.token) return perform()
          refuse(new DOMException('another tab runs the engine now', 'NotAllowedError'))
          fence.onReplaced()
        }
      }
      return committed.catch(error => {
        throw refusal ?? error
      })
    })

  return {
    get: key => get(key, database.use),
    setMany: entries =>
      write(store => {
        for (const [key, value] of entries) store.put(value, key)
      }),
    remove: removed =>
      write(store => {
        for (const key of removed) store.delete(key)
      }),
    keys: async () => (await keys(database.use)).filter(key => typeof key === 'string'),
    close: () => database.close(),
    abandon: () => database.abandon(),
  }
}
