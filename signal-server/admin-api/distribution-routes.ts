/** `/api/profiles/:profile/packages/:package/distribution`: a package's windows with what they come to per site, and how it takes over. */

import { resolveWindows } from '../../policy/bounds.ts'
import { describeDecision } from '../../policy/window-words.ts'
import { decideSources } from '../../policy/windows.ts'
import { previewPostSchema, previewSchema } from '../../protocol/admin/preview.ts'
import {
  type DistributionView,
  distributionPutSchema,
  distributionViewSchema,
} from '../../protocol/admin-api.ts'
import { packageNameSchema, profileNameSchema } from '../../protocol/primitives.ts'
import type { FleetBoard } from '../fleet-watch/fleet-board.ts'
import { assignmentsForSite, chosenRelease } from '../records/assignments.ts'
import { type ProfilePackage, type ProfileRecord, setPackageOptions } from '../records/profiles.ts'
import { findSite } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import type { AdminDeps } from './deps.ts'
import { previewDistribution } from './distribution-preview.ts'
import { distributionWarnings, findProfilePackage, windowsView } from './distribution-views.ts'
import { Refusal } from './refusal.ts'
import { refusalsOf } from './release-refusals.ts'
import { type AdminRoute, route } from './route.ts'

export function distributionRoutes({ records, watch, clock }: AdminDeps): readonly AdminRoute[] {
  const fleet = { db: records.db, board: watch.board }
  const target = {
    path: '/api/profiles/:profile/packages/:package/distribution',
    params: { profile: profileNameSchema, package: packageNameSchema },
  } as const
  return [
    route(
      {
        ...target,
        method: 'GET',
        summary:
          'The options of a package in a profile: its windows and what they mean at each site, and how it takes over',
        answer: distributionViewSchema,
        refusals: ['not-found'],
      },
      async ({ params }) => {
        const { profile, entry } = await findProfilePackage(records.db, params.profile, params.package)
        return await viewOf(fleet, profile, entry, clock())
      },
    ),
    route(
      {
        ...target,
        method: 'PUT',
        summary:
          'Set the windows, and of how it takes over what is sent; with the revision that was read, only if nobody changed them since',
        body: distributionPutSchema,
        answer: distributionViewSchema,
        refusals: ['not-found', 'conflict'],
      },
      async ({ params, body: { revision, activation, confirmation, priority, ...distribution }, actor }) => {
        const { profile: profileName, package: packageName } = params
        const now = clock()
        await records.change(actor, now, async trx => {
          const { entry } = await findProfilePackage(trx, profileName, packageName)
          const target = {
            profile: profileName,
            package: packageName,
            revision: revision ?? entry.revision,
          }
          const update = {
            activation: activation ?? entry.update.activation,
            confirmation: confirmation ?? entry.update.confirmation,
            priority: priority ?? entry.update.priority,
          }
          if (!(await setPackageOptions(trx, target, { distribution, update }, now)))
            throw new Refusal(
              'conflict',
              `The options were changed by somebody else: they are at revision ${entry.revision}, not ${target.revision}. Read them again.`,
            )
          return {
            result: null,
            audit: {
              action: 'distribution.put',
              target: `profile:${profileName}/package:${packageName}`,
              before: { ...entry.distribution, ...entry.update },
              after: { ...distribution, ...update },
            },
            fleetChange: { type: 'fleet' },
          }
        })
        const { profile, entry } = await findProfilePackage(records.db, profileName, packageName)
        return await viewOf(fleet, profile, entry, now)
      },
    ),
    route(
      {
        ...target,
        method: 'POST',
        path: `${target.path}/preview`,
        summary: 'What distribution options would do, without setting them: phases, fleet, uplinks, warnings',
        body: previewPostSchema,
        answer: previewSchema,
        refusals: ['not-found'],
      },
      async ({ params, body: { distribution, update } }) => {
        const { profile, entry } = await findProfilePackage(records.db, params.profile, params.package)
        await watch.board.settled()
        return await previewDistribution(
          { db: records.db, board: watch.board },
          { profile, entry, distribution, update: update ?? entry.update },
          clock(),
        )
      },
    ),
  ]
}

async function viewOf(
  { db, board }: { readonly db: Db; readonly board: FleetBoard },
  profile: ProfileRecord,
  entry: ProfilePackage,
  now: number,
): Promise<DistributionView> {
  const release = await chosenRelease(db, entry.package, entry.release)
  const sites: DistributionView['sites'] = []
  const places: { readonly name: string; readonly timeZone: string }[] = []
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
    places.push(site)
  }
  await board.settled()
  const refusals = await refusalsOf({ db, board }, profile, entry)
  return {
    profile: profile.name,
    package: entry.package,
    release: entry.release,
    distribution: { ...entry.distribution },
    update: entry.update,
    revision: entry.revision,
    sites,
    warnings: [
      ...(refusals === null
        ? []
        : [{ code: 'release-refused', message: refusals.message, sites: [...refusals.sites] }]),
      ...distributionWarnings(entry.distribution, places, now),
    ],
  }
}
