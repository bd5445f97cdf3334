/**
 * Every device as the administration sees it, in memory: record, presence and last report put together, with counts kept
 * beside. It reads the records once and follows what happens from then on; a report costs one row, whatever the size
 * of the fleet. It writes nothing and knows no HTTP.
 */

import type { Role } from '../../policy/windows.ts'
import type { DevicePhase } from '../../protocol/admin/devices.ts'
import type { FleetCounts } from '../../protocol/admin/overview.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { BackgroundJob, BackgroundJobs } from '../background-jobs.ts'
import type { DuplicateIdentity } from '../fleet/duplicate-identities.ts'
import type { FleetChange } from '../fleet-directory.ts'
import type { FleetPresence } from '../fleet-presence.ts'
import type { Report } from '../records/device-reports.ts'
import { type DeviceDetails, findDevice, listDevices } from '../records/devices.ts'
import type { Records } from '../records/records.ts'
import { findSite } from '../records/sites.ts'
import { ChangeLog } from './change-log.ts'
import { phaseOfDevice } from './device-phase.ts'
import { type Contribution, FleetTally, type SiteCounts } from './fleet-tally.ts'

export interface BoardRow {
  readonly device: DeviceDetails
  readonly isOnline: boolean
  /** In force (W8). */
  readonly role: Role
  readonly duplicate: DuplicateIdentity | null
  readonly phase: DevicePhase
  readonly detail: string
}

type LastReport = Pick<DeviceDetails, 'lastStatus' | 'lastStatusAt'>

/** Lists and counts are wrong until what could not be read is read. */
const LONGEST_PAUSE_MS = 30_000
/** Reports kept of devices that are still to be read. */
const MAX_EARLY = 20_000

interface Entry extends BoardRow {
  readonly contribution: Contribution
}

export interface FleetBoardDeps {
  readonly records: Records
  readonly presence: FleetPresence
  readonly jobs: BackgroundJobs
  /** Learns of devices that are in the records no more. */
  readonly onRemoved?: (deviceId: string) => void
}

export class FleetBoard {
  readonly #deps: FleetBoardDeps
  readonly #entries = new Map<string, Entry>()
  readonly #bySite = new Map<string, Set<string>>()
  readonly #early = new Map<string, LastReport>()
  readonly #tally = new FleetTally()
  readonly #siteChangedAt = new Map<string, number>()
  readonly #unsubscribe: readonly (() => void)[]
  readonly #waiting = new Map<string, () => Promise<void>>()
  readonly #job: BackgroundJob
  /** Devices that changed, in order. */
  readonly log = new ChangeLog()

