/** `/api/sites`: where devices stand, in which time zone, how many stores each place wants, and what they may do. */

import { isTimeZone } from '../../policy/bounds.ts'
import { siteExchangeSchema, siteSummaryListSchema, siteSummarySchema } from '../../protocol/admin/sites.ts'
import { sitePutSchema, siteViewSchema } from '../../protocol/admin-api.ts'
import { noLimits } from '../../protocol/assignment.ts'
import { siteNameSchema } from '../../protocol/primitives.ts'
import { findSite, putSite, type SiteRecord } from '../records/sites.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

/** One store is enough to share a package, and none would leave an `auto` site to the uplink. */
const DEFAULT_STORES_WANTED = 1

export function siteRoutes({ records, watch, clock }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'GET',
        path: '/api/sites',
        summary: 'All sites, each with its devices in numbers',
        answer: siteSummaryListSchema,
      },
      async () => {
        await watch.board.settled()
        return { sites: await watch.sites() }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/sites/:site',
        summary: 'A site with its devices in numbers',
        params: { site: siteNameSchema },
        answer: siteSummarySchema,
        refusals: ['not-found'],
      },
      async ({ params }) => {
        await watch.board.settled()
        const site = await watch.site(params.site)
        if (site === null) throw unknownSite(params.site)
        return site
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/sites/:site/exchange',
        summary: 'Who gives to whom at a site now, and how fast',
        params: { site: siteNameSchema },
        answer: siteExchangeSchema,
        refusals: ['not-found'],
      },
      async ({ params }) => {
        await watch.board.settled()
        if ((await findSite(records.db, params.site)) === null) throw unknownSite(params.site)
        return watch.exchange(params.site)
      },
    ),
    route(
      {
        method: 'PUT',
        path: '/api/sites/:site',
        summary: 'Make a site, or replace its settings',
        params: { site: siteNameSchema },
        body: sitePutSchema,
        answer: siteViewSchema,
        refusals: ['content-invalid'],
      },
      async ({ params: { site: name }, body: { timeZone, storesWanted, limits }, actor }) => {
        if (!isTimeZone(timeZone))
          throw new Refusal(
            'content-invalid',
            `${JSON.stringify(timeZone)} is not a time zone known here; use an IANA name such as Europe/Berlin.`,
          )
        const now = clock()
        return await records.change<SiteRecord>(actor, now, async trx => {
          const before = await findSite(trx, name)
          const after = {
            name,
            timeZone,
            storesWanted: storesWanted ?? before?.storesWanted ?? DEFAULT_STORES_WANTED,
            limits: limits ?? before?.limits ?? noLimits,
          }
          await putSite(trx, after, now)
          return {
            result: after,
            audit: { action: 'site.put', target: `site:${name}`, before, after },
            fleetChange: { type: 'site', site: name },
          }
        })
      },
    ),
  ]
}

export function unknownSite(
  name: string,
  problemName: 'not-found' | 'content-invalid' = 'not-found',
): Refusal {
  return new Refusal(
    problemName,
    `There is no site "${name}". List the sites with: larder site list; make one with: larder site create ${name} --time-zone ZONE`,
  )
}
