/** Enrolment links: made, listed, revoked. The token of a link is in the answer that makes it and nowhere else, ever. */
import * as v from 'valibot'
import { assignedRoleSchema, countSchema, siteNameSchema } from '../primitives.ts'
import { isoTextSchema } from './iso-text.ts'
import { nextCursorSchema } from './page.ts'

const MAX_ENROLMENT_USES = 100_000
const MAX_ENROLMENT_TERM_S = 365 * 24 * 3600

/** Names a link without telling its token. */
export const enrolmentLinkIdSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, 'must be the id of an enrolment link'),
)

/** `POST /api/enrolment-tokens` */
export const enrolmentTokenPostSchema = v.strictObject({
  site: siteNameSchema,
  role: assignedRoleSchema,
  /** Devices that may enrol with it; 1 if left out. */
  uses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_ENROLMENT_USES)), 1),
  /** Seven days if left out. */
  expiresInS: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_ENROLMENT_TERM_S)),
    7 * 24 * 3600,
  ),
})
export type EnrolmentTokenPost = v.InferInput<typeof enrolmentTokenPostSchema>

/** The link that was just made. */
export const enrolmentTokenViewSchema = v.object({
  id: enrolmentLinkIdSchema,
  token: v.string(),
  url: v.string(),
  expiresAt: isoTextSchema,
  /** Why devices may not be able to use it, a sentence each. */
  warnings: v.array(v.string()),
})
export type EnrolmentTokenView = v.InferOutput<typeof enrolmentTokenViewSchema>

/** `GET /api/enrolment-tokens`: those that have not expired, newest first. */
export const enrolmentLinkListSchema = v.object({
  links: v.array(
    v.object({
      id: enrolmentLinkIdSchema,
      site: siteNameSchema,
      role: assignedRoleSchema,
      /** Devices that it was made for; null for links of versions that did not keep it. */
      uses: v.nullable(countSchema),
      /** 0: used up. */
      usesLeft: countSchema,
      createdAt: isoTextSchema,
      expiresAt: isoTextSchema,
    }),
  ),
  nextCursor: nextCursorSchema,
})
export type EnrolmentLink = v.InferOutput<typeof enrolmentLinkListSchema>['links'][number]
