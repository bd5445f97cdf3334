/**
 * Bodies of the admin API: what the command line and the admin page send, and what they are answered.
 * Requests are strict; answers may gain fields, and instants in them stay ISO 8601 text: they are made to be read.
 */
import * as v from 'valibot'
import { newPackageNameSchema, typedLabelsSchema, typedNameSchema } from './admin/typed-text.ts'
import {
  activationSchema,
  confirmationSchema,
  deviceLabelsSchema,
  deviceLimitsSchema,
  packagePrioritySchema,
} from './assignment.ts'
import { boundSchema } from './bound.ts'
import { deviceStatusSchema, peerStatusSchema, storageStatusSchema } from './device-status.ts'
import { diagnosticsReportSchema } from './diagnostics.ts'
import { MAX_ASSIGNMENTS } from './limits.ts'
import {
  assignedRoleSchema,
  countSchema,
  deviceIdSchema,
  digestSchema,
  packageNameSchema,
  profileNameSchema,
  releaseNumberSchema,
  roleSchema,
  siteNameSchema,
  versionLabelSchema,
} from './primitives.ts'

/** Digests in one question for missing chunks: 4.5 MB of JSON at most. */
const MAX_DIGESTS_PER_QUESTION = 65_536
const MAX_SITES_PER_PROFILE = 10_000

const isoTextSchema = v.pipe(v.string(), v.maxLength(40), v.isoTimestamp())
const isoOrNullSchema = v.nullable(isoTextSchema)

// Sites

export const sitePutSchema = v.strictObject({
  /** IANA name; whether it exists is the server's to check. */
  timeZone: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** How many stores the server keeps among the site's `auto` devices. */
  storesWanted: v.optional(v.pipe(countSchema, v.maxValue(64))),
  /** What its stores may keep and hand out. Left out: as it was, no limits at first. */
  limits: v.optional(deviceLimitsSchema),
})
export const siteViewSchema = v.object({
  name: siteNameSchema,
  timeZone: v.string(),
  storesWanted: countSchema,
  limits: deviceLimitsSchema,
})
export type SiteView = v.InferOutput<typeof siteViewSchema>
export const siteListSchema = v.object({ sites: v.array(siteViewSchema) })

// Profiles

const releaseChoiceSchema = v.union(
  [v.literal('latest'), releaseNumberSchema],
  'must be "latest" or a release number',
)
export const profilePutSchema = v.strictObject({
  sites: v.pipe(v.array(siteNameSchema), v.maxLength(MAX_SITES_PER_PROFILE)),
  /** Higher wins where two profiles of a site name the same package. Left out: as it was, 0 at first. */
  priority: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-1_000_000), v.maxValue(1_000_000))),
  packages: v.pipe(
    v.array(
      v.strictObject({ package: newPackageNameSchema, release: v.optional(releaseChoiceSchema, 'latest') }),
    ),
    v.maxLength(MAX_ASSIGNMENTS),
  ),
})
export type ProfilePut = v.InferInput<typeof profilePutSchema>

export const distributionSchema = v.strictObject({
  proxyDistribution: v.boolean(),
  onlyToProxiesUntil: v.nullable(boundSchema),
  enforceProxyUntil: v.nullable(boundSchema),
})
/** How a package takes over on a device; beside the windows in the same options. */
export const updateOptionsSchema = v.strictObject({
  activation: activationSchema,
  confirmation: confirmationSchema,
  priority: packagePrioritySchema,
})
export type UpdateOptions = v.InferOutput<typeof updateOptionsSchema>
export const distributionPutSchema = v.strictObject({
  ...distributionSchema.entries,
  /** Each left out: as it was. */
  activation: v.optional(activationSchema),
  confirmation: v.optional(confirmationSchema),
  priority: v.optional(packagePrioritySchema),
  /** Left out, it overwrites whatever is there; else only what was read as this revision. */
  revision: v.optional(releaseNumberSchema),
})
export type DistributionPut = v.InferInput<typeof distributionPutSchema>

export const profileViewSchema = v.object({
  name: profileNameSchema,
  priority: v.number(),
  sites: v.array(siteNameSchema),
  packages: v.array(
    v.object({
      package: packageNameSchema,
      release: releaseChoiceSchema,
      distribution: distributionSchema,
      update: updateOptionsSchema,
      revision: releaseNumberSchema,
    }),
  ),
  /** Sentences about what is legal but may not be meant. */
  notes: v.array(v.string()),
})
export type ProfileView = v.InferOutput<typeof profileViewSchema>
export const profileListSchema = v.object({ profiles: v.array(profileViewSchema) })

