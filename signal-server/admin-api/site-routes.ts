/** `/api/sites`: where devices stand, in which time zone, and how many stores each place wants. */
import { Hono } from 'hono'
import { isTimeZone } from '../../policy/bounds.ts'
import { type SiteView, sitePutSchema } from '../../protocol/admin-api.ts'
import { siteNameSchema } from '../../protocol/primitives.ts'
import { findSite, listSites, putSite, type SiteRecord } from '../records/sites.ts'
import type { AdminDeps, AdminEnv } from './deps.ts'
import { Refusal } from './refusal.ts'
import { readJson, readParam } from './request.ts'

/** One store is enough to share a package, and none would leave an `auto` site to the uplink. */
const DEFAULT_STORES_WANTED = 1

export function siteRoutes({ records, clock }: AdminDeps): Hono<AdminEnv> {
  return new Hono<AdminEnv>()
    .get('/', async c => c.json({ sites: (await listSites(records.db)) satisfies SiteView[] }))
    .get('/:site', async c => {
      const name = readParam(c, 'site', siteNameSchema)
      const site = await findSite(records.db, name)
      if (site === null) throw unknownSite(name)
      return c.json(site satisfies SiteView)
    })
    .put('/:site', async c => {
      const name = readParam(c, 'site', siteNameSchema)
      const { timeZone, storesWanted } = await readJson(c, sitePutSchema)
      if (!isTimeZone(timeZone))
        throw new Refusal(
          'content-invalid',
          `${JSON.stringify(timeZone)} is not a time zone known here; use an IANA name such as Europe/Berlin.`,
        )
      const now = clock()
      const site = await records.change<SiteRecord>(c.get('actor'), now, async trx => {
        const before = await findSite(trx, name)
        const after = {
          name,
          timeZone,
          storesWanted: storesWanted ?? before?.storesWanted ?? DEFAULT_STORES_WANTED,
        }
        await putSite(trx, after, now)
        return {
          result: after,
          audit: { action: 'site.put', target: `site:${name}`, before, after },
          fleetChange: { type: 'site', site: name },
        }
      })
      return c.json(site satisfies SiteView)
    })
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
