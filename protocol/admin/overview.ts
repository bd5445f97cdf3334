/** The fleet in numbers: who is where with its releases, and where the bytes came from. Also the live feed's `overview`. */
import * as v from 'valibot'
import { countSchema, packageNameSchema } from '../primitives.ts'
import { attentionSchema } from './attention.ts'
import { isoTextSchema } from './iso-text.ts'

/**
 * Accepted devices by what they are doing. A device counts once: as offline if it is not connected, else as failed if any
 * package of it has failed, else as downloading (or staged) if any is on its way, else as waiting, else as on the wanted
 * release. One that has no package or has not reported yet is in none of them.
 */
export const fleetCountsSchema = v.object({
  /** Accepted ones; those that wait to be accepted are `pending`, those that are revoked nowhere. */
  devices: countSchema,
  online: countSchema,
  offline: countSchema,
  /** Every package of it runs the release that is wanted. */
  onWanted: countSchema,
  downloading: countSchema,
  waiting: countSchema,
  failed: countSchema,
  pending: countSchema,
})
export type FleetCounts = v.InferOutput<typeof fleetCountsSchema>

export const trafficSumSchema = v.object({
  /** Encoded bytes that devices say came from stores, and from the server. */
  fromStores: countSchema,
  fromServer: countSchema,
  /** What the server itself counted as sent; less than `fromServer` where a cache stands between. */
  originSent: countSchema,
})

/** What the server found wrong with itself; all of it empty while it is well. */
export const upkeepSchema = v.object({
  /** Stored chunks that are damaged, unreadable or missing, and are not served. */
  damagedChunks: countSchema,
  /** Releases whose stored manifest devices would refuse. */
  damagedManifests: countSchema,
  /** What SQLite says is wrong with the database; null while it finds nothing. */
  recordsDamage: v.nullable(v.string()),
  /** Work in the background that fails and is tried again. */
  failingJobs: v.array(v.object({ name: v.string(), since: isoTextSchema, message: v.string() })),
})
export type Upkeep = v.InferOutput<typeof upkeepSchema>

/** Of a package, what devices say they run and this server does not know, as after a backup was restored. */
export const unknownReleasesSchema = v.object({
  package: packageNameSchema,
  /** That would refuse the next release for its number. */
  devices: countSchema,
  /** The highest number that one of them names. */
  highest: countSchema,
  /** The number that the next release gets. */
  nextRelease: countSchema,
})
export type UnknownReleases = v.InferOutput<typeof unknownReleasesSchema>

/** `GET /api/overview` */
export const overviewSchema = v.object({
  at: isoTextSchema,
  counts: fleetCountsSchema,
  bytes: v.object({
    total: trafficSumSchema,
    today: v.object({
      ...trafficSumSchema.entries,
      /** Midnight UTC. */
      since: isoTextSchema,
    }),
  }),
  share: v.object({
    /** Part of all bytes that came from stores, 0 to 1; null while nothing has travelled. */
    fromStores: v.nullable(v.number()),
    /** The most that was possible: (N − 1) / N for each site of N devices, weighted by the bytes of the site. */
    best: v.nullable(v.number()),
  }),
  /** Why the server cannot write: publications and changes are refused meanwhile. Null while it can. */
  storageTrouble: v.nullable(
    v.object({
      reason: v.picklist(['full', 'read-only', 'failed', 'too-many-files', 'busy']),
      /** What is the matter and what to do, without a capital at its beginning. */
      detail: v.string(),
      since: isoTextSchema,
    }),
  ),
  upkeep: upkeepSchema,
  unknownReleases: v.array(unknownReleasesSchema),
  /** What needs an administrator, the most urgent first; empty while all is well. */
  attention: v.array(attentionSchema),
})
export type Overview = v.InferOutput<typeof overviewSchema>
