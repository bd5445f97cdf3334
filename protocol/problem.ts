/**
 * Problem documents (RFC 9457) and the closed sets of their types: every refusal, on HTTP and on the signaling session.
 * `type` is stable and made for programs, `title` and `detail` for people, `retryAt` for whoever may come back.
 */
import * as v from 'valibot'
import { instantSchema, toInstant } from './primitives.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** Stable names; the wire has them as `urn:larder:problem:<name>`. */
export const problemTypes = {
  'bad-request': { status: 400, title: 'The request is not well formed' },
  unauthenticated: { status: 401, title: 'Credentials are missing or wrong' },
  'enrolment-token-invalid': { status: 403, title: 'This enrolment link is not valid' },
  'enrolment-closed': { status: 403, title: 'Devices cannot enrol without a link now' },
  'device-unknown': { status: 403, title: 'This device is not enrolled here' },
  'device-revoked': { status: 403, title: 'This device has been revoked' },
  'device-pending': { status: 403, title: 'This device waits to be accepted' },
  'signature-invalid': { status: 403, title: 'The signature is wrong' },
  'grant-required': { status: 403, title: 'A grant for this release is needed' },
  'grant-invalid': { status: 403, title: 'This grant is not valid here' },
  'grant-expired': { status: 403, title: 'This grant has expired' },
  'window-closed': { status: 403, title: 'The windows do not allow this yet' },
  'await-turn': { status: 429, title: 'Other devices of this site are fetching this release' },
  'not-assigned': { status: 403, title: 'This release is not assigned to this device' },
  'proxy-distribution-off': { status: 403, title: 'Stores do not share this package' },
  'no-store-online': { status: 503, title: 'No store of this site is online' },
  'foreign-origin': { status: 403, title: 'Requests from other sites are refused' },
  'no-patch': { status: 404, title: 'There is no patch between these releases' },
  'patch-coming': { status: 503, title: 'This patch is still being made' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed here' },
  conflict: { status: 409, title: 'It was changed by somebody else' },
  'device-offline': { status: 409, title: 'This device is not online' },
  'nothing-to-retry': { status: 409, title: 'There is no failed release to try again' },
  'already-exists': { status: 409, title: 'It exists already' },
  'too-large': { status: 413, title: 'Too large' },
  'content-invalid': { status: 422, title: 'The content is not acceptable' },
  'chunks-missing': { status: 422, title: 'Chunks of this release were not uploaded' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'protocol-violation': { status: 400, title: 'The message is not allowed here' },
  'protocol-unsupported': { status: 426, title: 'This protocol version is not supported' },
  internal: { status: 500, title: 'The server failed' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>

/** The admin API answers with these too. Devices never meet the ones that are added here, so they belong to no wire version. */
export const adminProblemTypes = {
  ...problemTypes,
  'storage-full': { status: 507, title: 'The disk of the server is full' },
  'storage-failed': { status: 507, title: 'The server cannot write to its disk' },
  'not-duplicated': { status: 409, title: 'Only one browser has the key of this device' },
  'in-use': { status: 409, title: 'It is in use' },
  'records-busy': { status: 503, title: 'Another process has locked the records of the server' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>

export type ProblemName = keyof typeof problemTypes
export type AdminProblemName = keyof typeof adminProblemTypes
const URN = 'urn:larder:problem:'

/** The stable name in a document's `type`; null for any other. */
export function problemNameOf(type: string): AdminProblemName | null {
  const name = type.startsWith(URN) ? type.slice(URN.length) : ''
  return Object.hasOwn(adminProblemTypes, name) ? (name as AdminProblemName) : null
}

const rest = {
  title: v.string(),
  status: v.number(),
  detail: v.optional(v.string()),
  retryAt: v.optional(instantSchema),
}

export const problemSchema = v.object({
  type: v.pipe(
    v.string(),
    v.transform(type => (type.startsWith(URN) ? type.slice(URN.length) : type)),
    v.picklist(
      Object.keys(problemTypes) as [ProblemName, ...ProblemName[]],
      'is a problem type that is not known here',
    ),
  ),
  ...rest,
})

/** As a command or a page of the administration reads it, which may be older than the server: the type is null if it is not known here. */
export const adminProblemSchema = v.object({
  type: v.pipe(v.string(), v.startsWith(URN), v.transform(problemNameOf)),
  ...rest,
})
/** A problem as it stands on the wire. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly retryAt?: string
}
/** A problem once parsed: `type` is the bare name, `retryAt` epoch ms. */
export type Problem = v.InferOutput<typeof problemSchema>

/** Builds the wire form. `detail` says what happened and what to do; `retryAt` (epoch ms) when the answer changes. */
export function problem(name: ProblemName, detail?: string, retryAt?: number | null): ProblemDocument {
  return adminProblem(name, detail, retryAt)
}

/** As {@link problem}, for answers that only administrators get. */
export function adminProblem(
  name: AdminProblemName,
  detail?: string,
  retryAt?: number | null,
): ProblemDocument {
  return {
    type: `${URN}${name}`,
    ...adminProblemTypes[name],
    ...(detail === undefined ? {} : { detail }),
    ...(retryAt === undefined || retryAt === null ? {} : { retryAt: toInstant(retryAt) }),
  }
}
