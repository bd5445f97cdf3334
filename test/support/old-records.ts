/** Databases as earlier versions of Larder left them: their own tables, filled by the test. */
import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'

/** Makes a database of this version at `path` and runs `rows`, SQL that fills it. */
export async function createOldRecords(path: string, version: 1 | 3, rows: string): Promise<void> {
  const tables = await readFile(new URL(`old-records/version-${version}.sql`, import.meta.url), 'utf8')
  const database = new DatabaseSync(path)
  try {
    database.exec(`${tables}\ninsert into schema_version values (${version});\n${rows}`)
  } finally {
    database.close()
  }
}
