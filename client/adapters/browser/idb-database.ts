/**
 * One IndexedDB database with one object store, in the form idb-keyval's functions take.
 * idb-keyval's own `createStore` has no `onversionchange`, no durability and hands out a connection that is closing;
 * this does the opening instead. It knows nothing of what is stored.
 */
import type { UseStore } from 'idb-keyval'
import { errorNameOf } from '../../error-name.ts'
import { ANSWER_TIMEOUT_MS, Answers, isUnanswered, LAST_WORD_MS } from './unanswered.ts'

const OBJECT_STORE = 'keyval'

export interface IdbDatabase {
  readonly use: UseStore
  /** What is under way is finished first. */
  close(): void
  /** Undoes what is under way. Nobody who wants the database next has to wait for this page, even if it is frozen now. */
  abandon(): void
}

export interface IdbOptions {
  readonly factory?: IDBFactory
  /** The database is being deleted, or the browser took the connection away; what was in it may be gone. */
  readonly onLost?: (() => void) | undefined
  /** Nothing is answered through the factory: another way to the same databases, or null where there is none. */
  readonly onSilent?: (() => IDBFactory | null) | undefined
}

interface Connection {
  readonly database: IDBDatabase
  /** By which it was opened. */
  readonly way: IDBFactory
  readonly answers: Answers
}

/** Opens lazily; a connection that went away is opened again, once per use. Rejects when that fails. */
export function openIdbDatabase(name: string, options: IdbOptions = {}): IdbDatabase {
  const { onLost = () => {}, onSilent = () => null } = options
  let { factory = indexedDB } = options
  let connection: Promise<Connection> | null = null
  let closed = false
  const underWay = new Set<IDBTransaction>()

  function connect(): Promise<Connection> {
    if (closed) return Promise.reject(new DOMException(`${name} has been closed`, 'InvalidStateError'))
    if (connection) return connection
    const opening = open()
    connection = opening
    opening.then(
      ({ database, answers }) => {
        database.onclose = () => {
          forget(opening)
          const error = new DOMException('the connection was closed', 'AbortError')
          setTimeout(() => answers.endAll(error), LAST_WORD_MS)
          onLost()
        }
        // Somebody wants to delete the database or change it: holding on would block them for ever.
        database.onversionchange = () => {
          forget(opening)
          database.close()
          onLost()
        }
        if (closed) database.close()
      },
      () => forget(opening),
    )
    return opening
  }

  function forget(lost: Promise<Connection> | null): void {
    if (connection === lost) connection = null
  }

  /** A second time, another way, where the first is not answered. */
  async function open(): Promise<Connection> {
    const tried = factory
    try {
      return await connectionBy(tried)
    } catch (error) {
      if (!isUnanswered(error)) throw error
      goAnotherWay(tried)
      return connectionBy(factory)
    }
  }

  async function connectionBy(way: IDBFactory): Promise<Connection> {
    return { database: await openOnce(name, way), way, answers: new Answers() }
  }

  /** Once for all that waits on the same way. */
  function goAnotherWay(tried: IDBFactory): void {
    if (factory === tried) factory = onSilent() ?? factory
  }

  const use: UseStore = async (mode, callback) => {
    let used: Promise<Connection> | null = null
    const run = async () => {
      used = connect()
      const { database, way, answers } = await used
      // Strict: what is called durable has to survive a power cut, also where the browser's default is relaxed. With
      // batches it costs little: 51 to 58 MiB/s against 64 to 68 in Chromium 156, 64 records of 128 KiB a transaction.
      const transaction = database.transaction(OBJECT_STORE, mode, { durability: 'strict' })
      underWay.add(transaction)
      const ended = () => underWay.delete(transaction)
      transaction.addEventListener('complete', ended)
      transaction.addEventListener('abort', ended)
      const answer = Promise.resolve(callback(transaction.objectStore(OBJECT_STORE)))
      const result = answers.orNone(answer, ANSWER_TIMEOUT_MS.transaction)
      result.catch(error => {
        if (!isUnanswered(error)) return
        database.close()
        goAnotherWay(way)
      })
      return { result }
    }
    try {
      return await (await run()).result
    } catch (error) {
      if (isGoneConnection(error) || isUnanswered(error)) forget(used)
      // A write that was not answered or was cut off may have been done, and whoever asked for it decides.
      const isCutOff = isUnanswered(error) || errorNameOf(error) === 'AbortError'
      const mayTryAgain = isGoneConnection(error) || (isCutOff && mode === 'readonly')
      if (!mayTryAgain || closed) throw error
      return (await run()).result
    }
  }

  function close(): void {
    closed = true
    connection?.then(
      ({ database }) => database.close(),
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

const isGoneConnection = (error: unknown) => errorNameOf(error) === 'InvalidStateError'

/** Rejects with a `TimeoutError` when that is not answered. */
function openOnce(name: string, factory: IDBFactory): Promise<IDBDatabase> {
  const opening = new Promise<IDBDatabase>((resolve, reject) => {
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
  return new Answers().orNone(opening, ANSWER_TIMEOUT_MS.open).catch(error => {
    // Should it come after all, nobody is left to close it.
    opening.then(
      database => database.close(),
      () => {},
    )
    throw error
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
