/**
 * The records in SQLite: `node:sqlite` behind Kysely's own dialect. The only file that knows which database it is.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Tables } from './tables.ts'

/** How long a statement waits for another process, such as `larder token create`, to finish its transaction. */
const BUSY_TIMEOUT_MS = 5000

/** Statements kept ready: more texts than the server has, so only lists of changing length come anew. */
const MAX_PREPARED = 500

/**
 * Opens or creates the database file. WAL with `synchronous=FULL`: a committed transaction survives a kill and a power
 * cut. Throws SQLite's error when the file cannot be opened or is no database.
 */
export function openSqlite(path: string): Kysely<Tables> {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;')
  } catch (error) {
    database.close()
    throw error
  }
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(database) }) })
}

function adapt(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, StatementSync>()
  const statementFor = (sql: string) => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    if (prepared.size >= MAX_PREPARED) prepared.clear()
    prepared.set(sql, statement)
    return statement
  }
  return {
    close: () => database.close(),
    prepare(sql) {
      // A transaction that reads first and writes later could not wait for another writer: it takes its place at once.
      const wanted = sql === 'begin' ? 'begin immediate' : sql
      const statement = statementFor(wanted)
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: parameters => statement.all(...values(parameters)),
        run: parameters => statement.run(...values(parameters)),
        // Not shared: it is in use until the last row was read.
        iterate: parameters => database.prepare(wanted).iterate(...values(parameters)),
      }
    },
  }
}

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
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    const check = quick ? 'quick_check' : 'integrity_check'
    const rows = database.prepare(`pragma ${check}`).all()
    return rows.map(row => String(row[check])).filter(finding => finding !== 'ok')
  } finally {
    database.close()
  }
}
