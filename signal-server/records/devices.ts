/** Enrolled devices: identity, place, role and life. What they report of themselves is `device-reports.ts`. */
import type { DeviceLabels } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { AssignedRole } from '../../protocol/primitives.ts'
import type { DeviceRecord, DeviceState } from '../fleet-directory.ts'
import { removeLeftOut } from './left-out-counters.ts'
import { limitsOf } from './sites.ts'
import type { Db, Tables } from './tables.ts'

/** A device with what is known of its life. */
export interface DeviceDetails extends DeviceRecord {
  readonly enrolledAt: number
  readonly lastSeenAt: number
  /** What it last reported; null before its first report. */
  readonly lastStatus: DeviceStatus | null
  readonly lastStatusAt: number | null
}

/** The zone of a device that has no site yet. */
const NO_SITE_TIME_ZONE = 'UTC'

export async function findDevice(db: Db, deviceId: string): Promise<DeviceDetails | null> {
  const row = await selectDevices(db).where('devices.device_id', '=', deviceId).executeTakeFirst()
  return row ? deviceOf(row) : null
}

/** All devices: by site, then name, then id; those without a site first. */
export async function listDevices(
  db: Db,
  filter: { readonly site?: string; readonly state?: DeviceState } = {},
): Promise<DeviceDetails[]> {
  let query = selectDevices(db)
  if (filter.site !== undefined) query = query.where('devices.site', '=', filter.site)
  if (filter.state !== undefined) query = query.where('devices.state', '=', filter.state)
  const rows = await query
    .orderBy('devices.site')
    .orderBy('devices.name')
    .orderBy('devices.device_id')
    .execute()
  return rows.map(deviceOf)
}

export interface NewDevice {
  readonly deviceId: string
  readonly publicKey: string
  readonly name: string
  readonly role: AssignedRole
  readonly site: string | null
  readonly state: DeviceState
  readonly code: string | null
}

export async function insertDevice(db: Db, device: NewDevice, now: number): Promise<void> {
  await db
    .insertInto('devices')
    .values({
      device_id: device.deviceId,
      public_key: device.publicKey,
      name: device.name,
      role: device.role,
      site: device.site,
      state: device.state,
      code: device.code,
      labels: '{}',
      retries: '{}',
      enrolled_at: now,
      last_seen_at: now,
      last_status: null,
      last_status_at: null,
    })
    .execute()
}

export type DeviceChanges = Partial<Pick<NewDevice, 'name' | 'role' | 'site' | 'state' | 'code'>> & {
  readonly labels?: DeviceLabels
}

export async function updateDevice(db: Db, deviceId: string, changes: DeviceChanges): Promise<void> {
  if (Object.keys(changes).length === 0) return
  const { labels, ...columns } = changes
  await db
    .updateTable('devices')
    .set({ ...columns, ...(labels && { labels: JSON.stringify(labels) }) })
    .where('device_id', '=', deviceId)
    .execute()
}

/** Counts one more try of a package. False when somebody else counted one since `device` was read. */
export async function countRetry(
  db: Db,
  { deviceId, retries }: Pick<DeviceRecord, 'deviceId' | 'retries'>,
  packageName: string,
): Promise<boolean> {
  const before = Object.hasOwn(retries, packageName) ? (retries[packageName] ?? 0) : 0
  const counted = { ...retries, [packageName]: before + 1 }
  const result = await db
    .updateTable('devices')
    .set({ retries: JSON.stringify(counted) })
    .where('device_id', '=', deviceId)
    .where('retries', '=', JSON.stringify(retries))
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** With all that it reported. */
export async function deleteDevice(db: Db, deviceId: string): Promise<void> {
  await db.deleteFrom('devices').where('device_id', '=', deviceId).execute()
  await removeLeftOut(db, deviceId)
}

/** Devices that wait to be accepted. */
export async function listPendingDevices(
  db: Db,
): Promise<readonly { readonly deviceId: string; readonly lastSeenAt: number }[]> {
  const rows = await db
    .selectFrom('devices')
    .select(['device_id', 'last_seen_at'])
    .where('state', '=', 'pending')
    .execute()
  return rows.map(row => ({ deviceId: row.device_id, lastSeenAt: Number(row.last_seen_at) }))
}

/** Accepted ones that were heard from since `seenSince`, epoch ms. */
export async function countDevicesSeen(db: Db, seenSince: number): Promise<number> {
  const row = await db
    .selectFrom('devices')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('state', '=', 'accepted')
    .where('last_seen_at', '>=', seenSince)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

/** Which devices that wait to be accepted; each that is left out does not narrow. Times are epoch ms. */
export interface PendingSelection {
  readonly seenBefore?: number
  readonly enrolledBefore?: number
  readonly deviceIds?: readonly string[]
  readonly codes?: readonly string[]
}

/** Removes devices that wait to be accepted, and no others. Returns their ids. */
export async function deletePendingDevices(db: Db, which: PendingSelection): Promise<readonly string[]> {
  const { seenBefore, enrolledBefore, deviceIds, codes } = which
  let query = db.deleteFrom('devices').where('state', '=', 'pending')
  if (seenBefore !== undefined) query = query.where('last_seen_at', '<', seenBefore)
  if (enrolledBefore !== undefined) query = query.where('enrolled_at', '<', enrolledBefore)
  if (deviceIds !== undefined) query = query.where('device_id', 'in', deviceIds)
  if (codes !== undefined) query = query.where('code', 'in', codes)
  const rows = await query.returning('device_id').execute()
  return rows.map(row => row.device_id)
}

function selectDevices(db: Db) {
  return db
    .selectFrom('devices')
    .leftJoin('sites', 'sites.name', 'devices.site')
    .selectAll('devices')
    .select(['sites.time_zone', 'sites.cache_bytes', 'sites.upload_bytes_per_s'])
}

type SiteColumns = Pick<Tables['sites'], 'cache_bytes' | 'upload_bytes_per_s'> & {
  readonly time_zone: string | null
}

/** What stands in its documents was parsed before it was written. */
function deviceOf(row: Tables['devices'] & SiteColumns): DeviceDetails {
  return {
    deviceId: row.device_id,
    publicKey: row.public_key,
    name: row.name,
    state: row.state as DeviceState,
    code: row.code,
    assignedRole: row.role as AssignedRole,
    site: row.site,
    timeZone: row.time_zone ?? NO_SITE_TIME_ZONE,
    labels: JSON.parse(row.labels) as DeviceLabels,
    retries: JSON.parse(row.retries) as DeviceRecord['retries'],
    limits: limitsOf(row),
    enrolledAt: Number(row.enrolled_at),
    lastSeenAt: Number(row.last_seen_at),
    lastStatus: row.last_status === null ? null : (JSON.parse(row.last_status) as DeviceStatus),
    lastStatusAt: row.last_status_at === null ? null : Number(row.last_status_at),
  }
}
