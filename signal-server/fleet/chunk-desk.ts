/**
 * Who gets which chunk from the origin: the decision of PR-G6 to PR-G9, asked anew at every request with the device's role
 * and windows of that moment. Knows no HTTP beyond the text of one header; `chunk-responder.ts` answers.
 */
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import type { FleetHub } from './fleet-hub.ts'
import { decideGrant, type GrantKey, serverClosedProblem } from './grants.ts'
import type { PatchCatalogue } from './patch-catalogue.ts'
import type { ReleaseAudience } from './release-audience.ts'
import type { ServerClock } from './server-clock.ts'

const DIGEST = /^[0-9a-f]{64}$/
const BEARER = /^Bearer +(\S+)$/i

export interface ChunkDeskDeps {
  readonly directory: FleetDirectory
  /** Parts of patches that lead to a release are fetched like its chunks (PR-D5). */
  readonly patches: Pick<PatchCatalogue, 'hasPart'>
  readonly hub: Pick<FleetHub, 'viewOf'>
  readonly audience: ReleaseAudience
  readonly grantKey: GrantKey
  readonly clock: ServerClock
}

export interface ChunkDesk {
  /** Why the holder of this authorization may not have this chunk of this release now; null when it may. */
  refusal(release: string, chunk: string, authorization: string | undefined): Promise<ProblemDocument | null>
}

export function createChunkDesk(deps: ChunkDeskDeps): ChunkDesk {
  const { directory, patches, hub, audience, grantKey, clock } = deps

  async function grantRefusal(authorization: string, release: string): Promise<ProblemDocument | null> {
    const now = clock.now()
    const [, token] = BEARER.exec(authorization) ?? []
    const grant = token === undefined ? null : grantKey.open(token)
    if (grant === null) return problem('grant-invalid', 'This is not a grant of this server.')
    if (grant.release !== release) return problem('grant-invalid', 'This grant is for another release.')
    if (now >= grant.expiresAt)
      return problem('grant-expired', 'Ask for a new grant on the signaling session.')
    const view = await hub.viewOf(grant.device)
    if (view === null) return problem('grant-invalid', 'The device of this grant is not enrolled any more.')
    const decision = decideGrant(view.device, view.assignments, release, now)
    return decision.granted ? null : decision.problem
  }

  async function withoutGrant(release: string): Promise<ProblemDocument> {
    const opensAt = await audience.opensAt(release, clock.now())
    if (opensAt !== null) return serverClosedProblem(opensAt)
    return problem(
      'grant-required',
      'Ask for a grant on the signaling session and send it as a bearer token.',
    )
  }

  return {
    async refusal(release, chunk, authorization) {
      const isKnown = DIGEST.test(release) && (await directory.hasRelease(release))
      if (!isKnown) return problem('not-found', 'No release has this digest.')
      if (authorization === undefined) return withoutGrant(release)
      const refusal = await grantRefusal(authorization, release)
      if (refusal !== null) return refusal
      // Only for who holds a grant: reading a release that is not in memory takes time.
      if ((await directory.releaseByDigest(release))?.chunkDigests.has(chunk)) return null
      if (DIGEST.test(chunk) && (await patches.hasPart(release, chunk))) return null
      return problem('not-found', 'This release has no such chunk.')
    },
  }
}
