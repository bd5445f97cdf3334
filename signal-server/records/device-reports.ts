/**
 * What devices say of themselves: last status, last events, last diagnostics, when they were last heard from.
 *
 * Reports come often and only the newest counts, so they are gathered and written together. A kill loses at most what
 * the last interval brought; the devices report again. Reading goes through `flush`, so nobody sees the delay. Reports that
 * the disk does not take are kept, as many as would be kept on it, and written with those that follow.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { DeviceEvent } from '../fleet-directory.ts'
import { storageFaultOf } from '../storage-fault.ts'
import { findLeftOut, leftOutText, putLeftOut } from './left-out-counters.ts'
import {
  EVENTS_KEPT,
  joinReports,
  newestEvents,
  noReports,
  type PendingReports,
  replaceStatus,
  type StatusReport,
  type StoredDeviceEvent,
  type StoredDiagnostics,
} from './pending-reports.ts'
import type { Db } from './tables.ts'
import type { TrafficHistory } from './traffic-history.ts'
import {
  capForRelease,
  countersAfter,
  countersIn,
  type PackageCounters,
  type Travelled,
  trafficIncrement,
} from './traffic-increments.ts'

/** A status a second from a thousand devices is then one transaction a second. */
const WRITE_INTERVAL_MS = 1000
/** After a write that failed: while the disk is full, each try is in vain. */
const RETRY_INTERVAL_MS = 5000
/** Devices and releases remembered; beyond it all are forgotten at once and read again. */
const MAX_REMEMBERED = 20_000

/** What is in the records of a device's last report: what the next one is compared with. */
interface Remembered {
  readonly at: number
  readonly counters: ReadonlyMap<string, PackageCounters>
  /** Its rows in `device_packages`, as text. */
  readonly packages: string
  /** What `left-out-counters.ts` keeps of it. */
  readonly leftOut: string
}

/** `seen`: the device was heard from, and nothing more. */
export type Report =
  | { readonly type: 'status'; readonly status: DeviceStatus }
  | { readonly type: 'event'; readonly event: DeviceEvent }
  | { readonly type: 'diagnostics' }
  | { readonly type: 'seen' }
type ReportListener = (deviceId: string, report: Report, at: number) => void

export class DeviceReports {
  readonly #db: Db
  readonly #traffic: TrafficHistory
  readonly #onFailure: (error: unknown) => void
  readonly #listeners = new Set<ReportListener>()
  readonly #remembered = new Map<string, Remembered>()
  readonly #caps = new Map<string, number>()
  #pending = new Map<string, PendingReports>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #writing: Promise<void> = Promise.resolve()

  /** `onFailure` learns of writes that failed. Where the disk is the cause the reports are kept, else they are lost. */
  constructor(db: Db, traffic: TrafficHistory, onFailure: (error: unknown) => void) {
    this.#db = db
    this.#traffic = traffic
    this.#onFailure = onFailure
  }

  /** Calls back with each report as it comes in, before it is written. Returns the unsubscribe. */
  subscribe(listener: ReportListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  touch(deviceId: string, now: number): void {
    this.#touch(deviceId, now)
    this.#tell(deviceId, { type: 'seen' }, now)
  }

  saveStatus(deviceId: string, status: DeviceStatus, now: number): void {
    const pending = this.#touch(deviceId, now)
    replaceStatus(pending, { value: status, at: now })
    this.#tell(deviceId, { type: 'status', status }, now)
  }

  saveEvent(deviceId: string, event: DeviceEvent, now: number): void {
    const pending = this.#touch(deviceId, now)
    pending.events = newestEvents(pending.events, [{ ...event, at: now }])
    this.#tell(deviceId, { type: 'event', event }, now)
  }

  saveDiagnostics(deviceId: string, report: DiagnosticsReport, now: number): void {
    this.#touch(deviceId, now).diagnostics = { report, receivedAt: now }
    this.#tell(deviceId, { type: 'diagnostics' }, now)
  }

  /** What the records hold of the device may differ now: the next report writes what it says of its packages again. */
  recheck(deviceId: string): void {
    const known = this.#remembered.get(deviceId)
    if (known !== undefined) this.#remembered.set(deviceId, { ...known, packages: '' })
  }

  /** How many devices said something that is not in the records yet. */
  get unwrittenDevices(): number {
    return this.#pending.size
  }

  /** Resolves when everything reported so far is in the records, or could not be written now. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#pending.size > 0) this.#writing = this.#writing.then(() => this.#writePending())
    await this.#writing
  }

  /** Writes no more by itself; what could not be written is lost. */
  async close(): Promise<void> {
    await this.flush()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #tell(deviceId: string, report: Report, now: number): void {
    for (const listener of this.#listeners) listener(deviceId, report, now)
  }

  #touch(deviceId: string, now: number): PendingReports {
    const pending = this.#of(deviceId, now)
    pending.lastSeenAt = Math.max(pending.lastSeenAt, now)
    return pending
  }

  #of(deviceId: string, now: number): PendingReports {
    let pending = this.#pending.get(deviceId)
    if (!pending) {
      pending = noReports(now)
      this.#pending.set(deviceId, pending)
    }
    this.#writeIn(WRITE_INTERVAL_MS)
    return pending
  }

