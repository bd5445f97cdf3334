/**
 * `/releases/…` but for the chunks, which `chunk-responder.ts` answers: manifests for everybody, since they are the control
 * plane (PR-G5). They are immutable, so any cache may keep them.
 */
import { Hono } from 'hono'
import { problem } from '../../protocol/problem.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import { IMMUTABLE, methodNotAllowed, namesTag, problemResponse } from './http-problem.ts'

const DIGEST = /^[0-9a-f]{64}$/

export function releaseRoutes(directory: FleetDirectory): Hono {
  const routes = new Hono()

  routes.get('/:digest/manifest', async c => {
    const digest = c.req.param('digest')
    const release = DIGEST.test(digest) ? await directory.releaseByDigest(digest) : null
    if (release === null) return problemResponse(problem('not-found', 'No release has this digest.'))
    const etag = `"${digest}"`
    if (namesTag(c.req.header('if-none-match'), etag))
      return new Response(null, { status: 304, headers: { 'cache-control': IMMUTABLE, etag } })
    return c.body(release.signedManifestText, 200, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(release.signedManifestText)),
      'cache-control': IMMUTABLE,
      'x-content-type-options': 'nosniff',
      etag,
    })
  })

  routes.all('/:digest/manifest', methodNotAllowed('GET', 'HEAD'))
  routes.all('/:digest/chunks/:hash', methodNotAllowed('GET', 'HEAD'))
  return routes
}
