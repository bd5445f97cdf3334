/** Which releases a package keeps, and which go with that. */
import * as v from 'valibot'
import { countSchema, packageNameSchema, releaseNumberSchema } from '../primitives.ts'

const MAX_KEPT_RELEASES = 10_000
const MAX_TERM_S = 10 * 366 * 24 * 3600

/** `PUT /api/packages/:package/retention` and `POST …/retention/preview`; both null: all are kept. */
export const retentionPutSchema = v.strictObject({
  /** So many of the newest releases. */
  keepReleases: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_KEPT_RELEASES))),
  /** Each for so long after the release that followed it. */
  keepForS: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TERM_S))),
})
export type RetentionPut = v.InferOutput<typeof retentionPutSchema>

export const retentionViewSchema = v.object({
  package: packageNameSchema,
  keepReleases: v.nullable(countSchema),
  keepForS: v.nullable(countSchema),
  /** What goes now with that, newest first. */
  removes: v.array(v.object({ release: releaseNumberSchema, version: v.string() })),
  /** Of the chunks that then no release has. */
  freedBytes: countSchema,
})
export type RetentionView = v.InferOutput<typeof retentionViewSchema>
