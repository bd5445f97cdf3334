/** What a device is told to run: one release of one package, and the windows for getting it, already resolved to instants. */
import * as v from 'valibot'
import { MAX_LABELS } from './limits.ts'
import {
  assignedRoleSchema,
  countSchema,
  deviceIdSchema,
  digestSchema,
  displayNameSchema,
  instantSchema,
  packageNameSchema,
  releaseNumberSchema,
  roleSchema,
  siteNameSchema,
  versionLabelSchema,
  webAddressSchema,
} from './primitives.ts'

/** The three options of DESIGN section 3, bounds resolved by the server for the device's site. */
export const windowsSchema = v.strictObject({
  proxyDistribution: v.boolean(),
  onlyToProxiesUntil: v.nullable(instantSchema),
  enforceProxyUntil: v.nullable(instantSchema),
})

/** `HH:MM` on the site's clock. */
const timeOfDaySchema = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 02:00'),
)

const DAY_MS = 24 * 3600 * 1000

/**
 * When a staged release takes over (rules A1 to A8, docs/POLICY.md): at once, when nobody has touched the screen for
 * `idleMs`, or inside a window that comes every day, from `from` up to and without `until` on the site's clock; one that
 * ends earlier than it begins runs past midnight.
 */
export const activationSchema = v.variant('when', [
  v.strictObject({ when: v.literal('at-once') }),
  v.strictObject({
    when: v.literal('idle'),
    idleMs: v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(DAY_MS)),
  }),
  v.pipe(
    v.strictObject({ when: v.literal('window'), from: timeOfDaySchema, until: timeOfDaySchema }),
    v.check(({ from, until }) => from !== until, 'an activation window needs two different times of day'),
  ),
])
export type Activation = v.InferOutput<typeof activationSchema>

/**
 * When a release on trial is confirmed: once the app has called `larder.ready()`, for which it has `withinMs` after its
 * page was loaded; or (`runs`) also without it, once it has run for `forMs` without an uncaught error or a failed load.
 */
export const confirmationSchema = v.variant('by', [
  v.strictObject({
    by: v.literal('ready'),
    withinMs: v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(DAY_MS)),
  }),
  v.strictObject({
    by: v.literal('runs'),
    forMs: v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(DAY_MS)),
  }),
])
export type Confirmation = v.InferOutput<typeof confirmationSchema>

/** Of two packages, the one with the higher number is fetched first, shown first, and evicted last. */
export const packagePrioritySchema = v.pipe(v.number(), v.integer(), v.minValue(-1000), v.maxValue(1000))

/** How a package takes over where nobody has set anything else. */
export const defaultUpdateOptions: {
  readonly activation: Activation
  readonly confirmation: Confirmation
  readonly priority: number
} = { activation: { when: 'at-once' }, confirmation: { by: 'runs', forMs: 30_000 }, priority: 0 }

export const assignmentSchema = v.strictObject({
  package: packageNameSchema,
  release: releaseNumberSchema,
  version: versionLabelSchema,
  /** SHA-256 of the canonical manifest: names the release at `/releases/:digest/…` and on peer links. */
  digest: digestSchema,
  windows: windowsSchema,
  activation: activationSchema,
  confirmation: confirmationSchema,
  priority: packagePrioritySchema,
  assignedAt: instantSchema,
})
export type Assignment = v.InferOutput<typeof assignmentSchema>
/** As it stands on the wire, with ISO instants. */
export type AssignmentWire = v.InferInput<typeof assignmentSchema>

/** Up to 32 labels such as `floor: 2`. */
export const deviceLabelsSchema = v.pipe(
  v.record(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a label name is lower-case letters, digits, . _ -'),
    ),
    v.pipe(v.string(), v.maxLength(200, 'a label is at most 200 characters')),
  ),
  v.check(labels => Object.keys(labels).length <= MAX_LABELS, `a device has at most ${MAX_LABELS} labels`),
)
export type DeviceLabels = v.InferOutput<typeof deviceLabelsSchema>

/** What the administrator allows the stores of a site; null: as the device does without being told. */
export const deviceLimitsSchema = v.strictObject({
  /** What a store keeps of releases that it does not need itself, by their raw size (rule S3, docs/POLICY.md). */
  cacheBytes: v.nullable(countSchema),
  /** Bytes a second that a store hands to all kiosks together. */
  uploadBytesPerS: v.nullable(
    v.pipe(countSchema, v.minValue(1024, 'an upload limit is at least 1024 bytes a second')),
  ),
})
export type DeviceLimits = v.InferOutput<typeof deviceLimitsSchema>

export const noLimits: DeviceLimits = { cacheBytes: null, uploadBytesPerS: null }

/** The server's record of a device, as the device itself is told. */
export const deviceIdentitySchema = v.strictObject({
  deviceId: deviceIdSchema,
  name: displayNameSchema,
  state: v.picklist(['pending', 'accepted']),
  /** Shown on the screen of a pending device, typed by the administrator who accepts it. */
  code: v.nullable(v.pipe(v.string(), v.regex(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/))),
  /** The role in force (W8). */
  role: roleSchema,
  assignedRole: assignedRoleSchema,
  site: v.nullable(siteNameSchema),
  /** IANA zone of the site, for the times a kiosk shows. */
  timeZone: v.string(),
  /** What the administrator wrote on it, for the app to read. */
  labels: deviceLabelsSchema,
  /** How often an administrator asked for another try, by package: a release that failed before that is tried again. */
  retries: v.record(packageNameSchema, countSchema),
  limits: deviceLimitsSchema,
  /**
   * The administration page, ending in a slash, for the QR code of a pending device: with `#/enrolment?code=CODE` behind it, it
   * opens where this device is accepted. Null for every other device, and where the server was not told its address.
   */
  adminUrl: v.nullable(webAddressSchema),
})
export type DeviceIdentity = v.InferOutput<typeof deviceIdentitySchema>