export const windowsViewSchema = v.object({
  proxyDistribution: v.boolean(),
  onlyToProxiesUntil: isoOrNullSchema,
  enforceProxyUntil: isoOrNullSchema,
})

/** The options of a package in a profile, and what they mean at each of its sites. */
export const distributionViewSchema = v.object({
  profile: profileNameSchema,
  package: packageNameSchema,
  release: releaseChoiceSchema,
  distribution: distributionSchema,
  update: updateOptionsSchema,
  revision: releaseNumberSchema,
  sites: v.array(
    v.object({
      site: siteNameSchema,
      timeZone: v.string(),
      /** Null: there is no such release yet, and the windows are those of one published now. */
      release: v.nullable(releaseNumberSchema),
      windows: windowsViewSchema,
      /** The profile of the site that this package comes from, if it is another one. */
      overriddenBy: v.nullable(profileNameSchema),
      /** What a kiosk there may do now, in words. */
      sentence: v.string(),
    }),
  ),
  warnings: v.array(v.object({ code: v.string(), message: v.string(), sites: v.array(siteNameSchema) })),
})
export type DistributionView = v.InferOutput<typeof distributionViewSchema>

// Devices

export const devicePatchSchema = v.strictObject({
  name: v.optional(typedNameSchema),
  role: v.optional(assignedRoleSchema),
  site: v.optional(siteNameSchema),
  /** All of them: what is not named is taken off. */
  labels: v.optional(typedLabelsSchema),
  state: v.optional(v.picklist(['accepted', 'revoked'], 'must be accepted or revoked')),
})
export type DevicePatch = v.InferInput<typeof devicePatchSchema>

export const deviceSummarySchema = v.object({
  deviceId: deviceIdSchema,
  name: v.string(),
  state: v.picklist(['pending', 'accepted', 'revoked']),
  code: v.nullable(v.string()),
  assignedRole: assignedRoleSchema,
  /** The role in force (W8). */
  role: roleSchema,
  site: v.nullable(siteNameSchema),
  timeZone: v.string(),
  connection: v.picklist(['online', 'offline']),
  enrolledAt: isoTextSchema,
  lastSeenAt: isoTextSchema,
  labels: deviceLabelsSchema,
  packages: deviceStatusSchema.entries.packages,
  /** Two browsers have the key of this device, as after a copied disk; null for any other. */
  duplicate: v.nullable(v.object({ addresses: v.array(v.string()), since: isoTextSchema })),
})
export type DeviceSummary = v.InferOutput<typeof deviceSummarySchema>
export const deviceListSchema = v.object({ devices: v.array(deviceSummarySchema) })

/** `window.larder.status()` as the device last reported it, with what the server knows of the device beside it. */
export const deviceViewSchema = v.object({
  ...deviceSummarySchema.entries,
  /** What its site is to run, in order; empty unless it is accepted. The device may not have reported all of it yet. */
  assigned: v.array(
    v.object({ package: packageNameSchema, release: releaseNumberSchema, version: versionLabelSchema }),
  ),
  clockOffsetMs: deviceStatusSchema.entries.clockOffsetMs,
  /** Other devices that it talks with, each with its name if the server knows one; empty while it is offline. */
  peers: v.array(v.object({ ...peerStatusSchema.entries, name: v.string() })),
  /** Null before the first report. */
  storage: v.nullable(storageStatusSchema),
  /** Of its last diagnostics, with when it came; null when none was ever run. */
  diagnostics: v.nullable(v.object({ ...diagnosticsReportSchema.entries, receivedAt: isoTextSchema })),
  /** When `packages`, `peers` and `clockOffsetMs` were reported; null before the first report. */
  reportedAt: isoOrNullSchema,
  /** Newest first. */
  events: v.array(
    v.object({
      at: isoTextSchema,
      kind: v.string(),
      package: v.optional(packageNameSchema),
      release: v.optional(releaseNumberSchema),
      peer: v.optional(deviceIdSchema),
      detail: v.string(),
    }),
  ),
  /** Sentences about releases that it is to run and will refuse. */
  warnings: v.array(v.string()),
})
export type DeviceView = v.InferOutput<typeof deviceViewSchema>

// Packages and publishing

