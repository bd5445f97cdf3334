/** What a device is told to run: one release of one package, and the windows for getting it, already resolved to instants. */
import * as v from 'valibot'
import {
  assignedRoleSchema,
  deviceIdSchema,
  digestSchema,
  displayNameSchema,
  instantSchema,
  packageNameSchema,
  releaseNumberSchema,
  roleSchema,
  siteNameSchema,
  versionLabelSchema,
} from './primitives.ts'

/** The three options of DESIGN section 3, bounds resolved by the server for the device's site. */
export const windowsSchema = v.strictObject({
  proxyDistribution: v.boolean(),
  onlyToProxiesUntil: v.nullable(instantSchema),
  enforceProxyUntil: v.nullable(instantSchema),
})

export const assignmentSchema = v.strictObject({
  package: packageNameSchema,
  release: releaseNumberSchema,
  version: versionLabelSchema,
  /** SHA-256 of the canonical manifest: names the release at `/releases/:digest/…` and on peer links. */
  digest: digestSchema,
  windows: windowsSchema,
  assignedAt: instantSchema,
})
export type Assignment = v.InferOutput<typeof assignmentSchema>
/** As it stands on the wire, with ISO instants. */
export type AssignmentWire = v.InferInput<typeof assignmentSchema>

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
})
export type DeviceIdentity = v.InferOutput<typeof deviceIdentitySchema>
