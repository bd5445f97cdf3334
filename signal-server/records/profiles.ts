/**
 * Software profiles: named lists of packages with their options, applied to sites.
 * A profile may name a package before its first release. Which package wins where is `assignments.ts`.
 */
import type { WindowOptions } from '../../policy/bounds.ts'
import type { UpdateOptions } from '../../protocol/admin-api.ts'
import { defaultUpdateOptions } from '../../protocol/assignment.ts'
import type { Bound } from '../../protocol/bound.ts'
import { type Db, fromFlag, type Tables, toFlag } from './tables.ts'

export type ReleaseChoice = 'latest' | number

export interface ProfilePackage {
  readonly package: string
  readonly release: ReleaseChoice
  readonly distribution: WindowOptions
  /** How its releases take over on a device. */
  readonly update: UpdateOptions
  /** Counts changes of both: who read revision 3 must not overwrite revision 4 unseen. */
  readonly revision: number
}

export interface ProfileRecord {
  readonly name: string
  /** Higher wins where two profiles of a site name the same package; then the name decides, `a` before `b`. */
  readonly priority: number
  readonly sites: readonly string[]
  readonly packages: readonly ProfilePackage[]
}

export interface ProfileContents {
  readonly name: string
  readonly priority: number
  readonly sites: readonly string[]
  readonly packages: readonly { readonly package: string; readonly release: ReleaseChoice }[]
}

/** What a package has until somebody sets something else: stores share it, no windows. */
const DEFAULT_DISTRIBUTION: WindowOptions = {
  proxyDistribution: true,
  onlyToProxiesUntil: null,
  enforceProxyUntil: null,
}

export async function findProfile(db: Db, name: string): Promise<ProfileRecord | null> {
  const row = await db.selectFrom('profiles').selectAll().where('name', '=', name).executeTakeFirst()
  return row ? withContents(db, row) : null
}

/** All profiles, those that win first. */
export async function listProfiles(db: Db): Promise<ProfileRecord[]> {
  const rows = await db
    .selectFrom('profiles')
    .selectAll()
    .orderBy('priority', 'desc')
    .orderBy('name')
    .execute()
  const profiles: ProfileRecord[] = []
  for (const row of rows) profiles.push(await withContents(db, row))
  return profiles
}

async function withContents(db: Db, row: { name: string; priority: number }): Promise<ProfileRecord> {
  const sites = await db
    .selectFrom('profile_sites')
    .select('site')
    .where('profile', '=', row.name)
    .orderBy('site')
    .execute()
  const packages = await db
    .selectFrom('profile_packages')
    .selectAll()
    .where('profile', '=', row.name)
    .orderBy('package')
    .execute()
  return {
    name: row.name,
    priority: row.priority,
    sites: sites.map(({ site }) => site),
    packages: packages.map(profilePackageOf),
  }
}

/**
 * Creates the profile or replaces its sites, packages and priority. A package that stays keeps its distribution options,
 * and the time since when it is wanted as long as the choice of release stays too. Run it in a transaction.
 */
export async function putProfile(db: Db, profile: ProfileContents, now: number): Promise<void> {
  const settings = { priority: profile.priority, updated_at: now }
  await db
    .insertInto('profiles')
    .values({ name: profile.name, ...settings })
    .onConflict(conflict => conflict.column('name').doUpdateSet(settings))
    .execute()
  await replaceSites(db, profile, now)
  await replacePackages(db, profile, now)
}

async function replaceSites(db: Db, { name, sites }: ProfileContents, now: number): Promise<void> {
  let gone = db.deleteFrom('profile_sites').where('profile', '=', name)
  if (sites.length > 0) gone = gone.where('site', 'not in', sites)
  await gone.execute()
  for (const site of sites) {
    await db
      .insertInto('profile_sites')
      .values({ profile: name, site, added_at: now })
      .onConflict(conflict => conflict.columns(['profile', 'site']).doNothing())
      .execute()
  }
}

