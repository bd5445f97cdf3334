/**
 * `/releases/…` but for the chunks, which `chunk-responder.ts` answers: manifests and patch sets for everybody, since they are the
 * control plane (PR-G5, PR-D5). They are immutable, so any cache may keep them. Nothing is made here when it is asked for: a
 * request without credentials costs a look into the records at most.
 */
import { type Context, Hono } from 'hono'
import { problem } from '../../protocol/problem.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import { acceptsGzip } from './accepts-gzip.ts'
import { IMMUTABLE, methodNotAllowed, namesTag, problemResponse } from './http-problem.ts'
import type { PatchCatalogue } from './patch-catalogue.ts'

const DIGEST = /^[0-9a-f]{64}$/

export interface ReleaseRoutesDeps {
  readonly directory: FleetDirectory
  readonly patches: PatchCatalogue
}

export function releaseRoutes({ directory, patches }: ReleaseRoutesDeps): Hono {
  const routes = new Hono()

  routes.get('/:digest/manifest', async c => {
    const digest = c.req.param('digest')
    const wantsGzip = acceptsGzip(c.req.header('accept-encoding'))
    const gzip = wantsGzip && DIGEST.test(digest) ? await directory.compressedManifest(digest) : null
    if (gzip !== null)
      return immutable(c, `"${digest}-gzip"`, 'application/json', gzip, {
        'content-encoding': 'gzip',
        vary: 'Accept-Encoding',
      })
    const text = DIGEST.test(digest) ? await directory.signedManifestText(digest) : null
    if (text === null) return problemResponse(problem('not-found', 'No release has this digest.'))
    return immutable(c, `"${digest}"`, 'application/json', text, { vary: 'Accept-Encoding' })
  })

  routes.get('/:digest/patches/:from', async c => {
    const { digest, from } = c.req.param()
    const set = isPair(from, digest) ? await patches.patchSet(from, digest) : null
    if (set === null) return noPatch()
    if ('document' in set) return immutable(c, `"${set.digest}"`, 'application/json', set.document)
    return problemResponse(problem('patch-coming', 'Ask again then, or take the chunks.', set.expectedAt))
  })

  routes.get('/:digest/patches/:from/manifest', async c => {
    const { digest, from } = c.req.param()
    const patch = isPair(from, digest) ? await patches.manifestPatch(from, digest) : null
    return patch === null ? noPatch() : immutable(c, `"${from}:${digest}"`, 'application/octet-stream', patch)
  })

  for (const path of ['manifest', 'chunks/:hash', 'patches/:from', 'patches/:from/manifest'])
    routes.all(`/:digest/${path}`, methodNotAllowed('GET', 'HEAD'))
  return routes
}

const isPair = (from: string, to: string) => DIGEST.test(from) && DIGEST.test(to)

function noPatch(): Response {
  return problemResponse(problem('no-patch', 'Take the chunks, and the whole manifest.'))
}

/** `headers`: which representation this is, and what it depends on; each has its own tag. */
function immutable(
  c: Context,
  etag: string,
  mediaType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { vary } = headers
  const always = { 'cache-control': IMMUTABLE, etag, ...(vary !== undefined && { vary }) }
  if (namesTag(c.req.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers: always })
  return c.body(body as string | Uint8Array<ArrayBuffer>, 200, {
    ...headers,
    ...always,
    'content-type': mediaType,
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
  })
}
