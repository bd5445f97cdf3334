/**
 * What a device's report adds to the bytes that travelled (PR-S17). Devices report counters for each package and release;
 * reloads, new releases, wiped disks and lies all make counters jump, and the sum must neither shrink nor explode. Pure.
 */
import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { MIB } from '../../protocol/limits.ts'

/** Bytes by where they came from. */
export interface Travelled {
  readonly fromStores: number
  readonly fromServer: number
}

/** A package's counters as they were last reported. */
export interface PackageCounters extends Travelled {
  readonly wantedRelease: number
}

export interface IncrementBounds {
  /** Since the report before. */
  readonly elapsedMs: number
  /** The most that counts for one device and one release, from either kind of source. */
  capOf(packageName: string, release: number): number
}

/** Faster than any link a kiosk has. */
const MAX_BYTES_PER_MS = 125_000
const MIN_ELAPSED_MS = 1_000
/** A release may travel more than once (wrong chunks, races, a wiped disk), but not without end. */
const CAP_FACTOR = 4
const MIN_CAP_BYTES = 64 * MIB
/** Packages remembered of a device that leaves some out of its report. */
const MAX_REMEMBERED_PACKAGES = 128

/** The cap for a release of this size; of one that is not known, null. */
export function capForRelease(encodedBytes: number | null): number {
  return Math.max(MIN_CAP_BYTES, CAP_FACTOR * (encodedBytes ?? 0))
}

/** What this report adds to those before: never negative, never faster than a link, never more than releases can be. */
export function trafficIncrement(
  before: ReadonlyMap<string, PackageCounters>,
  status: Pick<DeviceStatus, 'packages'>,
  bounds: IncrementBounds,
): Travelled {
  let fromStores = 0
  let fromServer = 0
  for (const entry of status.packages) {
    const { package: name, wantedRelease } = entry
    const cap = bounds.capOf(name, wantedRelease)
    const earlier = before.get(name)
    const counters = countersOf(entry, earlier)
    if (counters === null) continue
    const isSame = earlier?.wantedRelease === wantedRelease
    fromStores += added(isSame ? earlier.fromStores : 0, counters.fromStores, cap)
    fromServer += added(isSame ? earlier.fromServer : 0, counters.fromServer, cap)
  }
  const limit = Math.max(MIN_ELAPSED_MS, bounds.elapsedMs) * MAX_BYTES_PER_MS
  return { fromStores: Math.min(fromStores, limit), fromServer: Math.min(fromServer, limit) }
}

const added = (before: number, after: number, cap: number) => Math.min(after, cap) - Math.min(before, cap)

/**
 * A package's counters once this entry is taken in: for each kind of source the highest that was reported of the release, so
 * that an older report, or a counter that fell when a device was killed, adds nothing. Null where the entry says nothing of
 * its release: earlier builds of the page repeat the counters of the previous release until the chunks of the wanted one are known.
 */
function countersOf(
  { wantedRelease, bytes, chunks }: PackageStatus,
  earlier: PackageCounters | undefined,
): PackageCounters | null {
  const { fromStores, fromServer } = bytes
  if (earlier?.wantedRelease === wantedRelease)
    return {
      wantedRelease,
      fromStores: Math.max(earlier.fromStores, fromStores),
      fromServer: Math.max(earlier.fromServer, fromServer),
    }
  if (chunks.total === 0 && fromStores + fromServer > 0) return null
  return { wantedRelease, fromStores, fromServer }
}

/** The counters of a report that was taken in before this server started, or that it has forgotten since. */
export function countersIn(status: Pick<DeviceStatus, 'packages'>): Map<string, PackageCounters> {
  return new Map(
    status.packages.map(({ package: name, wantedRelease, bytes: { fromStores, fromServer } }) => [
      name,
      { wantedRelease, fromStores, fromServer },
    ]),
  )
}

/** The counters to compare the next report with. What a report leaves out is remembered: it comes back after a reload. */
export function countersAfter(
  before: ReadonlyMap<string, PackageCounters>,
  status: Pick<DeviceStatus, 'packages'>,
): Map<string, PackageCounters> {
  const after = new Map(before)
  for (const entry of status.packages) {
    const earlier = after.get(entry.package)
    const counters = countersOf(entry, earlier) ?? earlier
    if (counters === undefined) continue
    after.delete(entry.package)
    after.set(entry.package, counters)
  }
  for (const name of after.keys()) {
    if (after.size <= MAX_REMEMBERED_PACKAGES) break
    after.delete(name)
  }
  return after
}

/** Whether counters of `earlier` end with it, so that it has to be counted although a newer report is here. */
export function endsCounters(earlier: DeviceStatus, later: DeviceStatus): boolean {
  const next = new Map(later.packages.map(entry => [entry.package, entry]))
  return earlier.packages.some(entry => {
    const now = next.get(entry.package)
    return (
      now === undefined ||
      now.wantedRelease !== entry.wantedRelease ||
      now.bytes.fromStores < entry.bytes.fromStores ||
      now.bytes.fromServer < entry.bytes.fromServer
    )
  })
}
