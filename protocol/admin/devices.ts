/** The list of devices: a row each, in pages that are searched, filtered and sorted by the server. */
import * as v from 'valibot'
import { deviceSummarySchema, deviceViewSchema } from '../admin-api.ts'
import { countSchema, packageNameSchema, releaseNumberSchema, siteNameSchema } from '../primitives.ts'
import { isoTextSchema } from './iso-text.ts'
import { nextCursorSchema, pageQueryEntries } from './page.ts'

/**
 * What a device is doing as a whole. `offline`: it is accepted and not connected, whatever it said last; else the most urgent
 * phase of its packages. `none`: nothing assigned or not reported yet, and every device that is pending or revoked.
 */
export const devicePhaseSchema = v.picklist(
  ['offline', 'failed', 'downloading', 'staged', 'waiting', 'active', 'none'],
  'must be offline, failed, downloading, staged, waiting, active or none',
)
export type DevicePhase = v.InferOutput<typeof devicePhaseSchema>

const rowEntries = {
  phase: devicePhaseSchema,
  /** Why, in words: of the package that gives the device its phase; of an offline one its last report. Empty for `none`. */
  detail: v.string(),
  /** When `packages` was reported; null before the first report. */
  reportedAt: v.nullable(isoTextSchema),
}

export const deviceRowSchema = v.object({ ...deviceSummarySchema.entries, ...rowEntries })
export type DeviceRow = v.InferOutput<typeof deviceRowSchema>

export const deviceSortSchema = v.picklist(
  ['site', 'name', 'role', 'state', 'phase', 'connection', 'lastSeen', 'enrolled'],
  'must be site, name, role, state, phase, connection, lastSeen or enrolled',
)
export type DeviceSort = v.InferOutput<typeof deviceSortSchema>

/** The query of `GET /api/devices`. Without `limit` all rows come at once. */
export const deviceQueryEntries = {
  /** Part of name (only of devices that were accepted once), id, site, code, version or label (`floor=2`), ignoring case. */
  search: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** Exactly the code on the screen of a device that waits, ignoring case. */
  code: v.optional(v.pipe(v.string(), v.maxLength(20))),
  site: v.optional(siteNameSchema),
  /** The role in force (W8). */
  role: v.optional(v.picklist(['store', 'kiosk'], 'must be store or kiosk')),
  state: v.optional(v.picklist(['pending', 'accepted', 'revoked'], 'must be pending, accepted or revoked')),
  phase: v.optional(devicePhaseSchema),
  connection: v.optional(v.picklist(['online', 'offline'], 'must be online or offline')),
  /** `lobby@3`: accepted devices on which this release fails by their last report, online or not. */
  failed: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[^@]{1,64}@[1-9]\d{0,14}$/, 'must be a package and a release, such as lobby@3'),
    ),
  ),
  sort: v.optional(deviceSortSchema, 'site'),
  order: v.optional(v.picklist(['asc', 'desc'], 'must be asc or desc'), 'asc'),
  cursor: pageQueryEntries.cursor,
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 5000'),
      v.transform(Number),
      v.maxValue(5000, 'must be a whole number from 1 to 5000'),
    ),
  ),
}

/** `GET /api/devices` */
export const devicePageSchema = v.object({
  devices: v.array(deviceRowSchema),
  /** Of all pages. */
  total: countSchema,
  nextCursor: nextCursorSchema,
})
export type DevicePage = v.InferOutput<typeof devicePageSchema>

/** `GET /api/devices/:id` */
export const deviceDetailSchema = v.object({ ...deviceViewSchema.entries, ...rowEntries })
export type DeviceDetail = v.InferOutput<typeof deviceDetailSchema>

/** `POST /api/devices/:id/retry`: a release that failed there is tried again, as soon as the device is online. */
export const retryPostSchema = v.strictObject({ package: packageNameSchema })
export const retryViewSchema = v.object({
  package: packageNameSchema,
  /** The one that failed, as the device last reported it. */
  release: releaseNumberSchema,
  /** How often another try was asked for, this one counted. */
  retries: countSchema,
  /** A device that is offline hears of it when it comes back. */
  connection: v.picklist(['online', 'offline']),
})

/** `POST /api/devices/:id/diagnose`: the report comes some seconds later, as `diagnostics` of the device. */
export const diagnoseViewSchema = v.object({
  /** A report whose `receivedAt` is not earlier answers this request. */
  askedAt: isoTextSchema,
})

/** `POST /api/devices/:id/separate`: of two browsers with one key, the one that is online begins as a new device. */
export const separateViewSchema = v.object({
  /** Where that browser is. */
  address: v.string(),
})

/** `GET /api/devices/:id/events`: newest first. The server keeps the last hundred of each device. */
export const deviceEventPageSchema = v.object({
  events: deviceViewSchema.entries.events,
  nextCursor: nextCursorSchema,
})

/** As many as can wait at one time. */
const MAX_DISMISSED_CODES = 1000
const MAX_AGE_S = 10 * 365 * 24 * 3600

/** `POST /api/devices/dismiss`: exactly one of the three. Only devices that wait to be accepted are forgotten. */
export const dismissPostSchema = v.pipe(
  v.strictObject({
    codes: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.maxLength(40, 'a code has at most 40 characters'))),
        v.minLength(1),
        v.maxLength(MAX_DISMISSED_CODES),
      ),
    ),
    /** Those that enrolled longer ago than this. */
    olderThanS: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_AGE_S))),
    all: v.optional(v.literal(true)),
  }),
  v.check(
    body => Object.values(body).filter(value => value !== undefined).length === 1,
    'must be exactly one of codes, olderThanS and all',
  ),
)
export type DismissPost = v.InferInput<typeof dismissPostSchema>
export const dismissViewSchema = v.object({ dismissed: countSchema })
