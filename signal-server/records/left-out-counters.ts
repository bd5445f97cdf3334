/**
 * The counters of packages that a device's last report leaves out, such as one that is not assigned for a while: it goes on
 * with them when the package comes back (PR-S17), also after a restart of the server. Kept among the settings, since few
 * devices have any; those of packages that are reported stand in the device's last status.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { type DeviceSettingKey, findSetting, putSetting, removeSetting } from './settings.ts'
import type { Db } from './tables.ts'
import type { PackageCounters } from './traffic-increments.ts'

/** For a device that is deleted. */
export const removeLeftOut = (db: Db, deviceId: string): Promise<void> => removeSetting(db, keyOf(deviceId))

const keyOf = (deviceId: string): DeviceSettingKey => `left-out-counters:${deviceId}`

/** What to keep, as text; empty where the report leaves nothing out. */
export function leftOutText(
  counters: ReadonlyMap<string, PackageCounters>,
  status: Pick<DeviceStatus, 'packages'>,
): string {
  const reported = new Set(status.packages.map(entry => entry.package))
  const leftOut = [...counters].filter(([name]) => !reported.has(name))
  return leftOut.length === 0 ? '' : JSON.stringify(leftOut)
}

export async function findLeftOut(
  db: Db,
  deviceId: string,
): Promise<{ readonly text: string; readonly counters: ReadonlyMap<string, PackageCounters> }> {
  const text = (await findSetting(db, keyOf(deviceId))) ?? ''
  return { text, counters: new Map(text === '' ? [] : (JSON.parse(text) as [string, PackageCounters][])) }
}

export async function putLeftOut(db: Db, deviceId: string, text: string): Promise<void> {
  if (text === '') await removeSetting(db, keyOf(deviceId))
  else await putSetting(db, keyOf(deviceId), text)
}
