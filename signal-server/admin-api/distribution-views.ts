/** What the routes about windows share: finding a package in a profile, windows as they are shown, and their warnings. */
import { resolveWindows, type WindowOptions } from '../../policy/bounds.ts'
import { windowWarnings } from '../../policy/warnings.ts'
import type { Windows } from '../../policy/windows.ts'
import type { DistributionView } from '../../protocol/admin-api.ts'
import { toInstantOrNull } from '../../protocol/primitives.ts'
import { findProfile, type ProfilePackage, type ProfileRecord } from '../records/profiles.ts'
import type { Db } from '../records/tables.ts'
import { unknownProfile } from './profile-routes.ts'
import { Refusal } from './refusal.ts'

/** The zone of a profile that is applied nowhere yet, to check its bounds in. */
export const NO_SITE_TIME_ZONE = 'UTC'

/** Refuses what does not exist. */
export async function findProfilePackage(
  db: Db,
  profileName: string,
  packageName: string,
): Promise<{ readonly profile: ProfileRecord; readonly entry: ProfilePackage }> {
  const profile = await findProfile(db, profileName)
  if (profile === null) throw unknownProfile(profileName)
  const entry = profile.packages.find(candidate => candidate.package === packageName)
  if (entry === undefined)
    throw new Refusal(
      'not-found',
      `Profile "${profileName}" has no package "${packageName}". Add it with: larder profile set ${profileName} --package ${packageName}`,
    )
  return { profile, entry }
}

/** Each warning once, with the sites it concerns; for a profile without sites, as in UTC. */
export function distributionWarnings(
  distribution: WindowOptions,
  sites: readonly { readonly name: string; readonly timeZone: string }[],
  now: number,
): DistributionView['warnings'] {
  const warnings = new Map<string, DistributionView['warnings'][number]>()
  const places = sites.length === 0 ? [{ name: null, timeZone: NO_SITE_TIME_ZONE }] : sites
  for (const { name, timeZone } of places) {
    // As if a release were published now: that is what the next one will meet.
    const windows = resolveWindows(distribution, { timeZone, publishedAt: now })
    for (const { code, message } of windowWarnings(windows, now)) {
      const known = warnings.get(code) ?? { code, message, sites: [] }
      warnings.set(code, { ...known, sites: name === null ? known.sites : [...known.sites, name] })
    }
  }
  return [...warnings.values()]
}

export function windowsView(windows: Windows) {
  return {
    proxyDistribution: windows.proxyDistribution,
    onlyToProxiesUntil: toInstantOrNull(windows.onlyToProxiesUntil),
    enforceProxyUntil: toInstantOrNull(windows.enforceProxyUntil),
  }
}
