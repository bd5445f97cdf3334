/** Databases as earlier versions of Larder left them: their own tables, filled by the test or with what a small shop had. */
import { readFile } from 'node:fs/promises'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { RECORDS_VERSION } from '../../signal-server/records/migrations.ts'

/** The versions that records had before this one, oldest first. */
export const OLD_VERSIONS = Array.from({ length: RECORDS_VERSION - 1 }, (_, index) => index + 1)

/** Makes a database of this version at `path` and runs `rows`, SQL that fills it. */
export async function createOldRecords(path: string, version: number, rows: string): Promise<void> {
  const tables = await fixture(`version-${version}.sql`)
  const database = new DatabaseSync(path)
  try {
    database.exec('pragma journal_mode = wal')
    database.exec(`${tables}\ninsert into schema_version values (${version});\n${rows}`)
  } finally {
    database.close()
  }
}

/** As {@link createOldRecords}, with rows in every table that this version had. */
export async function createFilledOldRecords(path: string, version: number): Promise<void> {
  const added = Array.from({ length: version }, (_, index) => fixture(`rows-${index + 1}.sql`))
  await createOldRecords(path, version, (await Promise.all(added)).join('\n'))
}

const fixture = (name: string) => readFile(new URL(`old-records/${name}`, import.meta.url), 'utf8')

export type TableRows = Readonly<Record<string, readonly Readonly<Record<string, SQLOutputValue>>[]>>

/** Every row of every table, by table, in the order in which they were inserted. */
export function readAllRows(path: string): TableRows {
  return read(path, database =>
    Object.fromEntries(
      tablesOf(database).map(table => [
        table,
        database
          .prepare(`select * from "${table}" order by rowid`)
          .all()
          .map(row => ({ ...row })),
      ]),
    ),
  )
}

/** The columns of every table with their types, and the indices, without the order in which columns were added. */
export function readTables(path: string): unknown {
  return read(path, database => ({
    tables: tablesOf(database).map(table => [
      table,
      database
        .prepare(
          `select name, type, "notnull", dflt_value, pk from pragma_table_info('${table}') order by name`,
        )
        .all()
        .map(column => ({ ...column })),
    ]),
    indices: database
      .prepare("select name, tbl_name from sqlite_schema where type = 'index' order by name")
      .all()
      .map(index => ({ ...index })),
  }))
}

function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all()
    .map(row => String(row.name))
}

function read<T>(path: string, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return act(database)
  } finally {
    database.close()
  }
}
