/** Bodies of the device listener's plain HTTP requests: enrolment and clock check. */
import * as v from 'valibot'
import { deviceIdentitySchema } from './assignment.ts'
import { trustedKeySchema } from './keys.ts'
import { displayNameSchema, instantSchema, publicKeySchema } from './primitives.ts'

/** Prefix of the bytes a device signs when it enrols: proves that it holds the private key. */
export const ENROL_DOMAIN = 'larder-enrol-v1\n'

export const enrolmentTokenSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{20,64}$/, 'is not an enrolment token'),
)

export const enrolRequestSchema = v.strictObject({
  /** Absent: the device shows a code and waits until an administrator accepts it. */
  token: v.optional(enrolmentTokenSchema),
  publicKey: publicKeySchema,
  /** Over ENROL_DOMAIN and the public key's base64url text. */
  proof: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{86}$/, 'must be an Ed25519 signature')),
  name: v.optional(displayNameSchema),
})
export type EnrolRequest = v.InferInput<typeof enrolRequestSchema>

export const enrolResponseSchema = v.strictObject({
  device: deviceIdentitySchema,
  /** Pinned by the device for as long as it keeps its identity. */
  trustedKeys: v.pipe(v.array(trustedKeySchema), v.minLength(1), v.maxLength(16)),
})
export type EnrolResponse = v.InferOutput<typeof enrolResponseSchema>

export const timeResponseSchema = v.strictObject({ serverTime: instantSchema })

/** Marks what the server has at a package's address, so that no kiosk page takes it for the package: `<meta name=…>`. */
export const NOT_SERVED_META_NAME = 'larder-not-served'
