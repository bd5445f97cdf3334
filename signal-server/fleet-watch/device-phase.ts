/**
 * What a device is doing as a whole, from what the server knows of it and what it says of its packages. What an offline device
 * said last is history, and a revoked one shows nothing: neither has the phase of a package. Pure.
 */
import type { DevicePhase } from '../../protocol/admin/devices.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'

/** Most urgent first; also the order in which a list sorts by phase. */
export const PHASES: readonly DevicePhase[] = [
  'offline',
  'failed',
  'downloading',
  'staged',
  'waiting',
  'none',
  'active',
]

export interface KnownOfDevice {
  readonly state: 'pending' | 'accepted' | 'revoked'
  readonly isOnline: boolean
  /** As it last reported them. */
  readonly packages: readonly PackageStatus[]
}

export interface DeviceDoing {
  readonly phase: DevicePhase
  readonly detail: string
}

/** Offline comes before all; then the most urgent phase of the packages, with its reason in words. */
export function phaseOfDevice({ state, isOnline, packages }: KnownOfDevice): DeviceDoing {
  if (state !== 'accepted') return { phase: 'none', detail: '' }
  const reported = mostUrgent(packages)
  if (isOnline) return reported
  return { phase: 'offline', detail: reported.detail === '' ? '' : `last report: ${reported.detail}` }
}

function mostUrgent(packages: readonly PackageStatus[]): DeviceDoing {
  let urgent: PackageStatus | null = null
  for (const entry of packages) {
    if (urgent === null || PHASES.indexOf(phaseOf(entry)) < PHASES.indexOf(phaseOf(urgent))) urgent = entry
  }
  return urgent === null ? { phase: 'none', detail: '' } : { phase: phaseOf(urgent), detail: urgent.detail }
}

/** A device that says "active" of another release than the wanted one has still to hear of it. */
function phaseOf(entry: PackageStatus): DevicePhase {
  return entry.phase === 'active' && entry.activeRelease !== entry.wantedRelease ? 'waiting' : entry.phase
}

/** One package of devices of the fleet, counted as the devices themselves are. */
export function countPhases(
  devices: Iterable<KnownOfDevice>,
  packageName: string,
): Partial<Record<DevicePhase, number>> {
  const counts: Partial<Record<DevicePhase, number>> = {}
  for (const device of devices) {
    const packages = device.packages.filter(entry => entry.package === packageName)
    if (device.state !== 'accepted' || packages.length === 0) continue
    const { phase } = phaseOfDevice({ ...device, packages })
    counts[phase] = (counts[phase] ?? 0) + 1
  }
  return counts
}
