/** `/api/profiles`: which packages go to which sites. Their distribution options are `distribution-routes.ts`. */

import {
  type ProfilePut,
  type ProfileView,
  profileListSchema,
  profilePutSchema,
  profileViewSchema,
} from '../../protocol/admin-api.ts'
import { profileNameSchema } from '../../protocol/primitives.ts'
import type { FleetBoard } from '../fleet-watch/fleet-board.ts'
import { findProfile, listProfiles, type ProfileRecord, putProfile } from '../records/profiles.ts'
import { findRelease, latestRelease } from '../records/releases.ts'
import { findSite } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { refusalsOf } from './release-refusals.ts'
import { type AdminRoute, route } from './route.ts'
import { unknownSite } from './site-routes.ts'

export function profileRoutes({ records, watch, clock }: AdminDeps): readonly AdminRoute[] {
  const fleet = { db: records.db, board: watch.board }
  return [
    route(
      { method: 'GET', path: '/api/profiles', summary: 'All profiles', answer: profileListSchema },
      async () => {
        const profiles: ProfileView[] = []
        for (const profile of await listProfiles(records.db)) profiles.push(await viewOf(fleet, profile))
        return { profiles }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/profiles/:profile',
        summary: 'A profile: its sites and its packages with their options',
        params: { profile: profileNameSchema },
        answer: profileViewSchema,
        refusals: ['not-found'],
      },
      async ({ params }) => {
        const profile = await findProfile(records.db, params.profile)
        if (profile === null) throw unknownProfile(params.profile)
        return await viewOf(fleet, profile)
      },
    ),
    route(
      {
        method: 'PUT',
        path: '/api/profiles/:profile',
        summary: 'Make a profile, or replace its sites and packages; options of packages that stay are kept',
        params: { profile: profileNameSchema },
        body: profilePutSchema,
        answer: profileViewSchema,
        refusals: ['content-invalid'],
      },
      async ({ params: { profile: name }, body: wanted, actor }) => {
        const now = clock()
        const profile = await records.change<ProfileRecord>(actor, now, async trx => {
          await checkReferences(trx, wanted)
          const before = await findProfile(trx, name)
          const priority = wanted.priority ?? before?.priority ?? 0
          const contents = { name, priority, sites: [...new Set(wanted.sites)], packages: wanted.packages }
          await putProfile(trx, contents, now)
          const after = await findProfile(trx, name)
          if (after === null) throw new Error(`profile ${name} was written and is not there`)
          return {
            result: after,
            audit: { action: 'profile.put', target: `profile:${name}`, before, after },
            fleetChange: { type: 'fleet' },
          }
        })
        return await viewOf(fleet, profile)
      },
    ),
  ]
}

type ProfileWanted = Pick<ProfilePut, 'sites'> & {
  readonly packages: readonly { readonly package: string; readonly release: 'latest' | number }[]
}

/** A package may be named before its first release; a release that is pinned must exist. */
async function checkReferences(db: Db, wanted: ProfileWanted): Promise<void> {
  for (const site of wanted.sites) {
    if ((await findSite(db, site)) === null) throw unknownSite(site, 'content-invalid')
  }
  const named = new Set<string>()
  for (const { package: name, release } of wanted.packages) {
    if (named.has(name)) throw new Refusal('content-invalid', `The package "${name}" is named twice.`)
    named.add(name)
    if (release !== 'latest' && (await findRelease(db, name, release)) === null)
      throw new Refusal(
        'content-invalid',
        `There is no release ${release} of package "${name}". See which there are with: larder package show ${name}`,
      )
  }
}

async function viewOf(
  fleet: { readonly db: Db; readonly board: FleetBoard },
  profile: ProfileRecord,
): Promise<ProfileView> {
  const { db, board } = fleet
  await board.settled()
  const notes: string[] = []
  for (const entry of profile.packages) {
    if (entry.release === 'latest' && (await latestRelease(db, entry.package)) === null)
      notes.push(`No release of package "${entry.package}" has been published yet.`)
    const refusals = await refusalsOf({ db, board }, profile, entry)
    if (refusals !== null) notes.push(refusals.message)
  }
  return {
    name: profile.name,
    priority: profile.priority,
    sites: [...profile.sites],
    packages: profile.packages.map(entry => ({ ...entry, distribution: { ...entry.distribution } })),
    notes,
  }
}

export function unknownProfile(name: string): Refusal {
  return new Refusal(
    'not-found',
    `There is no profile "${name}". List the profiles with: larder profile list`,
  )
}
