/**
 * `GET /api/live`: Server-Sent Events. Each has the name of a key below and that schema's JSON as data.
 *
 * A connection begins with `overview`; then either what changed since `Last-Event-ID`, or `reset`: what was read before may
 * be old (first connection, the server was started again, or away for too long), so lists are to be read again.
 * Changes come together, at most twice a second. The server ends a connection after some minutes so that credentials are
 * asked for again; EventSource comes back by itself.
 */
import * as v from 'valibot'
import { deviceIdSchema, siteNameSchema } from '../primitives.ts'
import { deviceRowSchema } from './devices.ts'
import { overviewSchema } from './overview.ts'
import { siteExchangeSchema, siteSummarySchema } from './sites.ts'

/** The query of `GET /api/live`. `site`: send `site` events for this one. */
export const liveQueryEntries = { site: v.optional(siteNameSchema) }

export const liveEventSchemas = {
  overview: overviewSchema,
  /** Rows that differ, whole; a device of which nothing is left is in `gone`. */
  devices: v.object({ devices: v.array(deviceRowSchema), gone: v.array(deviceIdSchema) }),
  /** Sites whose counts differ. */
  sites: v.object({ sites: v.array(siteSummarySchema) }),
  /** The site that was asked for, whenever something moves there. */
  site: siteExchangeSchema,
  /** Somebody changed settings: sites, profiles, windows or releases are to be read again. */
  changed: v.object({ what: v.picklist(['fleet', 'site', 'device']) }),
  reset: v.object({}),
  /** Nothing else was said for a while, and the connection is alive. */
  heartbeat: v.object({}),
} as const

export type LiveEventName = keyof typeof liveEventSchemas
export type LiveEvent<N extends LiveEventName> = v.InferOutput<(typeof liveEventSchemas)[N]>
