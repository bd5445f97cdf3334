/**
 * What can be learnt of a database file, and done with it, without opening the records: its version, its size, a copy. Knows SQLite,
 * and of the tables only the one with the version.
 */
import type { DatabaseSync } from 'node:sqlite'
import { openForReading } from './sqlite-file.ts'

/** The version of the records in the file; 0 where there are none yet. Throws SQLite's error when it is no database. */
export function readRecordsVersion(path: string): number {
  return withDatabase(path, database => {
    const table = database
      .prepare("select 1 from sqlite_schema where type = 'table' and name = 'schema_version'")
      .get()
    if (table === undefined) return 0
    return Number(database.prepare('select version from schema_version').get()?.version ?? 0)
  })
}

/** How many bytes a copy takes: every page in use, also those that are still in the log beside the file. */
export function measureCopy(path: string): number {
  return withDatabase(path, database => {
    const pragma = (name: string) => Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0])
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
  })
}

/** Writes what is committed now into `target`, which is missing or empty. Does not sync it. */
export function copyDatabase(path: string, target: string): void {
  withDatabase(path, database => database.prepare('vacuum into ?').run(target))
}

function withDatabase<T>(path: string, act: (database: DatabaseSync) => T): T {
  const database = openForReading(path)
  try {
    return act(database)
  } finally {
    database.close()
  }
}
