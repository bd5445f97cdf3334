/**
 * The small schemas that the message families share: names, digests, keys, instants.
 * Instants are ISO 8601 on the wire and epoch milliseconds once parsed.
 */
import * as v from 'valibot'
import {
  MAX_EVENT_TEXT_LENGTH,
  MAX_NAME_LENGTH,
  MAX_PACKAGE_NAME_LENGTH,
  MAX_VERSION_LENGTH,
} from './limits.ts'

/** SHA-256 as 64 lower-case hex digits. */
export const digestSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest of 64 lower-case hex digits'),
)

const NAME_RULE =
  'must be lower-case letters, digits, dots, dashes or underscores, and begin with a letter or digit'

/** Names that become parts of addresses: packages, sites, profiles. */
function slugSchema(what: string) {
  return v.pipe(
    v.string(),
    v.maxLength(MAX_PACKAGE_NAME_LENGTH, `a ${what} name is at most ${MAX_PACKAGE_NAME_LENGTH} characters`),
    v.regex(/^[a-z0-9][a-z0-9._-]*$/, `a ${what} name ${NAME_RULE}`),
    v.check(name => !name.includes('..'), `a ${what} name must not contain ".."`),
  )
}

export const packageNameSchema = slugSchema('package')
export const siteNameSchema = slugSchema('site')
export const profileNameSchema = slugSchema('profile')

/** `d-` and 32 hex digits: the first half of the SHA-256 of the device's raw public key. */
export const deviceIdSchema = v.pipe(v.string(), v.regex(/^d-[0-9a-f]{32}$/, 'must be a device id'))

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** Well-formed, because canonical JSON cannot say anything else: half a surrogate pair would throw where bytes are signed. */
const oneLine = v.check<string, string>(
  text => text.isWellFormed() && !CONTROL_CHARACTERS.test(text),
  'must be one line of valid Unicode without control characters',
)

/** What people call a device; free text, never markup. */
export const displayNameSchema = v.pipe(v.string(), v.trim(), v.maxLength(MAX_NAME_LENGTH), oneLine)
export const versionLabelSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'a version label must not be empty'),
  v.maxLength(MAX_VERSION_LENGTH, `a version label is at most ${MAX_VERSION_LENGTH} characters`),
  oneLine,
)
/** Text from a device that people read. */
export const eventTextSchema = v.pipe(v.string(), v.maxLength(MAX_EVENT_TEXT_LENGTH))

/** Releases are numbered 1, 2, 3 … per package. */
export const releaseNumberSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
export const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

function base64UrlSchema(bytes: number, what: string) {
  const length = Math.ceil((bytes * 4) / 3)
  return v.pipe(
    v.string(),
    v.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`), `must be ${what} as ${length} base64url characters`),
  )
}
/** Raw Ed25519 public key (RFC 8032), 32 bytes. */
export const publicKeySchema = base64UrlSchema(32, 'an Ed25519 public key')
/** Ed25519 signature, 64 bytes. */
export const signatureSchema = base64UrlSchema(64, 'an Ed25519 signature')
export const nonceSchema = base64UrlSchema(32, 'a nonce')

/** Engines disagree about 30 February: some count on into March. Every device must read an instant alike. */
function dayExists(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** ISO 8601 with zone on the wire, epoch milliseconds once parsed. */
export const instantSchema = v.pipe(
  v.string(),
  v.maxLength(40),
  v.regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/,
    'must be an ISO 8601 instant with a zone, such as 2026-11-23T02:00:00Z',
  ),
  v.check(dayExists, 'is not a real date'),
  v.transform(text => Date.parse(text)),
  v.check(ms => Number.isFinite(ms), 'is not a real date'),
)

/** Epoch milliseconds to the wire's ISO 8601. */
export function toInstant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

export function toInstantOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toInstant(epochMs)
}

/** Of a page; never of a script. */
export const webAddressSchema = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(/^https?:\/\/\S+$/, 'must be an address such as https://larder.example.com'),
)

/** Random identifiers that either side makes up: request ids, introduction ids. */
export const shortIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be a short id'))

/** What a device does by itself: `auto` leaves the choice between the two to the server (W8). */
export const assignedRoleSchema = v.picklist(['store', 'kiosk', 'auto'], 'must be store, kiosk or auto')
export const roleSchema = v.picklist(['store', 'kiosk'])
export type AssignedRole = v.InferOutput<typeof assignedRoleSchema>
