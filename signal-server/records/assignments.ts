/**
 * What a site's devices are to run: its profiles merged, each package from the first profile that names it (higher
 * priority first, then by name), each choice of release looked up, each bound resolved for the site (rules B2 to B8).
 * The packages stand in the order of their own priorities: the first one that has a release is what a screen shows.
 */
import { resolveWindows } from '../../policy/bounds.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import { MAX_ASSIGNMENTS } from '../../protocol/limits.ts'
import { profilePackageOf, type ReleaseChoice } from './profiles.ts'
import { findRelease, latestRelease, type ReleaseRecord } from './releases.ts'
import { findSite } from './sites.ts'
import type { Db } from './tables.ts'

/** An assignment, and the profile it came from. */
export interface SiteAssignment extends Assignment {
  readonly profile: string
}

/**
 * Empty for a site that is not known. A package without a release to give is left out, and so is what goes beyond
 * {@link MAX_ASSIGNMENTS}. `assignedAt` is when release, choice and site came together: it stays the same over
 * restarts and changes of the windows.
 */
export async function assignmentsForSite(db: Db, siteName: string): Promise<SiteAssignment[]> {
  const site = await findSite(db, siteName)
  if (site === null) return []
  const wanted = await db
    .selectFrom('profile_sites')
    .innerJoin('profiles', 'profiles.name', 'profile_sites.profile')
    .innerJoin('profile_packages', 'profile_packages.profile', 'profile_sites.profile')
    .selectAll('profile_packages')
    .select('profile_sites.added_at')
    .where('profile_sites.site', '=', siteName)
    .orderBy('profiles.priority', 'desc')
    .orderBy('profiles.name')
    .execute()
  const given = new Map<string, (typeof wanted)[number]>()
  for (const row of wanted) if (!given.has(row.package)) given.set(row.package, row)
  const rows = [...given.values()].sort(
    (a, b) => b.package_priority - a.package_priority || (a.package < b.package ? -1 : 1),
  )

  const assignments: SiteAssignment[] = []
  for (const row of rows) {
    if (assignments.length === MAX_ASSIGNMENTS) break
    const choice = profilePackageOf(row)
    const release = await chosenRelease(db, choice.package, choice.release)
    if (release === null) continue
    assignments.push({
      profile: row.profile,
      package: release.package,
      release: release.release,
      version: release.version,
      digest: release.digest,
      windows: resolveWindows(choice.distribution, {
        timeZone: site.timeZone,
        publishedAt: release.publishedAt,
      }),
      ...choice.update,
      assignedAt: Math.max(release.publishedAt, Number(row.wanted_at), Number(row.added_at)),
    })
  }
  return assignments
}

/** The release that a profile's choice means now; null when there is none. */
export function chosenRelease(
  db: Db,
  packageName: string,
  choice: ReleaseChoice,
): Promise<ReleaseRecord | null> {
  return choice === 'latest' ? latestRelease(db, packageName) : findRelease(db, packageName, choice)
}

/** By site, the profile that a package comes from there: the first one that names it, `without` left out. */
export async function profilesGivingPackage(
  db: Db,
  packageName: string,
  without: string | null = null,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('profile_sites')
    .innerJoin('profiles', 'profiles.name', 'profile_sites.profile')
    .innerJoin('profile_packages', 'profile_packages.profile', 'profile_sites.profile')
    .select(['profile_sites.site', 'profile_sites.profile'])
    .where('profile_packages.package', '=', packageName)
    .orderBy('profiles.priority', 'desc')
    .orderBy('profiles.name')
    .execute()
  const givers = new Map<string, string>()
  for (const { site, profile } of rows)
    if (!givers.has(site) && profile !== without) givers.set(site, profile)
  return givers
}
