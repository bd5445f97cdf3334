/**
 * What devices say of themselves: last status, last events, when they were last heard from.
 *
 * Reports come often and only the newest counts, so they are gathered and written together. A kill loses at most what
 * the last interval brought; the devices report again. Reading goes through `flush`, so nobody sees the delay.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DeviceEvent } from '../fleet-directory.ts'
import type { Db } from './tables.ts'

/** A status a second from a thousand devices is then one transaction a second. */
const WRITE_INTERVAL_MS = 1000
/** Events kept per device. */
const EVENTS_KEPT = 100

export interface StoredDeviceEvent extends DeviceEvent {
  readonly at: number
}

interface Pending {
  lastSeenAt: number
  status: { readonly value: DeviceStatus; readonly at: number } | null
  events: StoredDeviceEvent[]
}

export class DeviceReports {
  readonly #db: Db
  readonly #onFailure: (error: unknown) => void
  #pending = new Map<string, Pending>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #writing: Promise<void> = Promise.resolve()

  /** `onFailure` learns of writes that failed in the background; the reports in them are lost. */
  constructor(db: Db, onFailure: (error: unknown) => void) {
    this.#db = db
    this.#onFailure = onFailure
  }

  touch(deviceId: string, now: number): void {
    const pending = this.#of(deviceId, now)
    pending.lastSeenAt = Math.max(pending.lastSeenAt, now)
  }

  saveStatus(deviceId: string, status: DeviceStatus, now: number): void {
    this.touch(deviceId, now)
    this.#of(deviceId, now).status = { value: status, at: now }
  }

  saveEvent(deviceId: string, event: DeviceEvent, now: number): void {
    this.touch(deviceId, now)
    const { events } = this.#of(deviceId, now)
    events.push({ ...event, at: now })
    if (events.length > EVENTS_KEPT) events.shift()
  }

  /** Resolves when everything reported so far is in the records. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const reports = this.#pending
    this.#pending = new Map()
    if (reports.size > 0)
      this.#writing = this.#writing.catch(() => undefined).then(() => this.#write(reports))
    await this.#writing
  }

  #of(deviceId: string, now: number): Pending {
    let pending = this.#pending.get(deviceId)
    if (!pending) {
      pending = { lastSeenAt: now, status: null, events: [] }
      this.#pending.set(deviceId, pending)
    }
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#onFailure), WRITE_INTERVAL_MS)
    return pending
  }

  #write(reports: ReadonlyMap<string, Pending>): Promise<void> {
    return this.#db.transaction().execute(async trx => {
      for (const [deviceId, report] of reports) await writeReport(trx, deviceId, report)
    })
  }
}

async function writeReport(db: Db, deviceId: string, report: Pending): Promise<void> {
  const { status } = report
  const updated = await db
    .updateTable('devices')
    .set({
      last_seen_at: report.lastSeenAt,
      ...(status && { last_status: JSON.stringify(status.value), last_status_at: status.at }),
    })
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 0n) return
  if (status) await writePackages(db, deviceId, status.value)
  if (report.events.length > 0) await writeEvents(db, deviceId, report.events)
}

async function writePackages(db: Db, deviceId: string, status: DeviceStatus): Promise<void> {
  await db.deleteFrom('device_packages').where('device_id', '=', deviceId).execute()
  const byName = new Map(status.packages.map(entry => [entry.package, entry]))
  if (byName.size === 0) return
  await db
    .insertInto('device_packages')
    .values(
      [...byName.values()].map(entry => ({
        device_id: deviceId,
        package: entry.package,
        wanted_release: entry.wantedRelease,
        active_release: entry.activeRelease,
        phase: entry.phase,
      })),
    )
    .execute()
}

async function writeEvents(db: Db, deviceId: string, events: readonly StoredDeviceEvent[]): Promise<void> {
  const last = await db
    .selectFrom('device_events')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  const first = Number(last?.number ?? 0) + 1
  await db
    .insertInto('device_events')
    .values(
      events.map((event, index) => ({
        device_id: deviceId,
        number: first + index,
        at: event.at,
        kind: event.kind,
        package: event.package ?? null,
        release: event.release ?? null,
        peer: event.peer ?? null,
        detail: event.detail,
      })),
    )
    .execute()
  await db
    .deleteFrom('device_events')
    .where('device_id', '=', deviceId)
    .where('number', '<', first + events.length - EVENTS_KEPT)
    .execute()
}

/** A device's last events, newest first. */
export async function listDeviceEvents(
  db: Db,
  deviceId: string,
  limit: number,
): Promise<StoredDeviceEvent[]> {
  const rows = await db
    .selectFrom('device_events')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => ({
    at: Number(row.at),
    kind: row.kind as DeviceEvent['kind'],
    ...(row.package !== null && { package: row.package }),
    ...(row.release !== null && { release: row.release }),
    ...(row.peer !== null && { peer: row.peer }),
    detail: row.detail,
  }))
}

export interface FleetCount {
  readonly activeRelease: number | null
  readonly wantedRelease: number
  readonly phase: string
  readonly devices: number
}

/** How many accepted devices stand where with a package, by their last reports. */
export async function countFleetState(db: Db, packageName: string): Promise<FleetCount[]> {
  const rows = await db
    .selectFrom('device_packages')
    .innerJoin('devices', 'devices.device_id', 'device_packages.device_id')
    .select(({ fn }) => ['active_release', 'wanted_release', 'phase', fn.countAll().as('devices')])
    .where('package', '=', packageName)
    .where('devices.state', '=', 'accepted')
    .groupBy(['active_release', 'wanted_release', 'phase'])
    .execute()
  return rows.map(row => ({
    activeRelease: row.active_release,
    wantedRelease: row.wanted_release,
    phase: row.phase,
    devices: Number(row.devices),
  }))
}
