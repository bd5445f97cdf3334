/**
 * `/releases/…`: manifests for everybody, since they are the control plane; chunks for who holds a grant and whose windows
 * are open at this moment (PR-G5 to PR-G9). Both are immutable, so any cache may keep them.
 */
import { type Context, Hono } from 'hono'
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { FleetDirectory, KnownRelease } from '../fleet-directory.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import type { FleetHub } from './fleet-hub.ts'
import { decideGrant, type GrantKey, serverClosedProblem } from './grants.ts'
import { hasCurrent, methodNotAllowed, problemResponse } from './http-problem.ts'
import type { OriginCounter } from './origin-counter.ts'
import type { ReleaseAudience } from './release-audience.ts'
import type { ServerClock } from './server-clock.ts'

const IMMUTABLE = 'public, max-age=31536000, immutable'
const DIGEST = /^[0-9a-f]{64}$/

export interface ReleaseRoutesDeps {
  readonly directory: FleetDirectory
  readonly vault: Pick<ChunkVault, 'get'>
  readonly hub: FleetHub
  readonly audience: ReleaseAudience
  readonly grantKey: GrantKey
  readonly counter: OriginCounter
  readonly clock: ServerClock
}

export function releaseRoutes(deps: ReleaseRoutesDeps): Hono {
  const { directory, vault, hub, audience, grantKey, counter, clock } = deps

  async function releaseOf(digest: string): Promise<KnownRelease | null> {
    return DIGEST.test(digest) ? directory.releaseByDigest(digest) : null
  }

  /** Why this request may not have chunks of this release now; null when it may. */
  async function chunkRefusal(
    authorization: string | undefined,
    digest: string,
    now: number,
  ): Promise<ProblemDocument | null> {
    if (authorization === undefined) {
      const opensAt = await audience.opensAt(digest, now)
      if (opensAt !== null) return serverClosedProblem(opensAt)
      return problem(
        'grant-required',
        'Ask for a grant on the signaling session and send it as a bearer token.',
      )
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    const grant = token === undefined ? null : grantKey.open(token)
    if (grant === null) return problem('grant-invalid', 'This is not a grant of this server.')
    if (grant.release !== digest) return problem('grant-invalid', 'This grant is for another release.')
    if (now >= grant.expiresAt)
      return problem('grant-expired', 'Ask for a new grant on the signaling session.')
    const view = await hub.viewOf(grant.device)
    if (view === null) return problem('grant-invalid', 'The device of this grant is not enrolled any more.')
    const decision = decideGrant(view.device, view.assignments, digest, now)
    return decision.granted ? null : decision.problem
  }

  const routes = new Hono()

  routes.get('/:digest/manifest', async c => {
    const digest = c.req.param('digest')
    const release = await releaseOf(digest)
    if (release === null) return unknownRelease()
    return immutable(c, `"${digest}"`, 'application/json', () => release.signedManifestText)
  })

  routes.get('/:digest/chunks/:hash', async c => {
    const { digest, hash } = c.req.param()
    const release = await releaseOf(digest)
    if (release === null) return unknownRelease()
    const refusal = await chunkRefusal(c.req.header('authorization'), digest, clock.now())
    if (refusal !== null) return problemResponse(refusal)
    if (!release.chunkDigests.has(hash)) {
      return problemResponse(problem('not-found', 'This release has no such chunk.'))
    }
    const etag = `"${hash}"`
    if (hasCurrent(c, etag)) return notModified(etag)
    const encoded = await vault.get(hash)
    if (encoded === null) throw new Error(`the vault has lost chunk ${hash} of release ${digest}`)
    return immutable(c, etag, 'application/octet-stream', () => {
      if (c.req.method === 'GET') counter.add(digest, encoded.byteLength)
      return encoded
    })
  })

  routes.all('/:digest/manifest', methodNotAllowed('GET', 'HEAD'))
  routes.all('/:digest/chunks/:hash', methodNotAllowed('GET', 'HEAD'))
  return routes
}

function immutable(
  c: Context,
  etag: string,
  mediaType: string,
  content: () => string | Uint8Array,
): Response {
  if (hasCurrent(c, etag)) return notModified(etag)
  const body = content()
  return c.body(body as string | Uint8Array<ArrayBuffer>, 200, {
    'content-type': mediaType,
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': IMMUTABLE,
    'x-content-type-options': 'nosniff',
    etag,
  })
}

function notModified(etag: string): Response {
  return new Response(null, { status: 304, headers: { 'cache-control': IMMUTABLE, etag } })
}

function unknownRelease(): Response {
  return problemResponse(problem('not-found', 'No release has this digest.'))
}
