/**
 * One IndexedDB database with one object store, in the form idb-keyval's functions take.
 * idb-keyval's own `createStore` has no `onversionchange`, no durability and hands out a connection that is closing;
 * this does the opening instead. It knows nothing of what is stored.
 */
import type { UseStore } from 'idb-keyval'
import { isUnanswered, LAST_WORD_MS, orNone, type Waiting } from './unanswered.ts'

const OBJECT_STORE = 'keyval'

export interface IdbDatabase {
  readonly use: UseStore
  /** What is under way is finished first. */
  close(): void
  /** Undoes what is under way. Nobody who wants the database next has to wait for this page, even if it is frozen now. */
  abandon(): void
}

/**
 * Opens lazily; a connection that went away is opened again, once per use. Rejects when that fails.
 * `onLost`: the database is being deleted, or the browser took the connection away; what was in it may be gone.
 */
export function openIdbDatabase(
  name: string,
  factory: IDBFactory = indexedDB,
  onLost: () => void = () => {},
): IdbDatabase {
  let connection: Promise<IDBDatabase> | null = null
  let closed = false
  const underWay = new Set<IDBTransaction>()
  const waitingOn = new WeakMap<IDBDatabase, Waiting>()

  function connect(): Promise<IDBDatabase> {
    if (closed) return Promise.reject(new DOMException(`${name} has been closed`, 'InvalidStateError'))
    if (connection) return connection
    const opening = open(name, factory)
    connection = opening
    const forget = () => {
      if (connection === opening) connection = null
    }
    opening.then(database => {
      const waiting: Waiting = new Set()
      waitingOn.set(database, waiting)
      database.onclose = () => {
        forget()
        const error = new DOMException('the connection was closed', 'AbortError')
        setTimeout(() => {
          for (const fail of waiting) fail(error)
        }, LAST_WORD_MS)
        onLost()
      }
      // Somebody wants to delete the database or change it: holding on would block them for ever.
      database.onversionchange = () => {
        forget()
        database.close()
        onLost()
      }
      if (closed) database.close()
    }, forget)
    return opening
  }

  const use: UseStore = async (mode, callback) => {
    const run = async () => {
      const database = await connect()
      // Strict: what is called durable has to survive a power cut, also where the browser's default is relaxed. With
      // batches it costs little: 51 to 58 MiB/s against 64 to 68 in Chromium 156, 64 records of 128 KiB a transaction.
      const transaction = database.transaction(OBJECT_STORE, mode, { durability: 'strict' })
      underWay.add(transaction)
      const forget = () => underWay.delete(transaction)
      transaction.addEventListener('complete', forget)
      transaction.addEventListener('abort', forget)
      const answer = Promise.resolve(callback(transaction.objectStore(OBJECT_STORE)))
      const waiting = waitingOn.get(database) ?? new Set()
      const result = orNone(answer, waiting, mode === 'readonly' ? 'readonly' : 'readwrite')
      result.catch(error => {
        if (isUnanswered(error)) database.close()
      })
      return { result }
    }
    try {
      return await (await run()).result
    } catch (error) {
      const isGone = isGoneConnection(error) || isUnanswered(error)
      if (isGone) connection = null
      // A write that was not answered may have been done, and whoever asked for it decides.
      const mayTryAgain = isGoneConnection(error) || (isUnanswered(error) && mode === 'readonly')
      if (!mayTryAgain || closed) throw error
      return (await run()).result
    }
  }

  function close(): void {
    closed = true
    connection?.then(
      database => database.close(),
      () => {},
    )
    connection = null
  }

  return {
    use,
    close,
    abandon: () => {
      for (const transaction of underWay) abort(transaction)
      close()
    },
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It is about to be complete.
  }
}

const isGoneConnection = (error: unknown) =>
  error instanceof DOMException && error.name === 'InvalidStateError'

/** A second time where the first is not answered. */
async function open(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  const once = () => {
    const opening = openOnce(name, factory)
    return orNone(opening, new Set(), 'open').catch(error => {
      // Should it come after all, nobody is left to close it.
      opening.then(
        database => database.close(),
        () => {},
      )
      throw error
    })
  }
  try {
    return await once()
  } catch (error) {
    if (!isUnanswered(error)) throw error
    return once()
  }
}

function openOnce(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name)
    request.onupgradeneeded = () => request.result.createObjectStore(OBJECT_STORE)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const database = request.result
      if (database.objectStoreNames.contains(OBJECT_STORE)) return resolve(database)
      database.close()
      reject(new DOMException(`the database ${name} has another form`, 'NotFoundError'))
    }
  })
}

/** Resolves when the database is gone; rejects when the browser refuses or somebody else keeps it open. */
export function deleteIdbDatabase(name: string, factory: IDBFactory = indexedDB): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new DOMException(`another page keeps ${name} open`, 'BlockedError'))
  })
}

/**
 * Resolves once everything in the transaction is durable, rejects with why it was undone. idb-keyval's own promise
 * settles at the first request error, before the transaction knows its reason.
 */
export function whenCommitted(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'))
  })
}
