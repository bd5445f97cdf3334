/** `/api/packages/:package/retention`: which releases a package keeps. They are removed by `upkeep/release-retention.ts`. */
import type { Retention } from '../../policy/release-retention.ts'
import {
  type RetentionView,
  retentionPutSchema,
  retentionViewSchema,
} from '../../protocol/admin/retention.ts'
import { packageNameSchema } from '../../protocol/primitives.ts'
import { chunksOnlyIn } from '../records/delete-releases.ts'
import { latestRelease } from '../records/releases.ts'
import { expiredReleases, findRetention, setRetention } from '../records/retention.ts'
import type { Db } from '../records/tables.ts'
import type { AdminDeps } from './deps.ts'
import { unknownPackage } from './package-routes.ts'
import { type AdminRoute, route } from './route.ts'

export function retentionRoutes({ records, clock }: AdminDeps): readonly AdminRoute[] {
  const params = { package: packageNameSchema }

  async function viewOf(db: Db, name: string, retention: Retention): Promise<RetentionView> {
    const expired = await expiredReleases(db, name, retention, clock())
    const { encodedBytes } = await chunksOnlyIn(
      db,
      expired.map(({ digest }) => digest),
    )
    return {
      package: name,
      ...retention,
      removes: expired.map(({ release, version }) => ({ release, version })),
      freedBytes: encodedBytes,
    }
  }

  async function checkPackage(db: Db, name: string): Promise<void> {
    if ((await latestRelease(db, name)) === null) throw unknownPackage(name)
  }

  return [
    route(
      {
        method: 'GET',
        path: '/api/packages/:package/retention',
        summary: 'Which releases a package keeps, and which go now with that',
        params,
        answer: retentionViewSchema,
        refusals: ['not-found'],
      },
      async ({ params: { package: name } }) => {
        await checkPackage(records.db, name)
        await records.reports.flush()
        return await viewOf(records.db, name, await findRetention(records.db, name))
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/retention/preview',
        summary: 'Which releases would go if a package kept these; nothing is changed',
        params,
        body: retentionPutSchema,
        answer: retentionViewSchema,
        refusals: ['not-found'],
      },
      async ({ params: { package: name }, body }) => {
        await checkPackage(records.db, name)
        await records.reports.flush()
        return await viewOf(records.db, name, body)
      },
    ),
    route(
      {
        method: 'PUT',
        path: '/api/packages/:package/retention',
        summary:
          'Say which releases a package keeps; the others are removed at once and from then on, unless something needs them',
        params,
        body: retentionPutSchema,
        answer: retentionViewSchema,
        refusals: ['not-found'],
      },
      async ({ params: { package: name }, body: after, actor }) => {
        await records.reports.flush()
        return await records.change(actor, clock(), async trx => {
          await checkPackage(trx, name)
          const before = await findRetention(trx, name)
          await setRetention(trx, name, after)
          return {
            result: await viewOf(trx, name, after),
            audit: { action: 'retention.put', target: `package:${name}`, before, after },
            fleetChange: { type: 'fleet' },
          }
        })
      },
    ),
  ]
}
