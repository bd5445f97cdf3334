/** `/api/profiles/:profile/packages/:package/distribution`: the windows of a package, and what they come to per site. */
import { resolveWindows } from '../../policy/bounds.ts'
import { windowWarnings } from '../../policy/warnings.ts'
import { describeDecision } from '../../policy/window-words.ts'
import { decideSources, type Windows } from '../../policy/windows.ts'
import {
  type DistributionView,
  distributionPutSchema,
  distributionViewSchema,
} from '../../protocol/admin-api.ts'
import { packageNameSchema, profileNameSchema, toInstantOrNull } from '../../protocol/primitives.ts'
import { assignmentsForSite, chosenRelease } from '../records/assignments.ts'
import { findProfile, type ProfilePackage, type ProfileRecord, setDistribution } from '../records/profiles.ts'
import { findSite } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import type { AdminDeps } from './deps.ts'
import { unknownProfile } from './profile-routes.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

/** The zone of a profile that is applied nowhere yet, to check its bounds in. */
const NO_SITE_TIME_ZONE = 'UTC'

export function distributionRoutes({ records, clock }: AdminDeps): readonly AdminRoute[] {
  const target = {
    path: '/api/profiles/:profile/packages/:package/distribution',
    params: { profile: profileNameSchema, package: packageNameSchema },
  } as const
  return [
    route(
      {
        ...target,
        method: 'GET',
        summary: 'The distribution options of a package in a profile, and what they mean at each site',
        answer: distributionViewSchema,
        refusals: ['not-found'],
      },
      async ({ params }) => {
        const { profile, entry } = await find(records.db, params.profile, params.package)
        return await viewOf(records.db, profile, entry, clock())
      },
    ),
    route(
      {
        ...target,
        method: 'PUT',
        summary:
          'Set the distribution options; with the revision that was read, only if nobody changed them since',
        body: distributionPutSchema,
        answer: distributionViewSchema,
        refusals: ['not-found', 'conflict'],
      },
      async ({ params, body: { revision, ...options }, actor }) => {
        const { profile: profileName, package: packageName } = params
        const now = clock()
        await records.change(actor, now, async trx => {
          const { entry } = await find(trx, profileName, packageName)
          const target = {
            profile: profileName,
            package: packageName,
            revision: revision ?? entry.revision,
          }
          if (!(await setDistribution(trx, target, options, now)))
            throw new Refusal(
              'conflict',
              `The options were changed by somebody else: they are at revision ${entry.revision}, not ${target.revision}. Read them again.`,
            )
          return {
            result: null,
            audit: {
              action: 'distribution.put',
              target: `profile:${profileName}/package:${packageName}`,
              before: entry.distribution,
              after: options,
            },
            fleetChange: { type: 'fleet' },
          }
        })
        const { profile, entry } = await find(records.db, profileName, packageName)
        return await viewOf(records.db, profile, entry, now)
      },
    ),
  ]
}

async function find(db: Db, profileName: string, packageName: string) {
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

async function viewOf(
  db: Db,
  profile: ProfileRecord,
  entry: ProfilePackage,
  now: number,
): Promise<DistributionView> {
  const release = await chosenRelease(db, entry.package, entry.release)
  const sites: DistributionView['sites'] = []
  const warnings = new Map<string, DistributionView['warnings'][number]>()
  const warn = (timeZone: string, site: string | null) => {
    // As if a release were published now: that is what the next one will meet.
    for (const { code, message } of windowWarnings(
      resolveWindows(entry.distribution, { timeZone, publishedAt: now }),
      now,
    )) {
      const known = warnings.get(code) ?? { code, message, sites: [] }
      warnings.set(code, { ...known, sites: site === null ? known.sites : [...known.sites, site] })
    }
  }
  for (const name of profile.sites) {
    const site = await findSite(db, name)
    if (site === null) continue
    const publishedAt = release?.publishedAt ?? now
    const windows = resolveWindows(entry.distribution, { timeZone: site.timeZone, publishedAt })
    const winner = (await assignmentsForSite(db, name)).find(
      other => other.package === entry.package,
    )?.profile
    sites.push({
      site: name,
      timeZone: site.timeZone,
      release: release?.release ?? null,
      windows: windowsView(windows),
      overriddenBy: winner === undefined || winner === profile.name ? null : winner,
      sentence: describeDecision(decideSources({ ...windows, role: 'kiosk' }, now), now, {
        timeZone: site.timeZone,
      }),
    })
    warn(site.timeZone, name)
  }
  if (profile.sites.length === 0) warn(NO_SITE_TIME_ZONE, null)
  return {
    profile: profile.name,
    package: entry.package,
    release: entry.release,
    distribution: { ...entry.distribution },
    revision: entry.revision,
    sites,
    warnings: [...warnings.values()],
  }
}

export function windowsView(windows: Windows) {
  return {
    proxyDistribution: windows.proxyDistribution,
    onlyToProxiesUntil: toInstantOrNull(windows.onlyToProxiesUntil),
    enforceProxyUntil: toInstantOrNull(windows.enforceProxyUntil),
  }
}