  constructor(deps: FleetBoardDeps) {
    this.#deps = deps
    this.#job = deps.jobs.add({
      name: 'following the fleet',
      run: () => this.#readAll(),
      longestPauseMs: LONGEST_PAUSE_MS,
    })
    this.#unsubscribe = [
      deps.records.reports.subscribe((deviceId, report, at) => this.#onReport(deviceId, report, at)),
      deps.records.changes.subscribe(change => this.#onChange(change)),
      deps.presence.subscribe(deviceId => this.#onPresence(deviceId)),
    ]
    this.#read('all', async () => {
      for (const device of await listDevices(deps.records.db)) this.#put(device)
    })
  }

  /** Resolves when nothing of it reads any more. */
  async close(): Promise<void> {
    this.#waiting.clear()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#job.close()
  }

  /** Resolves when every change that was committed before is on the board, or could not be read and is tried again. */
  async settled(): Promise<void> {
    await this.#job.idle()
  }

  get counts(): FleetCounts {
    return this.#tally.fleet
  }

  countsOf(site: string): SiteCounts {
    return this.#tally.ofSite(site)
  }

  row(deviceId: string): BoardRow | undefined {
    return this.#entries.get(deviceId)
  }

  rows(): IterableIterator<BoardRow> {
    return this.#entries.values()
  }

  rowsOf(site: string): BoardRow[] {
    return [...(this.#bySite.get(site) ?? [])].flatMap(deviceId => this.#entries.get(deviceId) ?? [])
  }

  /** Sites whose devices or counts changed after this number of the log. */
  sitesChangedAfter(number: number): string[] {
    return [...this.#siteChangedAt].flatMap(([site, at]) => (at > number ? [site] : []))
  }

  #onReport(deviceId: string, report: Report, at: number): void {
    const entry = this.#entries.get(deviceId)
    if (entry === undefined) return this.#onEarlyReport(deviceId, report, at)
    const seen = { ...entry.device, lastSeenAt: Math.max(entry.device.lastSeenAt, at) }
    if (report.type === 'status') this.#put({ ...seen, lastStatus: report.status, lastStatusAt: at })
    else if (report.type !== 'seen') this.#put(seen)
    // That it was heard of is not worth telling anybody.
    else this.#entries.set(deviceId, { ...entry, device: seen })
  }

  /** It is not in the records yet, and the board is still to read of the device. */
  #onEarlyReport(deviceId: string, report: Report, at: number): void {
    if (report.type === 'status' && this.#early.size < MAX_EARLY)
      this.#early.set(deviceId, { lastStatus: report.status, lastStatusAt: at })
    this.#readDevice(deviceId)
  }

  #onPresence(deviceId: string): void {
    const entry = this.#entries.get(deviceId)
    if (entry === undefined) return this.#readDevice(deviceId)
    this.#put(entry.device)
    // Whoever comes or goes may give or take the store role of others.
    for (const other of entry.device.site === null ? [] : this.rowsOf(entry.device.site)) {
      const isPromotable = other.device.assignedRole === 'auto' && other.device.deviceId !== deviceId
      if (isPromotable && this.#deps.presence.roleOf(other.device) !== other.role) this.#put(other.device)
    }
  }

  #onChange(change: FleetChange): void {
    if (change.type === 'device') return this.#readDevice(change.deviceId)
    if (change.type !== 'site') return
    const { site } = change
    this.#read(`site ${site}`, async () => {
      const record = await findSite(this.#deps.records.db, site)
      this.#siteChangedAt.set(site, this.log.add(''))
      for (const { device } of this.rowsOf(site))
        if (record !== null) this.#put({ ...device, timeZone: record.timeZone, limits: record.limits })
    })
  }

  #readDevice(deviceId: string): void {
    this.#read(deviceId, async () => {
      const device = await findDevice(this.#deps.records.db, deviceId)
      if (device !== null) this.#put(device)
      else this.#remove(deviceId)
      this.#early.delete(deviceId)
    })
  }

  /** One read at a time; what is asked for again while it waits is read once, after the last change. */
  #read(key: string, work: () => Promise<void>): void {
    this.#waiting.set(key, work)
    this.#job.wake()
  }

  /** What could not be read waits for the next try, and keeps nothing else from being read. */
  async #readAll(): Promise<null> {
    const failed: [key: string, work: () => Promise<void>][] = []
    const failures: unknown[] = []
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const [key, work] = next
      this.#waiting.delete(key)
      await work().catch(error => {
        failed.push(next)
        failures.push(error)
      })
    }
    // What was asked for anew meanwhile is read anew.
    for (const [key, work] of failed) if (!this.#waiting.has(key)) this.#waiting.set(key, work)
    if (failures.length > 0) throw failures[0]
    return null
  }

  #put(read: DeviceDetails): void {
    const { presence } = this.#deps
    const before = this.#entries.get(read.deviceId)
    const known = before?.device ?? this.#early.get(read.deviceId)
    const device = known === undefined ? read : withNewerReport(read, known)
    const isOnline = presence.isOnline(device.deviceId)
    const role = presence.roleOf(device)
    const { phase, detail } = phaseOfDevice({
      state: device.state,
      isOnline,
      packages: device.lastStatus?.packages ?? [],
    })
    const duplicate = presence.duplicateOf(device.deviceId)
    const row = { device, isOnline, role, duplicate, phase, detail }
    const contribution = contributionOf(row)
    this.#entries.set(device.deviceId, { ...row, contribution })
    const number = this.log.add(device.deviceId)
    if (before !== undefined) {
      this.#tally.remove(before.device.site, before.contribution)
      this.#leaveSite(before.device, device.site, number)
    }
    this.#tally.add(device.site, contribution)
    this.#enterSite(device, number)
  }

  /** It is in the records no more. */
  #remove(deviceId: string): void {
    this.#deps.onRemoved?.(deviceId)
    const entry = this.#entries.get(deviceId)
    if (entry === undefined) return
    this.#entries.delete(deviceId)
    this.#tally.remove(entry.device.site, entry.contribution)
    this.#leaveSite(entry.device, null, this.log.add(deviceId))
  }

  #enterSite({ deviceId, site }: DeviceDetails, number: number): void {
    if (site === null) return
    const devices = this.#bySite.get(site) ?? new Set()
    this.#bySite.set(site, devices.add(deviceId))
    this.#siteChangedAt.set(site, number)
  }

  #leaveSite({ deviceId, site }: DeviceDetails, next: string | null, number: number): void {
    if (site === null || site === next) return
    this.#bySite.get(site)?.delete(deviceId)
    this.#siteChangedAt.set(site, number)
  }
}

/** Reports reach the board before they reach the records, so what is read may know less. */
function withNewerReport(read: DeviceDetails, known: LastReport & { lastSeenAt?: number }): DeviceDetails {
  const lastSeenAt = Math.max(read.lastSeenAt, known.lastSeenAt ?? 0)
  const isOlder = (read.lastStatusAt ?? -1) < (known.lastStatusAt ?? -1)
  const { lastStatus, lastStatusAt } = isOlder ? known : read
  return { ...read, lastSeenAt, lastStatus, lastStatusAt }
}

function contributionOf({ device, isOnline, role, phase }: BoardRow): Contribution {
  if (device.state === 'pending') return ['pending']
  if (device.state === 'revoked') return []
  const contribution: (keyof SiteCounts)[] = ['devices']
  contribution.push(isOnline ? 'online' : 'offline')
  if (role === 'store') contribution.push('stores')
  if (role === 'store' && isOnline) contribution.push('storesOnline')
  if (phase === 'active') contribution.push('onWanted')
  else if (phase === 'downloading' || phase === 'staged') contribution.push('downloading')
  else if (phase === 'waiting' || phase === 'failed') contribution.push(phase)
  return contribution
}

/** What the device said last; empty before its first report, and while it is revoked: then it shows none of them. */
export function packagesOf({ device }: BoardRow): DeviceStatus['packages'] {
  return device.state === 'revoked' ? [] : (device.lastStatus?.packages ?? [])
}