  #writeIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), delayMs)
  }

  async #writePending(): Promise<void> {
    const reports = this.#pending
    this.#pending = new Map()
    try {
      await this.#write(reports)
    } catch (error) {
      this.#onFailure(error)
      // What fails for another reason would fail each time, and hold up the reports of all devices.
      if (storageFaultOf(error) === null) return
      for (const [deviceId, later] of this.#pending) {
        const earlier = reports.get(deviceId)
        reports.set(deviceId, earlier ? joinReports(earlier, later) : later)
      }
      this.#pending = reports
      this.#writeIn(RETRY_INTERVAL_MS)
    }
  }

  async #write(reports: ReadonlyMap<string, PendingReports>): Promise<void> {
    const written = new Map<string, Remembered>()
    const committed = await this.#db.transaction().execute(async trx => {
      const bySite = new Map<string | null, Travelled>()
      let now = 0
      for (const [deviceId, report] of reports) {
        const before = report.status && (await this.#lastWritten(trx, deviceId))
        const place = await writeReport(trx, deviceId, report)
        if (place === null || report.status === null || !before) continue
        const after = await this.#countReports(trx, before, [...report.ended, report.status])
        const packages = packageRowsOf(report.status.value)
        if (packages !== before.packages) await writePackages(trx, deviceId, report.status.value)
        const leftOut = leftOutText(after.counters, report.status.value)
        if (leftOut !== before.leftOut) await putLeftOut(trx, deviceId, leftOut)
        written.set(deviceId, { at: report.status.at, counters: after.counters, packages, leftOut })
        now = Math.max(now, report.status.at)
        const sum = bySite.get(place.site) ?? { fromStores: 0, fromServer: 0 }
        bySite.set(place.site, {
          fromStores: sum.fromStores + after.fromStores,
          fromServer: sum.fromServer + after.fromServer,
        })
      }
      return await this.#traffic.count(trx, bySite, now)
    })
    committed()
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.clear()
    for (const [deviceId, remembered] of written) this.#remembered.set(deviceId, remembered)
  }

  /** What the records hold of the device's last report; null for a device that is not known. */
  async #lastWritten(trx: Db, deviceId: string): Promise<Remembered | null> {
    const known = this.#remembered.get(deviceId)
    if (known !== undefined) return known
    const row = await trx
      .selectFrom('devices')
      .select(['last_status', 'last_status_at', 'enrolled_at'])
      .where('device_id', '=', deviceId)
      .executeTakeFirst()
    if (row === undefined) return null
    const status = row.last_status === null ? null : (JSON.parse(row.last_status) as DeviceStatus)
    const leftOut = await findLeftOut(trx, deviceId)
    return {
      at: Number(row.last_status_at ?? row.enrolled_at),
      counters: new Map([...leftOut.counters, ...(status === null ? [] : countersIn(status))]),
      packages: status === null ? '' : packageRowsOf(status),
      leftOut: leftOut.text,
    }
  }

  async #countReports(trx: Db, before: Remembered, reports: readonly StatusReport[]) {
    let { at, counters } = before
    let fromStores = 0
    let fromServer = 0
    for (const report of reports) {
      const caps = new Map<string, number>()
      for (const { package: name, wantedRelease } of report.value.packages)
        caps.set(name, await this.#capOf(trx, name, wantedRelease))
      const increment = trafficIncrement(counters, report.value, {
        elapsedMs: report.at - at,
        capOf: name => caps.get(name) ?? 0,
      })
      fromStores += increment.fromStores
      fromServer += increment.fromServer
      counters = countersAfter(counters, report.value)
      at = report.at
    }
    return { counters, fromStores, fromServer }
  }

  async #capOf(trx: Db, packageName: string, release: number): Promise<number> {
    const key = `${packageName} ${release}`
    const known = this.#caps.get(key)
    if (known !== undefined) return known
    const row = await trx
      .selectFrom('releases')
      .select('encoded_bytes')
      .where('package', '=', packageName)
      .where('number', '=', release)
      .executeTakeFirst()
    const cap = capForRelease(row === undefined ? null : Number(row.encoded_bytes))
    if (row !== undefined) {
      if (this.#caps.size > MAX_REMEMBERED) this.#caps.clear()
      this.#caps.set(key, cap)
    }
    return cap
  }
}

