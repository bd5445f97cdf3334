/**
 * What devices reported and the records do not hold yet, one value for each device, bounded however long it has to wait.
 * Pure; `device-reports.ts` gathers and writes it.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { DeviceEvent } from '../fleet-directory.ts'
import { endsCounters } from './traffic-increments.ts'

/** Events kept per device. */
export const EVENTS_KEPT = 100
/** Reports whose counters ended before they could be written; an honest device has fewer in one interval. */
const MAX_ENDED_STATUSES = 4

export interface StoredDeviceEvent extends DeviceEvent {
  readonly at: number
}

/** The last report of a device's diagnostics. */
export interface StoredDiagnostics {
  readonly report: DiagnosticsReport
  readonly receivedAt: number
}

export interface StatusReport {
  readonly value: DeviceStatus
  readonly at: number
}

/** What one device reported and the records do not hold yet. */
export interface PendingReports {
  lastSeenAt: number
  /** Earlier ones whose counters end with them; their bytes count too. */
  ended: StatusReport[]
  status: StatusReport | null
  events: StoredDeviceEvent[]
  diagnostics: StoredDiagnostics | null
}

export const noReports = (now: number): PendingReports => ({
  lastSeenAt: now,
  ended: [],
  status: null,
  events: [],
  diagnostics: null,
})

export const newestEvents = (
  earlier: readonly StoredDeviceEvent[],
  later: readonly StoredDeviceEvent[],
): StoredDeviceEvent[] => [...earlier, ...later].slice(-EVENTS_KEPT)

/** Earlier statuses are kept only where their counters end: the bytes in them are in no later one. */
export function replaceStatus(pending: PendingReports, status: StatusReport): void {
  if (
    pending.status !== null &&
    pending.ended.length < MAX_ENDED_STATUSES &&
    endsCounters(pending.status.value, status.value)
  )
    pending.ended.push(pending.status)
  pending.status = status
}

/** What one device reported in two intervals, as if it had been one. */
export function joinReports(earlier: PendingReports, later: PendingReports): PendingReports {
  const sum: PendingReports = {
    lastSeenAt: Math.max(earlier.lastSeenAt, later.lastSeenAt),
    ended: [...earlier.ended],
    status: earlier.status,
    events: newestEvents(earlier.events, later.events),
    diagnostics: later.diagnostics ?? earlier.diagnostics,
  }
  for (const status of [...later.ended, ...(later.status ? [later.status] : [])]) replaceStatus(sum, status)
  return sum
}
