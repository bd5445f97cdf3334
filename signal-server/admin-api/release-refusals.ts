/**
 * Devices that will refuse what they are given because they ran a release with a higher number: told where a release is pinned,
 * where a device is moved, and for as long as it is so. By the devices' last reports, and never more than words.
 */
import { obstacleTo } from '../../protocol/update-obstacle.ts'
import type { FleetBoard } from '../fleet-watch/fleet-board.ts'
import { packagesOf } from '../fleet-watch/fleet-board.ts'
import { assignmentsForSite, chosenRelease, profilesGivingPackage } from '../records/assignments.ts'
import type { DeviceDetails } from '../records/devices.ts'
import type { ProfilePackage, ProfileRecord } from '../records/profiles.ts'
import type { Db } from '../records/tables.ts'

/** A sentence for each package that its site gives to this device in a release that it refuses. */
export async function refusalWarnings(db: Db, device: DeviceDetails): Promise<string[]> {
  if (device.state !== 'accepted' || device.site === null) return []
  const reports = device.lastStatus?.packages ?? []
  if (reports.length === 0) return []
  return (await assignmentsForSite(db, device.site)).flatMap(({ package: name, release }) => {
    const report = reports.find(entry => entry.package === name)
    const obstacle = report === undefined ? null : obstacleTo(release, report)
    return obstacle?.kind === 'older-release' ? obstacle.sentence : []
  })
}

export interface ReleaseRefusals {
  readonly devices: number
  /** Of the profile's sites, those where such devices are. */
  readonly sites: readonly string[]
  /** The release that the profile gives. */
  readonly release: number
  readonly message: string
}

/** How many devices refuse the release that a profile gives them of a package; null where none does. */
export async function refusalsOf(
  { db, board }: { readonly db: Db; readonly board: FleetBoard },
  profile: Pick<ProfileRecord, 'name' | 'sites'>,
  entry: Pick<ProfilePackage, 'package' | 'release'>,
): Promise<ReleaseRefusals | null> {
  const chosen = await chosenRelease(db, entry.package, entry.release)
  if (chosen === null) return null
  const { release } = chosen
  const givers = await profilesGivingPackage(db, entry.package)
  const sites: string[] = []
  let devices = 0
  for (const site of profile.sites) {
    if (givers.get(site) !== profile.name) continue
    const here = board.rowsOf(site).filter(row => {
      const report = packagesOf(row).find(({ package: name }) => name === entry.package)
      return (
        row.device.state === 'accepted' &&
        report !== undefined &&
        obstacleTo(release, report)?.kind === 'older-release'
      )
    })
    if (here.length === 0) continue
    devices += here.length
    sites.push(site)
  }
  if (devices === 0) return null
  const who = devices === 1 ? '1 device has' : `${devices} devices have`
  const message =
    entry.release === 'latest'
      ? `${who} run a later release of ${entry.package} than ${release}, the newest that this server knows, as after a backup was restored. They refuse every release up to the one that they ran; the overview says which that is. Number the next ones above it: larder package renumber ${entry.package} --above NUMBER`
      : `${who} run a later release of ${entry.package} than ${release} and ${devices === 1 ? 'refuses' : 'refuse'} it: on a device numbers only rise. To go back to the files of release ${release}, publish them again as a new release: larder package republish ${entry.package} ${release} --version LABEL`
  return { devices, sites, release, message }
}
