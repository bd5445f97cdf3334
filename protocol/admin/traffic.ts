/** Bytes over time, for a chart. */
import * as v from 'valibot'
import { isoTextSchema } from './iso-text.ts'
import { trafficSumSchema } from './overview.ts'

export const trafficRangeSchema = v.picklist(['1h', '24h', '7d'], 'must be 1h, 24h or 7d')
export type TrafficRange = v.InferOutput<typeof trafficRangeSchema>

/** The query of `GET /api/traffic`. */
export const trafficQueryEntries = { range: v.optional(trafficRangeSchema, '1h') }

/** `GET /api/traffic` */
export const trafficSchema = v.object({
  range: trafficRangeSchema,
  bucketS: v.number(),
  /** One for each bucket of the range, oldest first, also where nothing travelled; `at` is where the bucket begins. */
  points: v.array(v.object({ at: isoTextSchema, ...trafficSumSchema.entries })),
})
export type Traffic = v.InferOutput<typeof trafficSchema>
