/** Deleting a site that has no devices any more: what refers to it goes with it. */
import { siteNameSchema } from '../../protocol/primitives.ts'
import { listDevices } from '../records/devices.ts'
import { listEnrolmentLinks } from '../records/enrolment.ts'
import { deleteSite, findSite, profilesAt } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import { type DeletionPlan, deletionRoutes } from './deletion.ts'
import type { AdminDeps } from './deps.ts'
import type { AdminRoute } from './route.ts'
import { unknownSite } from './site-routes.ts'

export function siteDeletionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  async function plan(db: Db, { site: name }: { readonly site: string }): Promise<DeletionPlan> {
    const site = await findSite(db, name)
    if (site === null) throw unknownSite(name)
    const devices = await listDevices(db, { site: name })
    const profiles = await profilesAt(db, name)
    const links = (await listEnrolmentLinks(db, deps.clock())).filter(link => link.site === name)
    return {
      subject: `site ${name}`,
      effects: [
        ...(profiles.length === 0
          ? []
          : [`It is taken out of ${profiles.length === 1 ? 'profile' : 'profiles'} ${profiles.join(', ')}.`]),
        ...(links.length === 0
          ? []
          : [
              `${links.length === 1 ? '1 enrolment link' : `${links.length} enrolment links`} for it cannot be used any more.`,
            ]),
        'What its devices loaded stays in the totals of the fleet, under the name of the site.',
      ],
      blockers: devices.length === 0 ? [] : [devicesWords(devices)],
      before: { ...site, profiles },
    }
  }

  return deletionRoutes(deps, {
    path: '/api/sites/:site',
    noun: 'a site',
    params: { site: siteNameSchema },
    plan,
    async remove(trx, { site }) {
      await deleteSite(trx, site)
      return { type: 'site', site }
    },
    audit: ({ site }) => ({ action: 'site.delete', target: `site:${site}` }),
  })
}

function devicesWords(devices: readonly { readonly state: string }[]): string {
  const revoked = devices.filter(({ state }) => state === 'revoked').length
  const count = devices.length === 1 ? '1 device' : `${devices.length} devices`
  return `It has ${count}${revoked === 0 ? '' : `, ${revoked} of them revoked`}: each has to be moved to another site (larder device set DEVICE --site SITE) or deleted first.`
}
