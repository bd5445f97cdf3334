/**
 * Getting into the administration: logging in with the password or a one-time link, and logging out. The credential of
 * the page is a cookie that it cannot read, so nothing here carries it.
 */
import * as v from 'valibot'
import { isoTextSchema } from './iso-text.ts'
import { whyWeak } from './weak-password.ts'

const MAX_PASSWORD_LENGTH = 1024
const MIN_PASSWORD_LENGTH = 10

/** A password as it is typed to log in; what it must be like is asked only where a new one is chosen. */
const passwordSchema = v.pipe(v.string(), v.maxLength(MAX_PASSWORD_LENGTH))
const newPasswordSchema = v.pipe(
  v.string(),
  v.minLength(MIN_PASSWORD_LENGTH, `a password has at least ${MIN_PASSWORD_LENGTH} characters`),
  v.maxLength(MAX_PASSWORD_LENGTH, `a password has at most ${MAX_PASSWORD_LENGTH} characters`),
  v.check(
    password => whyWeak(password) === null,
    ({ input }) => whyWeak(String(input)) ?? '',
  ),
)

/** `POST /api/session` */
export const sessionPostSchema = v.strictObject({ password: passwordSchema })

/** `POST /api/session/link`: with a password it becomes the new one; without, the link alone logs in. */
export const sessionLinkPostSchema = v.strictObject({
  /** What stands behind `#link=` in the address. */
  code: v.pipe(v.string(), v.maxLength(128)),
  /** Needed while no password is set. */
  password: v.optional(newPasswordSchema),
})

/** `POST /api/session/password` */
export const sessionPasswordPostSchema = v.strictObject({ current: passwordSchema, next: newPasswordSchema })

/** Who asks, as the server sees it; answers every route that logs in, and `GET /api/session`, which needs no credentials. */
export const sessionViewSchema = v.object({
  authenticated: v.boolean(),
  /** False until somebody chose one with a one-time link. */
  passwordSet: v.boolean(),
  via: v.nullable(v.picklist(['session', 'token'])),
  /** As the audit log names whoever asks. */
  actor: v.nullable(v.string()),
  /** When the session ends whatever happens; it ends earlier when it is not used. Null without a session. */
  expiresAt: v.nullable(isoTextSchema),
})
