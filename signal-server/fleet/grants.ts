/**
 * Grants: short-lived tokens that let one device fetch the chunks of one release from the origin (PR-G1 to PR-G4).
 *
 * A token is `payload.mac`, both base64url: the payload is JSON, the mac HMAC-SHA-256 under a secret of this server. It
 * proves that the windows were open when it was made; whoever serves chunks asks {@link decideGrant} again.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { decideSources } from '../../policy/windows.ts'
import type { Assignment, DeviceIdentity } from '../../protocol/assignment.ts'
import { fromBase64Url } from '../../protocol/keys.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { countSchema, deviceIdSchema, digestSchema } from '../../protocol/primitives.ts'
import { type ProblemDocument, problem } from '../../protocol/problem.ts'

/** Long enough for a few hundred chunks, short enough that a lost token is worth little. */
export const GRANT_LIFE_MS = 5 * 60_000

const MAX_TOKEN_LENGTH = 1024
/** Grants whose mac was checked, so that it is once for the hundreds of chunks; only real ones take a place. */
const MAX_OPENED = 20_000
const TOKEN = /^([A-Za-z0-9_-]{1,900})\.([A-Za-z0-9_-]{43})$/
const MAC_DOMAIN = 'larder-grant-v1\n'

const grantSchema = v.strictObject({ device: deviceIdSchema, release: digestSchema, expiresAt: countSchema })
/** `expiresAt` is epoch ms. */
type Grant = v.InferOutput<typeof grantSchema>

export interface GrantKey {
  /** The token of a grant. */
  seal(grant: Grant): string
  /** The grant of a token made under this key, whether or not it has expired; null for every other text. */
  open(token: string): Grant | null
}

/** @param secret at least 32 bytes that only this server, or its siblings behind one balancer, know. */
export function createGrantKey(secret: Uint8Array): GrantKey {
  if (secret.byteLength < 32) throw new RangeError('the grant secret needs at least 32 bytes')
  const opened = new Map<string, Grant>()
  const macOf = (payload: string) => createHmac('sha256', secret).update(MAC_DOMAIN).update(payload).digest()
  return {
    seal(grant) {
      const payload = Buffer.from(JSON.stringify(grant)).toString('base64url')
      return `${payload}.${macOf(payload).toString('base64url')}`
    },
    open(token) {
      const known = opened.get(token)
      if (known !== undefined) return known
      const [, payload, mac] = (token.length <= MAX_TOKEN_LENGTH && TOKEN.exec(token)) || []
      if (payload === undefined || mac === undefined) return null
      if (!timingSafeEqual(macOf(payload), fromBase64Url(mac))) return null
      const text = Buffer.from(payload, 'base64url').toString()
      const parsed = parseJsonWith(grantSchema, text, MAX_TOKEN_LENGTH)
      if (!parsed.ok) return null
      if (opened.size >= MAX_OPENED) opened.clear()
      opened.set(token, parsed.value)
      return parsed.value
    },
  }
}

export type GrantDecision =
  | { readonly granted: true }
  | { readonly granted: false; readonly problem: ProblemDocument }

/** Whether this device may fetch this release from the server now, with the refusal it is told otherwise. Rules W1, W2, W4. */
export function decideGrant(
  device: DeviceIdentity,
  assignments: readonly Assignment[],
  release: string,
  now: number,
): GrantDecision {
  if (device.state === 'pending') {
    return { granted: false, problem: pendingProblem(device.code) }
  }
  const assignment = assignments.find(candidate => candidate.digest === release)
  if (assignment === undefined) {
    return {
      granted: false,
      problem: problem('not-assigned', 'This device is not to run this release (any more).'),
    }
  }
  const { server } = decideSources({ ...assignment.windows, role: device.role }, now)
  return server.state === 'open'
    ? { granted: true }
    : { granted: false, problem: serverClosedProblem(server.retryAt) }
}

export function pendingProblem(code: string | null): ProblemDocument {
  const hint = code === null ? '' : ` by its code ${code}`
  return problem('device-pending', `An administrator has to accept this device${hint} first.`)
}

export function serverClosedProblem(retryAt: number | null): ProblemDocument {
  return problem(
    'window-closed',
    'Kiosks may not take this package from the server until “Enforce proxy distribution until” is reached.',
    retryAt,
  )
}