/** Where the device belongs; null when it is not known, and then nothing was written. */
async function writeReport(
  db: Db,
  deviceId: string,
  report: PendingReports,
): Promise<{ readonly site: string | null } | null> {
  const { status } = report
  const updated = await db
    .updateTable('devices')
    .set({
      last_seen_at: report.lastSeenAt,
      ...(status && { last_status: JSON.stringify(status.value), last_status_at: status.at }),
    })
    .where('device_id', '=', deviceId)
    .returning('site')
    .executeTakeFirst()
  if (updated === undefined) return null
  if (report.events.length > 0) await writeEvents(db, deviceId, report.events)
  if (report.diagnostics !== null) await writeDiagnostics(db, deviceId, report.diagnostics)
  return updated
}

/** What `device_packages` says of the device, to see whether it has to be written again. */
function packageRowsOf(status: DeviceStatus): string {
  return status.packages
    .map(entry => `${entry.package} ${entry.wantedRelease} ${entry.activeRelease} ${entry.phase}`)
    .join('\n')
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

async function writeDiagnostics(db: Db, deviceId: string, last: StoredDiagnostics): Promise<void> {
  const columns = { report: JSON.stringify(last.report), received_at: last.receivedAt }
  await db
    .insertInto('device_diagnostics')
    .values({ device_id: deviceId, ...columns })
    .onConflict(conflict => conflict.column('device_id').doUpdateSet(columns))
    .execute()
}

/** What the device last found out about itself; null when it never said. */
export async function findDiagnostics(db: Db, deviceId: string): Promise<StoredDiagnostics | null> {
  const row = await db
    .selectFrom('device_diagnostics')
    .selectAll()
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  if (row === undefined) return null
  return { report: JSON.parse(row.report) as DiagnosticsReport, receivedAt: Number(row.received_at) }
}

/** A device's last events, newest first; those before number `before`, if it is given. */
export async function listDeviceEvents(
  db: Db,
  deviceId: string,
  limit: number,
  before?: number,
): Promise<(StoredDeviceEvent & { readonly number: number })[]> {
  let query = db.selectFrom('device_events').selectAll().where('device_id', '=', deviceId)
  if (before !== undefined) query = query.where('number', '<', before)
  const rows = await query.orderBy('number', 'desc').limit(limit).execute()
  return rows.map(row => ({
    number: row.number,
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
  readonly devices: number
}

/** How many accepted devices stand where with a package, by their last reports. */
export async function countFleetState(db: Db, packageName: string): Promise<FleetCount[]> {
  const rows = await db
    .selectFrom('device_packages')
    .innerJoin('devices', 'devices.device_id', 'device_packages.device_id')
    .select(({ fn }) => ['active_release', 'wanted_release', fn.countAll().as('devices')])
    .where('package', '=', packageName)
    .where('devices.state', '=', 'accepted')
    .groupBy(['active_release', 'wanted_release'])
    .execute()
  return rows.map(row => ({
    activeRelease: row.active_release,
    wantedRelease: row.wanted_release,
    devices: Number(row.devices),
  }))
}
