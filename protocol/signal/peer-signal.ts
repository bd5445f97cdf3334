/**
 * A WebRTC signal as one device sends it to another through the server: bounded, and limited to what two devices that
 * only open data channels have to say. Anything else ends with the sender, since simple-peer dies of a malformed one.
 */
import * as v from 'valibot'
import { MAX_SDP_BYTES } from '../limits.ts'

const sdpSchema = v.pipe(
  v.string(),
  v.maxLength(MAX_SDP_BYTES),
  // ASCII, so that its length is its bytes and each takes at most two as JSON.
  v.regex(/^v=0[\t\r\n\x20-\x7e]*$/, 'must be SDP'),
)

export const peerSignalSchema = v.variant('type', [
  v.strictObject({ type: v.literal('offer'), sdp: sdpSchema }),
  v.strictObject({ type: v.literal('answer'), sdp: sdpSchema }),
  v.strictObject({
    type: v.literal('candidate'),
    candidate: v.strictObject({
      candidate: v.pipe(
        v.string(),
        v.maxLength(1024),
        v.regex(/^(candidate:[\x20-\x7e]*)?$/, 'must be an ICE candidate'),
      ),
      sdpMid: v.nullable(v.pipe(v.string(), v.maxLength(32))),
      sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16))),
    }),
  }),
])
export type PeerSignal = v.InferOutput<typeof peerSignalSchema>
