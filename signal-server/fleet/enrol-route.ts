/**
 * `POST /enrol`: a key becomes a device (PR-E1 to PR-E6). Checks that the caller holds the private half, and lets nobody try
 * tokens by the thousand; whether the token is good is the directory's answer.
 */
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ENROLMENT_CODES, ENROLMENT_FAILURES } from '../../policy/device-budget.ts'
import {
  ENROL_DOMAIN,
  type EnrolRequest,
  type EnrolResponse,
  enrolRequestSchema,
} from '../../protocol/device-http.ts'
import { KIB } from '../../protocol/limits.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { type ProblemDocument, problem, problemNameOf } from '../../protocol/problem.ts'
import { type ClientAddresses, requestOf } from '../client-address.ts'
import { networkOf } from '../client-network.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import { verifySignatureHere } from '../keys/verify-signature.ts'
import { AddressBuckets } from './address-buckets.ts'
import type { FleetHub } from './fleet-hub.ts'
import { isEnrolled } from './fleet-view.ts'
import { methodNotAllowed, problemResponse } from './http-problem.ts'
import { foreignPage, type OwnPageCheck } from './own-pages.ts'
import type { ServerClock } from './server-clock.ts'

const MAX_BODY_BYTES = 4 * KIB

export interface EnrolRouteDeps {
  readonly directory: FleetDirectory
  readonly hub: FleetHub
  readonly clock: ServerClock
  readonly addresses: ClientAddresses
  readonly isOwnPage: OwnPageCheck
}

export function enrolRoute({ directory, hub, clock, addresses, isOwnPage }: EnrolRouteDeps): Hono {
  const failures = new AddressBuckets(ENROLMENT_FAILURES)
  const codes = new AddressBuckets(ENROLMENT_CODES)

  async function enrol(text: string, address: string, now: number): Promise<EnrolResponse | ProblemDocument> {
    const parsed = parseJsonWith(enrolRequestSchema, text, MAX_BODY_BYTES)
    if (!parsed.ok) return problem('bad-request', `The enrolment is not well formed: ${parsed.message}`)
    const { token, publicKey, proof, name } = parsed.value
    const isProven = await verifySignatureHere(publicKey, proof, proofBytes(publicKey))
    if (!isProven)
      return problem('signature-invalid', 'The proof is not signed by the key that is to be enrolled.')
    const codesFrom = token === undefined ? codes.emptyUntil(address, now) : null
    if (codesFrom !== null)
      return problem(
        'too-many-requests',
        'Too many devices of this network asked for a code. Use an enrolment link.',
        codesFrom,
      )
    const result = await directory.enrol({
      publicKey,
      now,
      network: networkOf(address),
      address,
      ...(token === undefined ? {} : { token }),
      ...(name === undefined ? {} : { name }),
    })
    if (!result.ok) return problem(result.problem, result.detail)
    const { device } = result
    if (!isEnrolled(device)) return problem('device-revoked')
    if (device.state === 'pending') codes.spend(address, now)
    return {
      device: hub.identityOf(device),
      trustedKeys: [...(await directory.trustedKeys())],
    }
  }

  const route = new Hono()
  route.post('/', async (c, next) => {
    // Not counted as a failure: it would be the visitors of that page who pay for it.
    if (!isOwnPage(requestOf(c)))
      return problemResponse(problem('foreign-origin', foreignPage('enrol devices')))
    return await next()
  })
  route.post(
    '/',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () =>
        problemResponse(problem('too-large', `An enrolment has at most ${MAX_BODY_BYTES} bytes.`)),
    }),
    async c => {
      const now = clock.now()
      const address = addresses.addressOf(requestOf(c))
      const failuresFrom = failures.emptyUntil(address, now)
      if (failuresFrom !== null) {
        return problemResponse(
          problem('too-many-requests', 'Too many enrolments from this network failed.', failuresFrom),
        )
      }
      const text = await c.req.text().catch(() => null)
      if (text === null)
        return problemResponse(problem('bad-request', 'The enrolment broke off in the middle.'))
      const answer = await enrol(text, address, now)
      if ('device' in answer) return c.json(answer, 200, { 'cache-control': 'no-store' })
      // It has proved its key and guesses nothing: asking calmly until it is accepted again must not shut out its neighbours.
      if (!isRevokedProblem(answer)) failures.spend(address, now)
      return problemResponse(answer)
    },
  )
  route.all('/', methodNotAllowed('POST'))
  return route
}

const isRevokedProblem = ({ type }: ProblemDocument) => problemNameOf(type) === 'device-revoked'

/** What the proof signs (PR-E2). */
function proofBytes(publicKey: EnrolRequest['publicKey']): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${ENROL_DOMAIN}${publicKey}`)
}
