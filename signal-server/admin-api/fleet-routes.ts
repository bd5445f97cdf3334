/** `/api/overview`, `/api/traffic` and `/api/live`: the fleet at a glance, over time, and as it happens. */
import { liveQueryEntries } from '../../protocol/admin/live.ts'
import { overviewSchema } from '../../protocol/admin/overview.ts'
import { trafficQueryEntries, trafficSchema } from '../../protocol/admin/traffic.ts'
import { toInstant } from '../../protocol/primitives.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export function fleetRoutes({ records, watch, feed, clock }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'GET',
        path: '/api/overview',
        summary: 'The fleet in numbers: devices by what they do, bytes by where they came from',
        answer: overviewSchema,
      },
      async () => {
        await Promise.all([watch.board.settled(), records.reports.flush(), records.traffic.flush()])
        return await watch.overview()
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/traffic',
        summary: 'Bytes from stores and from the server over the last hour, day or week',
        query: trafficQueryEntries,
        answer: trafficSchema,
      },
      async ({ query: { range } }) => {
        await Promise.all([records.reports.flush(), records.traffic.flush()])
        const { bucketS, points } = await records.traffic.points(range, clock())
        return { range, bucketS, points: points.map(point => ({ ...point, at: toInstant(point.at) })) }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/live',
        summary: 'Server-Sent Events: what changes, as it changes',
        query: liveQueryEntries,
        answer: null,
        answerMediaType: 'text/event-stream',
        refusals: ['too-many-requests'],
      },
      async ({ c, query }) => {
        const body = await feed.open({
          site: query.site ?? null,
          lastEventId: c.req.header('last-event-id') ?? null,
        })
        if (body === null)
          throw new Refusal('too-many-requests', 'Too many pages listen already. Close some, or wait.')
        return new Response(body, {
          // Proxies must neither keep nor gather what belongs to this moment.
          headers: {
            'content-type': 'text/event-stream',
            'cache-control': 'no-store',
            'x-accel-buffering': 'no',
          },
        })
      },
    ),
  ]
}
