/** Measures every request of a listener's app, and counts its refusals by reason. */
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts'
import type { MeteredRequest, ServerMetrics } from './server-metrics.ts'

export function meterRequests(
  listener: MeteredRequest['listener'],
  metrics: ServerMetrics,
): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    const { status, headers } = c.res
    // Middleware stands on patterns too; the last one that is no pattern is the route itself.
    const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'other'
    const durationMs = performance.now() - startedAt
    metrics.request({
      listener,
      route,
      method: METHODS.has(c.req.method) ? c.req.method : 'other',
      status,
      durationMs,
    })
    if (headers.get('content-type') !== PROBLEM_MEDIA_TYPE) return
    // A copy of a small text that is in memory.
    const document = await c.res
      .clone()
      .json()
      .catch(() => null)
    if (document !== null) metrics.refused(listener, document)
  }
}

/** Who asks may call a method anything. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
