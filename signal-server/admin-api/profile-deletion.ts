/** Deleting a profile: which sites lose which packages, or get them from another profile. */
import { profileNameSchema } from '../../protocol/primitives.ts'
import { profilesGivingPackage } from '../records/assignments.ts'
import { deleteProfile, findProfile } from '../records/profiles.ts'
import type { Db } from '../records/tables.ts'
import { type DeletionPlan, deletionRoutes } from './deletion.ts'
import type { AdminDeps } from './deps.ts'
import { unknownProfile } from './profile-routes.ts'
import type { AdminRoute } from './route.ts'

/** Sites that a sentence names. */
const SITES_NAMED = 5

export function profileDeletionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const { board } = deps.watch

  const devicesAt = (sites: readonly string[]) =>
    sites.reduce((sum, site) => sum + board.countsOf(site).devices, 0)

  async function plan(db: Db, { profile: name }: { readonly profile: string }): Promise<DeletionPlan> {
    const profile = await findProfile(db, name)
    if (profile === null) throw unknownProfile(name)
    const effects: string[] = []
    const cautions: string[] = []
    for (const { package: packageName } of profile.packages) {
      const now = await profilesGivingPackage(db, packageName)
      const after = await profilesGivingPackage(db, packageName, name)
      const given = profile.sites.filter(site => now.get(site) === name)
      const lost = given.filter(site => !after.has(site))
      const taken = given.filter(site => after.has(site))
      const devices = devicesAt(lost)
      if (lost.length > 0 && devices > 0)
        cautions.push(
          `Package ${packageName} is taken from ${devices === 1 ? '1 device' : `${devices} devices`} at ${sitesWords(lost)}: it is removed there and shown no more.`,
        )
      else if (lost.length > 0)
        effects.push(
          `Package ${packageName} is not given to ${sitesWords(lost)} any more; no device is there.`,
        )
      for (const other of new Set(taken.flatMap(site => after.get(site) ?? [])))
        effects.push(
          `Package ${packageName} comes from profile ${other} at ${sitesWords(taken.filter(site => after.get(site) === other))}, with the release and the windows that it has there.`,
        )
    }
    return {
      subject: `profile ${name}`,
      effects: [
        ...effects,
        profile.packages.length === 0
          ? 'It names no package.'
          : 'The windows and the other options that its packages have in it are removed. The packages and the sites stay.',
      ],
      cautions,
      before: profile,
    }
  }

  return deletionRoutes(deps, {
    path: '/api/profiles/:profile',
    noun: 'a profile',
    params: { profile: profileNameSchema },
    plan,
    async remove(trx, { profile }) {
      await deleteProfile(trx, profile)
      return { type: 'fleet' }
    },
    audit: ({ profile }) => ({ action: 'profile.delete', target: `profile:${profile}` }),
  })
}

function sitesWords(sites: readonly string[]): string {
  const named = sites.slice(0, SITES_NAMED).join(', ')
  const more = sites.length - SITES_NAMED
  return `${sites.length === 1 ? 'site' : 'sites'} ${named}${more > 0 ? ` and ${more} more` : ''}`
}
