/** Who needs which release of a package: profiles that pin it or give the latest, and devices that want or run it. */
import { latestRelease } from './releases.ts'
import type { Db } from './tables.ts'

export interface ReleaseUse {
  /** Profiles that pin it. */
  readonly pinnedBy: readonly string[]
  /** It is the latest one, and these profiles give the latest. */
  readonly latestFor: readonly string[]
  /** Devices that want it, and that run it, by their last reports; revoked ones too, which may come back. */
  readonly wantedBy: number
  readonly runBy: number
}

/** By the numbers of the releases. */
export async function usesOfReleases(db: Db, packageName: string): Promise<(release: number) => ReleaseUse> {
  const latest = (await latestRelease(db, packageName))?.release
  const choices = await db
    .selectFrom('profile_packages')
    .select(['profile', 'pinned_release'])
    .where('package', '=', packageName)
    .orderBy('profile')
    .execute()
  const devices = await db
    .selectFrom('device_packages')
    .select(({ fn }) => ['wanted_release', 'active_release', fn.countAll().as('devices')])
    .where('package', '=', packageName)
    .groupBy(['wanted_release', 'active_release'])
    .execute()
  const profilesWith = (pinned: number | null) =>
    choices.filter(choice => choice.pinned_release === pinned).map(choice => choice.profile)
  const devicesWith = (column: 'wanted_release' | 'active_release', release: number) =>
    devices.filter(row => row[column] === release).reduce((sum, row) => sum + Number(row.devices), 0)
  return release => ({
    pinnedBy: profilesWith(release),
    latestFor: release === latest ? profilesWith(null) : [],
    wantedBy: devicesWith('wanted_release', release),
    runBy: devicesWith('active_release', release),
  })
}

export const isUsed = ({ pinnedBy, latestFor, wantedBy, runBy }: ReleaseUse): boolean =>
  pinnedBy.length + latestFor.length + wantedBy + runBy > 0

/** How many devices have a package by their last reports, in whatever state. */
export async function devicesWithPackage(db: Db, packageName: string): Promise<number> {
  const row = await db
    .selectFrom('device_packages')
    .select(({ fn }) => fn.countAll().as('devices'))
    .where('package', '=', packageName)
    .executeTakeFirst()
  return Number(row?.devices ?? 0)
}
