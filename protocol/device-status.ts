/**
 * What a device says of itself: `window.larder.status()`, the signaling session's `status`, and what
 * `GET /api/devices/:id` reports. Field names are a contract (DESIGN section 9).
 */
import * as v from 'valibot'
import { MAX_ASSIGNMENTS, MAX_PEERS_IN_STATUS } from './limits.ts'
import {
  countSchema,
  deviceIdSchema,
  eventTextSchema,
  packageNameSchema,
  releaseNumberSchema,
  roleSchema,
  siteNameSchema,
  versionLabelSchema,
} from './primitives.ts'

/** Why a package is in its phase; a closed set, so that pages and tests can rely on it. */
export const statusReasons = [
  'up-to-date',
  'fetching-manifest',
  'checking-held-chunks',
  'waiting-for-patch',
  'fetching-from-stores',
  'fetching-from-server',
  'fetching-from-stores-and-server',
  'contacting-store',
  'waiting-for-store-progress',
  'windows-closed',
  'waiting-for-other-package',
  'no-store-online',
  'stores-not-answering',
  'server-unreachable',
  'grant-refused',
  'out-of-space',
  'storage-failed',
  'ready-to-activate',
  'waiting-for-idle',
  'waiting-for-activation-window',
  'trying-release',
  'manifest-refused',
  'release-failed',
] as const
export type StatusReason = (typeof statusReasons)[number]

const isoTextOrNull = v.nullable(v.pipe(v.string(), v.maxLength(40), v.isoTimestamp()))

/** The states of an update's life (client/machines/package-life/); `phase` is the coarser view of the same. */
const updateStates = [
  'waiting',
  'downloading',
  'staged',
  'activating',
  'on-trial',
  'confirmed',
  'rolling-back',
  'failed',
] as const

export const packageStatusSchema = v.strictObject({
  package: packageNameSchema,
  wantedRelease: releaseNumberSchema,
  activeRelease: v.nullable(releaseNumberSchema),
  activeVersion: v.nullable(versionLabelSchema),
  phase: v.picklist(['waiting', 'downloading', 'staged', 'active', 'failed']),
  /** Of the wanted release; null while nothing is wanted. */
  update: v.nullable(v.picklist(updateStates)),
  reason: v.picklist(statusReasons),
  /** The reason as a sentence for people, with times. */
  detail: eventTextSchema,
  decision: v.strictObject({
    stores: v.picklist(['open', 'closed']),
    server: v.picklist(['open', 'closed']),
    nextChangeAt: isoTextOrNull,
  }),
  chunks: v.strictObject({ have: countSchema, total: countSchema }),
  /** Encoded bytes of the wanted release that arrived on this device (PR-S17); `reused` were here already. */
  bytes: v.strictObject({ fromStores: countSchema, fromServer: countSchema, reused: countSchema }),
})
export type PackageStatus = v.InferOutput<typeof packageStatusSchema>

export const peerStatusSchema = v.strictObject({
  deviceId: deviceIdSchema,
  state: v.picklist(['connecting', 'open', 'closed']),
  bytesIn: countSchema,
  bytesOut: countSchema,
})
export type PeerStatus = v.InferOutput<typeof peerStatusSchema>

/** Where packages rest on the device, and how much room there is. Null: the browser does not say. */
export const storageStatusSchema = v.strictObject({
  kind: v.picklist(['disk', 'memory']),
  /** Whether the browser has promised not to clear it by itself. */
  persisted: v.nullable(v.boolean()),
  usageBytes: v.nullable(countSchema),
  quotaBytes: v.nullable(countSchema),
})
export type StorageStatus = v.InferOutput<typeof storageStatusSchema>

export const deviceStatusSchema = v.strictObject({
  deviceId: deviceIdSchema,
  role: roleSchema,
  site: v.nullable(siteNameSchema),
  connection: v.picklist(['online', 'offline']),
  clockOffsetMs: v.pipe(v.number(), v.finite()),
  storage: storageStatusSchema,
  packages: v.pipe(v.array(packageStatusSchema), v.maxLength(MAX_ASSIGNMENTS)),
  peers: v.pipe(v.array(peerStatusSchema), v.maxLength(MAX_PEERS_IN_STATUS)),
})
/** Instants in it stay ISO text: it is made to be read. */
export type DeviceStatus = v.InferOutput<typeof deviceStatusSchema>