const releaseViewSchema = v.object({
  package: packageNameSchema,
  release: releaseNumberSchema,
  version: versionLabelSchema,
  digest: digestSchema,
  entry: v.string(),
  publishedAt: isoTextSchema,
  /** Sum of the files. */
  rawBytes: countSchema,
  /** Sum of the different chunks as they travel. */
  encodedBytes: countSchema,
  fileCount: countSchema,
  chunkCount: countSchema,
})
export type ReleaseView = v.InferOutput<typeof releaseViewSchema>
export const packageListSchema = v.object({
  packages: v.array(
    v.object({ package: packageNameSchema, releaseCount: countSchema, latest: releaseViewSchema }),
  ),
})
export const packageViewSchema = v.object({
  package: packageNameSchema,
  /** Newest first, each with the devices that run it and that want it, by their last reports. */
  releases: v.array(
    v.object({
      ...releaseViewSchema.entries,
      devicesRunning: countSchema,
      devicesWanting: countSchema,
      /** Of its chunks, those that are damaged or missing on the server's disk. */
      damagedChunks: countSchema,
      /** What travels to a device that has an earlier release, by patch and in chunks alone; empty until that is worked out. */
      updates: v.array(
        v.object({ fromRelease: releaseNumberSchema, bytes: countSchema, chunkBytes: countSchema }),
      ),
    }),
  ),
  /** Accepted devices that have the package, by phase; one that is offline counts as `offline` alone. */
  phases: v.record(v.string(), countSchema),
})
export type PackageView = v.InferOutput<typeof packageViewSchema>

/** As many digits as an address of a release takes, with room for releases above it. */
export const MAX_RELEASE_FLOOR = 999_999_999_999
/** `POST /api/packages/:package/renumber`: the next release gets a number above this one. */
export const renumberPostSchema = v.strictObject({
  above: v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(MAX_RELEASE_FLOOR, `must be at most ${MAX_RELEASE_FLOOR}`),
  ),
})
export const renumberViewSchema = v.object({
  package: packageNameSchema,
  /** The number that the next release gets. */
  nextRelease: countSchema,
})

export const missingChunksPostSchema = v.strictObject({
  digests: v.pipe(v.array(digestSchema), v.maxLength(MAX_DIGESTS_PER_QUESTION)),
})
export const missingChunksViewSchema = v.object({ missing: v.array(digestSchema) })
export const chunkStoredSchema = v.object({
  added: v.boolean(),
  rawBytes: countSchema,
  encodedBytes: countSchema,
})

export const publishedSchema = v.object({
  ...releaseViewSchema.entries,
  /** Chunks that no release here had before. */
  newChunkCount: countSchema,
  newEncodedBytes: countSchema,
  /** The release before this one if its files are the same, else null. */
  sameContentAs: v.nullable(releaseNumberSchema),
})
export type Published = v.InferOutput<typeof publishedSchema>

// Decisions and traffic

const sourceAccessSchema = v.object({
  state: v.picklist(['open', 'closed']),
  reason: v.string(),
  rule: v.string(),
  explanation: v.string(),
  retryAt: isoOrNullSchema,
})
/** What keeps a release from a device until a person does something (update-obstacle.ts). */
const obstacleSchema = v.object({
  kind: v.picklist(['older-release', 'release-failed', 'manifest-refused']),
  sentence: v.string(),
  remedy: v.nullable(v.picklist(['republish', 'retry'])),
})
export const explanationSchema = v.object({
  deviceId: deviceIdSchema,
  name: v.string(),
  site: siteNameSchema,
  timeZone: v.string(),
  role: roleSchema,
  package: packageNameSchema,
  profile: profileNameSchema,
  release: releaseNumberSchema,
  version: versionLabelSchema,
  at: isoTextSchema,
  windows: windowsViewSchema,
  /** How the release takes over once it is complete there. */
  update: updateOptionsSchema,
  stores: sourceAccessSchema,
  server: sourceAccessSchema,
  /** First choice first; empty: the device waits. */
  order: v.array(v.picklist(['stores', 'server'])),
  nextChangeAt: isoOrNullSchema,
  /** What the windows come to. Where there is an obstacle, they do not matter. */
  sentence: v.string(),
  obstacle: v.nullable(obstacleSchema),
})
export type Explanation = v.InferOutput<typeof explanationSchema>

export const statsSchema = v.object({
  /** Encoded chunk bytes that the origin has sent since the server started. */
  chunkBytesSent: countSchema,
  releases: v.array(
    v.object({
      digest: digestSchema,
      package: v.nullable(packageNameSchema),
      release: v.nullable(releaseNumberSchema),
      chunkBytesSent: countSchema,
    }),
  ),
})
export type Stats = v.InferOutput<typeof statsSchema>
