/**
 * The database file of the records, as Kysely's dialect for SQLite asks for it. Where the disk is full or read-only it is
 * opened for reading, and opened anew for writing as soon as that can be. Knows nothing of tables.
 */
import { accessSync, closeSync, constants, existsSync, openSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { storageFaultOf } from '../storage-fault.ts'

/** How long opening waits for another process, such as `larder token create`, to finish its transaction. */
const OPENING_TIMEOUT_MS = 5000
/** Statements kept ready: more texts than the server has, so only lists of changing length come anew. */
const MAX_PREPARED = 500

const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CANTOPEN = 14

/** SQLite's code of an error, without what it adds to it. */
export function sqliteCodeOf(error: unknown): number | null {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof errcode === 'number' ? errcode & 0xff : null
}

export interface SqliteFileOptions {
  /** Learns why the file could only be opened for reading. */
  readonly onStorageFault?: ((error: unknown) => void) | undefined
  /** Called before a file that was opened for reading is opened for writing; throws where that may not be. */
  readonly beforeWriting?: (() => void) | undefined
}

export class SqliteFile implements SqliteDatabase {
  readonly #path: string
  readonly #beforeWriting: (() => void) | undefined
  readonly #prepared = new Map<string, StatementSync>()
  #database: DatabaseSync
  /** Null while it is open for writing. */
  #whyReadOnly: unknown = null
  #isClosed = false

  /** Throws SQLite's error when the file cannot be opened or is no database. */
  constructor(path: string, { onStorageFault, beforeWriting }: SqliteFileOptions = {}) {
    this.#path = path
    this.#beforeWriting = beforeWriting
    try {
      this.#database = openForWriting(path, OPENING_TIMEOUT_MS)
    } catch (error) {
      const explained = explain(error, path)
      const fault = storageFaultOf(explained)
      if (fault === null || fault.reason === 'busy' || isEmpty(path)) throw explained
      this.#database = openForReading(path)
      this.#whyReadOnly = explained
      onStorageFault?.(explained)
    }
  }

  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction
  }

  /** An error of a statement with its cause, where SQLite names only the operation that failed. */
  explain(error: unknown): unknown {
    if (this.#whyReadOnly !== null && sqliteCodeOf(error) === SQLITE_READONLY)
      return new Error('the records are open for reading only', { cause: this.#whyReadOnly })
    return explain(error, this.#path)
  }

  prepare(sql: string): SqliteStatement {
    // SQLite has rolled back by itself when the disk was full; another error would hide that one.
    if (sql === 'rollback' && !this.isInTransaction) return NOTHING_TO_ROLL_BACK
    if (this.#isClosed) throw new Error('the records are closed')
    if (
      !this.#database.isOpen ||
      (this.#whyReadOnly !== null && !this.isInTransaction && MAY_WRITE.test(sql))
    )
      this.#reopen()
    // A transaction that reads first and writes later could not wait for another writer: it takes its place at once.
    const wanted = sql === 'begin' ? 'begin immediate' : sql
    const statement = this.#statementFor(wanted)
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
    return {
      reader: statement.columns().length > 0,
      all: parameters => statement.all(...values(parameters)),
      run: parameters => statement.run(...values(parameters)),
      // Not shared: it is in use until the last row was read.
      iterate: parameters => this.#database.prepare(wanted).iterate(...values(parameters)),
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
    this.#isClosed = true
  }

  #statementFor(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    if (this.#prepared.size >= MAX_PREPARED) this.#prepared.clear()
    this.#prepared.set(sql, statement)
    return statement
  }

  /** Opens the file for writing, if that can be by now. Does not wait: the server is running. */
  #reopen(): void {
    const cause = whatIsTheMatter(dirname(this.#path))
    if (cause !== null) {
      this.#whyReadOnly = cause
      return
    }
    try {
      this.#beforeWriting?.()
      this.#prepared.clear()
      // First: what two connections of a process share would stay read-only.
      if (this.#database.isOpen) this.#database.close()
      this.#database = openForWriting(this.#path, 0)
      this.#whyReadOnly = null
    } catch (error) {
      this.#whyReadOnly = explain(error, this.#path)
      if (!this.#database.isOpen) this.#database = openForReading(this.#path)
    }
  }
}

const MAY_WRITE = /^\s*(?:begin|insert|update|delete|create|alter|drop)\b/i

const NOTHING_TO_ROLL_BACK: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
}

/** WAL with `synchronous=FULL`: a committed transaction survives a kill and a power cut. */
function openForWriting(path: string, timeoutMs: number): DatabaseSync {
  // SQLite would open it for reading without a word.
  if (existsSync(path)) accessSync(path, constants.W_OK)
  const database = new DatabaseSync(path, { timeout: timeoutMs })
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;')
    lookInto(database)
    // From now on a lock of another process is waited for without blocking.
    database.exec('pragma busy_timeout = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the file without changing anything on the disk. Throws SQLite's error when that cannot be. */
export function openForReading(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: OPENING_TIMEOUT_MS })
    lookInto(database)
    return database
  } catch (error) {
    database?.close()
    // Beside a WAL database SQLite makes two files, also to read it; without room for them it has to be told that it is alone.
    if (storageFaultOf(explain(error, path)) === null || hasUnfinishedLog(path)) throw error
    const url = pathToFileURL(path)
    url.searchParams.set('immutable', '1')
    return new DatabaseSync(url, { readOnly: true })
  }
}

/** Opening alone reads nothing. */
function lookInto(database: DatabaseSync): void {
  database.prepare('select count(*) from sqlite_schema').get()
}

function hasUnfinishedLog(path: string): boolean {
  return !isEmpty(`${path}-wal`)
}

const isEmpty = (path: string) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0

function explain(error: unknown, path: string): unknown {
  const code = sqliteCodeOf(error)
  if (code !== SQLITE_IOERR && code !== SQLITE_CANTOPEN) return error
  const cause = whatIsTheMatter(dirname(path))
  return cause === null ? error : new Error((error as Error).message, { cause })
}

/** The error of the system that keeps files from being written in a directory; null where there is none. */
function whatIsTheMatter(directory: string): unknown {
  try {
    // Never the database itself: to close it would end SQLite's locks on it.
    closeSync(openSync(directory, 'r'))
    accessSync(directory, constants.W_OK)
    if (statfsSync(directory).bavail > 0) return null
    return Object.assign(new Error('no space is left'), { code: 'ENOSPC' })
  } catch (error) {
    return error
  }
}
