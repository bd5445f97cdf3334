/**
 * The last number that a package has given, whatever became of the release: a device refuses every number up to the highest one
 * that it ran, so none is given twice. An administrator may raise it, since records that were restored from a backup know fewer
 * releases than devices have run.
 */
import type { Db } from './tables.ts'

/** 0 for a package that was never published. The next release gets the number after it. */
export async function lastReleaseNumber(db: Db, packageName: string): Promise<number> {
  const row = await db
    .selectFrom('packages')
    .select('last_release')
    .where('name', '=', packageName)
    .executeTakeFirst()
  return Number(row?.last_release ?? 0)
}

/** By package that was published, the number that its next release gets. */
export async function nextReleases(db: Db): Promise<Map<string, number>> {
  const rows = await db.selectFrom('packages').select(['name', 'last_release']).execute()
  return new Map(rows.map(row => [row.name, Number(row.last_release) + 1] as const))
}

/** It only rises. Gives what holds from now on. */
export async function raiseLastRelease(db: Db, packageName: string, above: number): Promise<number> {
  const last = Math.max(await lastReleaseNumber(db, packageName), above)
  await db.updateTable('packages').set({ last_release: last }).where('name', '=', packageName).execute()
  return last
}
