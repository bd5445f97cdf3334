/**
 * What one device is told of the fleet, and its wire form. Pure: records in, messages out.
 */
import type { Assignment, AssignmentWire, DeviceIdentity } from '../../protocol/assignment.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'
import type { DeviceRecord } from '../fleet-directory.ts'

export interface FleetView {
  readonly device: DeviceIdentity
  readonly assignments: readonly Assignment[]
  /** Stores of the site that are online, the device itself not counted. */
  readonly storesOnline: number
}

/**
 * The record as the device is told of it; a revoked one is told nothing, so it has no identity. `adminUrl`: where an
 * administrator accepts it, which is nobody's business afterwards.
 */
export function identityOf(
  record: DeviceRecord & { readonly state: 'pending' | 'accepted' },
  role: DeviceIdentity['role'],
  adminUrl: string | null,
): DeviceIdentity {
  const { deviceId, name, state, code, assignedRole, site, timeZone, labels, retries, limits } = record
  return {
    deviceId,
    name,
    state,
    code,
    role,
    assignedRole,
    site,
    timeZone,
    labels,
    retries: { ...retries },
    limits,
    adminUrl: state === 'pending' ? adminUrl : null,
  }
}

export function isEnrolled<R extends DeviceRecord>(
  record: R | null,
): record is R & { readonly state: 'pending' | 'accepted' } {
  return record !== null && record.state !== 'revoked'
}

export function assignmentToWire(assignment: Assignment): AssignmentWire {
  const { windows } = assignment
  return {
    ...assignment,
    assignedAt: toInstant(assignment.assignedAt),
    windows: {
      proxyDistribution: windows.proxyDistribution,
      onlyToProxiesUntil: toInstantOrNull(windows.onlyToProxiesUntil),
      enforceProxyUntil: toInstantOrNull(windows.enforceProxyUntil),
    },
  }
}

/** The messages that bring a device from one view to the next; none where nothing it can see changed (PR-S8). */
export function viewUpdates(before: FleetView, after: FleetView): SignalDownWire[] {
  const updates: SignalDownWire[] = []
  if (differs(before.device, after.device)) updates.push({ type: 'device', device: after.device })
  if (differs(before.assignments, after.assignments)) {
    updates.push({ type: 'assignments', assignments: after.assignments.map(assignmentToWire) })
  }
  if (before.storesOnline !== after.storesOnline) {
    updates.push({ type: 'stores', online: after.storesOnline })
  }
  return updates
}

function differs(a: unknown, b: unknown): boolean {
  return a !== b && !isSameValue(a, b)
}