async function replacePackages(db: Db, { name, packages }: ProfileContents, now: number): Promise<void> {
  const names = packages.map(entry => entry.package)
  let gone = db.deleteFrom('profile_packages').where('profile', '=', name)
  if (names.length > 0) gone = gone.where('package', 'not in', names)
  await gone.execute()
  const before = await db
    .selectFrom('profile_packages')
    .select(['package', 'pinned_release'])
    .where('profile', '=', name)
    .execute()
  const choices = new Map(before.map(row => [row.package, row.pinned_release]))
  for (const entry of packages) {
    const pinned = entry.release === 'latest' ? null : entry.release
    if (!choices.has(entry.package)) {
      await insertPackage(db, name, entry.package, pinned, now)
    } else if (choices.get(entry.package) !== pinned) {
      await db
        .updateTable('profile_packages')
        .set({ pinned_release: pinned, wanted_at: now, updated_at: now })
        .where('profile', '=', name)
        .where('package', '=', entry.package)
        .execute()
    }
  }
}

async function insertPackage(
  db: Db,
  profile: string,
  packageName: string,
  pinned: number | null,
  now: number,
) {
  await db
    .insertInto('profile_packages')
    .values({
      profile,
      package: packageName,
      pinned_release: pinned,
      wanted_at: now,
      ...optionColumns({ distribution: DEFAULT_DISTRIBUTION, update: defaultUpdateOptions }),
      updated_at: now,
      revision: 1,
    })
    .execute()
}

/** With the options of its packages. */
export async function deleteProfile(db: Db, name: string): Promise<void> {
  await db.deleteFrom('profiles').where('name', '=', name).execute()
}

/** The profiles that name a package, by name. */
export async function profilesNaming(db: Db, packageName: string): Promise<string[]> {
  const rows = await db
    .selectFrom('profile_packages')
    .select('profile')
    .where('package', '=', packageName)
    .orderBy('profile')
    .execute()
  return rows.map(row => row.profile)
}

export type PackageOptions = Pick<ProfilePackage, 'distribution' | 'update'>

/** Sets the options of a package in a profile. False when the profile does not name it, or when it is no longer at `revision`. */
export async function setPackageOptions(
  db: Db,
  target: { readonly profile: string; readonly package: string; readonly revision: number },
  options: PackageOptions,
  now: number,
): Promise<boolean> {
  const result = await db
    .updateTable('profile_packages')
    .set({ ...optionColumns(options), updated_at: now, revision: target.revision + 1 })
    .where('profile', '=', target.profile)
    .where('package', '=', target.package)
    .where('revision', '=', target.revision)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

function optionColumns({ distribution, update }: PackageOptions) {
  return {
    proxy_distribution: toFlag(distribution.proxyDistribution),
    only_to_proxies_until: boundColumn(distribution.onlyToProxiesUntil),
    enforce_proxy_until: boundColumn(distribution.enforceProxyUntil),
    activation: JSON.stringify(update.activation),
    confirmation: JSON.stringify(update.confirmation),
    package_priority: update.priority,
  }
}

export function profilePackageOf(row: Tables['profile_packages']): ProfilePackage {
  return {
    package: row.package,
    release: row.pinned_release ?? 'latest',
    distribution: {
      proxyDistribution: fromFlag(row.proxy_distribution),
      onlyToProxiesUntil: boundOf(row.only_to_proxies_until),
      enforceProxyUntil: boundOf(row.enforce_proxy_until),
    },
    update: {
      activation: JSON.parse(row.activation) as UpdateOptions['activation'],
      confirmation: JSON.parse(row.confirmation) as UpdateOptions['confirmation'],
      priority: row.package_priority,
    },
    revision: row.revision,
  }
}

/** What stands here was parsed before it was written. */
const boundOf = (text: string | null): Bound | null => (text === null ? null : (JSON.parse(text) as Bound))
const boundColumn = (bound: Bound | null): string | null => (bound === null ? null : JSON.stringify(bound))
