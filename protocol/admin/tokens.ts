/** API tokens: named, listed, revocable. The secret is in the answer that makes it and nowhere else, ever. */
import * as v from 'valibot'
import { isoTextSchema } from './iso-text.ts'
import { nextCursorSchema } from './page.ts'
import { typedNameSchema } from './typed-text.ts'

/** Names a token without telling anything of its secret. */
export const tokenIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'must be the id of an API token'))

export const tokenNameSchema = v.pipe(typedNameSchema, v.minLength(1, 'a token name must not be empty'))

/** `POST /api/tokens` */
export const tokenPostSchema = v.strictObject({ name: tokenNameSchema })

const tokenViewSchema = v.object({
  id: tokenIdSchema,
  name: v.string(),
  createdAt: isoTextSchema,
  /** To the minute; null when it was never used. */
  lastUsedAt: v.nullable(isoTextSchema),
  /** Null while it is valid. */
  revokedAt: v.nullable(isoTextSchema),
})

/** `GET /api/tokens`: newest first, revoked ones among them. */
export const tokenListSchema = v.object({ tokens: v.array(tokenViewSchema), nextCursor: nextCursorSchema })

/** The token that was just made. */
export const tokenCreatedSchema = v.object({ ...tokenViewSchema.entries, token: v.string() })
