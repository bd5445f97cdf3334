/** Sites with who is there, and the live picture of who gives to whom. */
import * as v from 'valibot'
import { siteViewSchema } from '../admin-api.ts'
import { countSchema, deviceIdSchema, roleSchema, siteNameSchema } from '../primitives.ts'
import { devicePhaseSchema } from './devices.ts'
import { isoTextSchema } from './iso-text.ts'
import { fleetCountsSchema } from './overview.ts'

/** One of `GET /api/sites`, and `GET /api/sites/:site`. */
export const siteSummarySchema = v.object({
  ...siteViewSchema.entries,
  counts: v.object({
    ...fleetCountsSchema.entries,
    /** By the role in force (W8). */
    stores: countSchema,
    storesOnline: countSchema,
  }),
})
export type SiteSummary = v.InferOutput<typeof siteSummarySchema>
export const siteSummaryListSchema = v.object({ sites: v.array(siteSummarySchema) })

/** `GET /api/sites/:site/exchange`; also the live feed's `site`. */
export const siteExchangeSchema = v.object({
  site: siteNameSchema,
  at: isoTextSchema,
  /** Accepted devices of the site, stores first, then by name. */
  devices: v.array(
    v.object({
      deviceId: deviceIdSchema,
      name: v.string(),
      role: roleSchema,
      connection: v.picklist(['online', 'offline']),
      phase: devicePhaseSchema,
      /** Chunks of all its packages. */
      chunks: v.object({ have: countSchema, total: countSchema }),
    }),
  ),
  /** Who gives to whom now. Links between devices that are open and idle have 0; the server's stand only while they move. */
  links: v.array(
    v.object({
      from: v.union([v.literal('server'), deviceIdSchema]),
      to: deviceIdSchema,
      bytesPerS: countSchema,
    }),
  ),
})
export type SiteExchange = v.InferOutput<typeof siteExchangeSchema>
