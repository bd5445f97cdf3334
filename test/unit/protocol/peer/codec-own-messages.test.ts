/** The peer codec against this device's own mistakes: what breaks a bound is never sent. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  MAX_CHUNKS_PER_RELEASE,
  MAX_INDEXES_PER_MESSAGE,
  MIN_PEER_FRAME_BYTES,
} from '../../../../protocol/limits.ts'
import { encodePeerMessage } from '../../../../protocol/peer/codec.ts'
import type { PeerMessage } from '../../../../protocol/peer/messages.ts'
import { peerMessageExamples } from '../../../support/protocol-examples.ts'

describe('peer codec: a wrong message of our own', () => {
  const wrong: Record<string, PeerMessage> = {
    'a version beyond its field': { ...peerMessageExamples.hello, protocolVersion: 0x1_0000 },
    'a frame bound below the minimum': {
      ...peerMessageExamples.hello,
      maxFrameBytes: MIN_PEER_FRAME_BYTES - 1,
    },
    'a digest that is too short': { ...peerMessageExamples.interest, release: 'ab' },
    'a digest that is not hex': { ...peerMessageExamples.interest, release: 'x'.repeat(64) },
    'too many chunks': { ...peerMessageExamples.interest, chunkCount: MAX_CHUNKS_PER_RELEASE + 1 },
    'bits that do not fit the chunk count': { ...peerMessageExamples.bitfield, bits: new Uint8Array(3) },
    'no indexes': { ...peerMessageExamples.request, indexes: [] },
    'too many indexes': {
      ...peerMessageExamples.request,
      indexes: Array.from({ length: MAX_INDEXES_PER_MESSAGE + 1 }, () => 0),
    },
    'an index over the bound': { ...peerMessageExamples.have, indexes: [MAX_CHUNKS_PER_RELEASE] },
    'an index that would wrap': { ...peerMessageExamples.have, indexes: [2 ** 32] },
    'a negative index': { ...peerMessageExamples.have, indexes: [-1] },
    'half an index': { ...peerMessageExamples.have, indexes: [0.5] },
    'a retry time that is no number': { ...peerMessageExamples.reject, retryAfterMs: Number.NaN },
    'an empty slice': { ...peerMessageExamples.chunk, payload: new Uint8Array() },
    'a slice past the end': { ...peerMessageExamples.chunk, totalBytes: 0x0101 },
  }
  for (const [what, message] of Object.entries(wrong)) {
    it(`PR-P2 throws instead of sending ${what}`, () => {
      assert.throws(() => encodePeerMessage(message))
    })
  }
})
