/**
 * Numbers above which the releases of a package continue, where an administrator said so: after a restore the records may know
 * fewer releases than devices have run, and a device refuses every number up to the highest one that it ran.
 */
import * as v from 'valibot'
import { countSchema } from '../../protocol/primitives.ts'
import { findSetting, putSetting } from './settings.ts'
import type { Db } from './tables.ts'

const floorsSchema = v.record(v.string(), countSchema)

async function readFloors(db: Db): Promise<Map<string, number>> {
  const stored = await findSetting(db, 'release-floors')
  return new Map(stored === null ? [] : Object.entries(v.parse(floorsSchema, JSON.parse(stored))))
}

/** The next release gets a higher number than this; 0 where nothing was said. */
export async function releaseFloor(db: Db, packageName: string): Promise<number> {
  return (await readFloors(db)).get(packageName) ?? 0
}

/** By package that has releases, the number that its next one gets. */
export async function nextReleases(db: Db): Promise<Map<string, number>> {
  const floors = await readFloors(db)
  const rows = await db
    .selectFrom('releases')
    .select(({ fn }) => ['package', fn.max('number').as('latest')])
    .groupBy('package')
    .execute()
  return new Map(
    rows.map(row => [row.package, Math.max(Number(row.latest), floors.get(row.package) ?? 0) + 1] as const),
  )
}

/** It only rises. Gives what holds from now on. */
export async function raiseReleaseFloor(db: Db, packageName: string, above: number): Promise<number> {
  const floors = await readFloors(db)
  const floor = Math.max(floors.get(packageName) ?? 0, above)
  floors.set(packageName, floor)
  await putSetting(db, 'release-floors', JSON.stringify(Object.fromEntries(floors)))
  return floor
}
