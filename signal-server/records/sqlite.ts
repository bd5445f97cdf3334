/**
 * The records in SQLite, behind Kysely's own dialect. With `sqlite-file.ts` the only file that knows which database it is.
 * A statement that meets a lock of another process is tried again without blocking the event loop.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteDialect,
  SqliteDriver,
} from 'kysely'
import { storageFaultOf } from '../storage-fault.ts'
import { openForReading, SqliteFile, type SqliteFileOptions, sqliteCodeOf } from './sqlite-file.ts'
import type { Tables } from './tables.ts'

/** How long statements wait for another process, such as `larder token create`, to finish its transaction. */
const BUSY_PATIENCE_MS = 5000
/** Another process holds its lock for milliseconds as a rule: the first tries are close together. */
const FIRST_PAUSE_MS = 2
const MAX_PAUSE_MS = 100

const SQLITE_BUSY = 5

export interface SqliteOptions extends SqliteFileOptions {
  /** Learns of every statement that could not write, for the disk or for a lock. */
  readonly onStorageFault?: ((error: unknown) => void) | undefined
}

/** Opens or creates the database file. Throws SQLite's error when the file cannot be opened or is no database. */
export function openSqlite(path: string, options: SqliteOptions = {}): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new WaitingDialect(new SqliteFile(path, options), options) })
}

class WaitingDialect extends SqliteDialect {
  readonly #file: SqliteFile
  readonly #options: SqliteOptions

  constructor(file: SqliteFile, options: SqliteOptions) {
    super({ database: file })
    this.#file = file
    this.#options = options
  }

  override createDriver(): Driver {
    return new WaitingDriver(this.#file, this.#options)
  }
}

class WaitingDriver extends SqliteDriver {
  readonly #file: SqliteFile
  readonly #options: SqliteOptions
  #connection: Promise<DatabaseConnection> | null = null

  constructor(file: SqliteFile, options: SqliteOptions) {
    super({ database: file })
    this.#file = file
    this.#options = options
  }

  override acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= super
      .acquireConnection()
      .then(connection => new WaitingConnection(connection, this.#file, this.#options))
    return this.#connection
  }
}

class WaitingConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection
  readonly #file: SqliteFile
  readonly #options: SqliteOptions
  /** Since when another process has kept every statement from writing. */
  #busySinceMs: number | null = null

  constructor(connection: DatabaseConnection, file: SqliteFile, options: SqliteOptions) {
    this.#connection = connection
    this.#file = file
    this.#options = options
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      try {
        const result = await this.#connection.executeQuery<R>(query)
        if (this.#file.isInTransaction || WRITES.test(query.sql)) this.#busySinceMs = null
        return result
      } catch (error) {
        if (!this.#mayTryAgain(error)) throw this.#failure(error)
      }
      await delay(pauseMs)
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#connection.streamQuery<R>(query, chunkSize)
  }

  /** Inside a transaction the lock is held already. */
  #mayTryAgain(error: unknown): boolean {
    if (sqliteCodeOf(error) !== SQLITE_BUSY || this.#file.isInTransaction) return false
    // Counted over all statements: each would make those behind it wait for as long again.
    this.#busySinceMs ??= performance.now()
    return performance.now() - this.#busySinceMs < BUSY_PATIENCE_MS
  }

  #failure(error: unknown): unknown {
    const explained = this.#file.explain(error)
    if (storageFaultOf(explained) !== null) this.#options.onStorageFault?.(explained)
    return explained
  }
}

const WRITES = /^\s*(?:insert|update|delete)\b/i

const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const SQLITE_CONSTRAINT_UNIQUE = 2067
const POSTGRES_UNIQUE_VIOLATION = '23505'

/** Whether a statement failed because such a row exists already. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { errcode, code } = error as { errcode?: number; code?: string }
  return (
    errcode === SQLITE_CONSTRAINT_UNIQUE ||
    errcode === SQLITE_CONSTRAINT_PRIMARYKEY ||
    code === POSTGRES_UNIQUE_VIOLATION
  )
}

/**
 * What SQLite finds wrong with the database file; empty when it is sound. Throws when it cannot be read at all. `quick` leaves
 * out whether indexes agree with their tables.
 */
export function findDamage(path: string, { quick = false } = {}): string[] {
  const database = openForReading(path)
  try {
    const check = quick ? 'quick_check' : 'integrity_check'
    const rows = database.prepare(`pragma ${check}`).all()
    return rows.map(row => String(row[check])).filter(finding => finding !== 'ok')
  } finally {
    database.close()
  }
}
