/** What a device may say on the signaling session (docs/PROTOCOL.md, rules PR-S1 to PR-S12). One JSON document a message. */
import * as v from 'valibot'
import { deviceStatusSchema } from '../device-status.ts'
import { diagnosticsReportSchema } from '../diagnostics.ts'
import {
  deviceIdSchema,
  digestSchema,
  eventTextSchema,
  packageNameSchema,
  releaseNumberSchema,
  shortIdSchema,
  signatureSchema,
} from '../primitives.ts'
import { peerSignalSchema } from './peer-signal.ts'

/** Prefix of the bytes signed in `hello`: domain, nonce and device id, separated by line feeds. */
export const HELLO_DOMAIN = 'larder-hello-v1'

export function helloBytes(nonce: string, deviceId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${HELLO_DOMAIN}\n${nonce}\n${deviceId}`)
}

/** Things that happened on a device and that an administrator should know. */
export const deviceEventKinds = [
  'bad-chunk',
  'peer-protocol-error',
  'manifest-refused',
  'release-staged',
  'release-activated',
  'release-confirmed',
  'release-rolled-back',
  'storage-failed',
  'out-of-space',
  'clock-jumped',
] as const
export type DeviceEventKind = (typeof deviceEventKinds)[number]

export const signalUpSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('hello'),
    protocolVersion: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
    deviceId: deviceIdSchema,
    signature: signatureSchema,
  }),
  v.strictObject({ type: v.literal('ping'), id: shortIdSchema }),
  /** Asks for a store that has, or is getting, this release. */
  v.strictObject({ type: v.literal('introduce'), requestId: shortIdSchema, release: digestSchema }),
  v.strictObject({ type: v.literal('signal'), introductionId: shortIdSchema, signal: peerSignalSchema }),
  /** Asks for a grant to fetch chunks of this release from the origin. */
  v.strictObject({ type: v.literal('grant'), requestId: shortIdSchema, release: digestSchema }),
  v.strictObject({ type: v.literal('status'), status: deviceStatusSchema }),
  v.strictObject({
    type: v.literal('event'),
    kind: v.picklist(deviceEventKinds),
    package: v.optional(packageNameSchema),
    release: v.optional(releaseNumberSchema),
    /** The other device, where one was involved. */
    peer: v.optional(deviceIdSchema),
    detail: eventTextSchema,
  }),
  /** The last run of the device's diagnostics: when asked by `diagnose`, and when somebody ran them on the device. */
  v.strictObject({ type: v.literal('diagnostics'), report: diagnosticsReportSchema }),
])
export type SignalUp = v.InferOutput<typeof signalUpSchema>
export type SignalUpWire = v.InferInput<typeof signalUpSchema>
