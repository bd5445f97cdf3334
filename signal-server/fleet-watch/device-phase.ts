/** What a device is doing as a whole, from what it says of its packages. Pure. */
import type { DevicePhase } from '../../protocol/admin/devices.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'

/** Most urgent first; also the order in which a list sorts by phase. */
export const PHASES: readonly DevicePhase[] = ['failed', 'downloading', 'staged', 'waiting', 'none', 'active']

/** The most urgent phase of the packages, with its reason in words. */
export function phaseOfDevice(packages: readonly PackageStatus[]): {
  readonly phase: DevicePhase
  readonly detail: string
} {
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
