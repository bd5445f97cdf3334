/** What the server says on the signaling session (docs/PROTOCOL.md, rules PR-S1 to PR-S12). One JSON document a message. */
import * as v from 'valibot'
import { assignmentSchema, deviceIdentitySchema } from '../assignment.ts'
import { MAX_ASSIGNMENTS } from '../limits.ts'
import {
  countSchema,
  deviceIdSchema,
  digestSchema,
  instantSchema,
  nonceSchema,
  roleSchema,
  shortIdSchema,
} from '../primitives.ts'
import { problemSchema } from '../problem.ts'
import { peerSignalSchema } from './peer-signal.ts'

const iceServerSchema = v.strictObject({
  urls: v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.minLength(1), v.maxLength(8)),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
})
export type IceServer = v.InferOutput<typeof iceServerSchema>

const assignmentsSchema = v.pipe(v.array(assignmentSchema), v.maxLength(MAX_ASSIGNMENTS))

export const signalDownSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('challenge'),
    protocolVersion: countSchema,
    minProtocolVersion: countSchema,
    nonce: nonceSchema,
  }),
  v.strictObject({
    type: v.literal('welcome'),
    serverTime: instantSchema,
    device: deviceIdentitySchema,
    assignments: assignmentsSchema,
    /** Stores of the site that are online now, this device not counted. */
    storesOnline: countSchema,
    iceServers: v.array(iceServerSchema),
    /** The device pings this often; after twice the time without any message either side gives the session up. */
    heartbeatMs: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(600_000)),
    /** When this session is lost the device comes back after any part of it (PR-S16). */
    returnSpreadMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600_000)),
  }),
  v.strictObject({ type: v.literal('device'), device: deviceIdentitySchema }),
  /** The whole list, whenever anything in it changes. */
  v.strictObject({ type: v.literal('assignments'), assignments: assignmentsSchema }),
  /** An administrator wants the device's diagnostics: it runs its checks and answers with `diagnostics`. */
  v.strictObject({ type: v.literal('diagnose') }),
  v.strictObject({ type: v.literal('stores'), online: countSchema }),
  v.strictObject({
    type: v.literal('introduction'),
    introductionId: shortIdSchema,
    /** The request this answers; absent for the side that did not ask. */
    requestId: v.optional(shortIdSchema),
    peer: v.strictObject({ deviceId: deviceIdSchema, role: roleSchema }),
    initiator: v.boolean(),
  }),
  /** Relayed; `from` is set by the server and cannot be forged. */
  v.strictObject({
    type: v.literal('signal'),
    introductionId: shortIdSchema,
    from: deviceIdSchema,
    signal: peerSignalSchema,
  }),
  v.strictObject({
    type: v.literal('grant'),
    requestId: shortIdSchema,
    release: digestSchema,
    token: v.pipe(v.string(), v.maxLength(1024)),
    expiresAt: instantSchema,
  }),
  /** The request was understood and is not allowed, or not possible now. */
  v.strictObject({ type: v.literal('refused'), requestId: shortIdSchema, problem: problemSchema }),
  v.strictObject({ type: v.literal('pong'), id: shortIdSchema, serverTime: instantSchema }),
  /** Last message of a session that the server ends. */
  v.strictObject({ type: v.literal('error'), problem: problemSchema }),
])
/** Once parsed: instants are epoch ms. */
export type SignalDown = v.InferOutput<typeof signalDownSchema>
/** As it stands on the wire: instants are ISO text. */
export type SignalDownWire = v.InferInput<typeof signalDownSchema>
