/**
 * What keeps a release from a device until a person does something, by the device's last report: the one place that says so to
 * the API, the commands and the pages. Pure. It believes the report: nothing but words follows from it.
 */
import type { PackageStatus } from './device-status.ts'
import { highestReleaseIn } from './signed-manifest.ts'

export interface UpdateObstacle {
  readonly kind: 'older-release' | 'release-failed' | 'manifest-refused'
  readonly sentence: string
  /** What helps: publishing old content under a new number, asking for another try, or nothing that Larder has. */
  readonly remedy: 'republish' | 'retry' | null
}

type Report = Pick<
  PackageStatus,
  'package' | 'wantedRelease' | 'activeRelease' | 'update' | 'reason' | 'detail'
>

/** What keeps `release` from a device with this report; null: nothing, or nothing that is known yet. */
export function obstacleTo(release: number, report: Report): UpdateObstacle | null {
  const { package: name, activeRelease } = report
  const isReported = report.wantedRelease === release
  const refusesAbove =
    isReported && report.reason === 'manifest-refused' ? highestReleaseIn(report.detail) : null
  const highest = Math.max(activeRelease ?? 0, refusesAbove ?? 0)
  if (highest > release) {
    return {
      kind: 'older-release',
      sentence: `This device has run release ${highest} of ${name} and refuses release ${release}: on a device numbers only rise. To go back to the files of release ${release}, publish them again as a new release.`,
      remedy: 'republish',
    }
  }
  if (!isReported) return null
  if (report.update === 'failed')
    return { kind: 'release-failed', sentence: `The device says: ${report.detail}`, remedy: 'retry' }
  if (report.reason === 'manifest-refused') {
    return {
      kind: 'manifest-refused',
      sentence: `This device does not accept the manifest of release ${release} of ${name}. It says: ${report.detail}. It asks for it again every minute by itself.`,
      remedy: null,
    }
  }
  return null
}

/** The command that helps; null where none does. */
export function remedyCommand(
  { remedy }: UpdateObstacle,
  target: { readonly deviceId: string; readonly package: string; readonly release: number },
): string | null {
  const { deviceId, package: name, release } = target
  if (remedy === null) return null
  return remedy === 'retry'
    ? `larder device retry ${deviceId} --package ${name}`
    : `larder package republish ${name} ${release} --version LABEL`
}
