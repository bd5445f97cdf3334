/** The peer codec against well-formed messages, against every bound, and against whatever a hostile peer may send. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hexToUint8Array, uint8ArrayToHex } from 'uint8array-extras'
import {
  MAX_CHUNKS_PER_RELEASE,
  MAX_ENCODED_CHUNK_BYTES,
  MAX_INDEXES_PER_MESSAGE,
  MAX_PEER_FRAME_BYTES,
  MIN_PEER_FRAME_BYTES,
} from '../../../../protocol/limits.ts'
import {
  bitfieldBytes,
  decodePeerMessage,
  encodePeerMessage,
  peerMessageCodes,
} from '../../../../protocol/peer/codec.ts'
import {
  CHUNK_HEADER_BYTES,
  type PeerMessage,
  type PeerMessageType,
  rejectReasons,
} from '../../../../protocol/peer/messages.ts'
import { exampleDigest, peerMessageExamples } from '../../../support/protocol-examples.ts'

const types = Object.keys(peerMessageCodes) as PeerMessageType[]
const release = exampleDigest
const UINT32_MAX = 0xffff_ffff

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(uint8ArrayToHex)
const chunkIndex = fc.nat(MAX_CHUNKS_PER_RELEASE - 1)
const indexes = (minLength: number) => fc.array(chunkIndex, { minLength, maxLength: MAX_INDEXES_PER_MESSAGE })

/** Every message the protocol allows; payloads small, since their bounds have tests of their own. */
const anyMessage: fc.Arbitrary<PeerMessage> = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff })).chain(([a, b]) =>
      fc.record({
        type: fc.constant('hello' as const),
        protocolVersion: fc.constant(Math.max(a, b)),
        minProtocolVersion: fc.constant(Math.min(a, b)),
        maxFrameBytes: fc.integer({ min: MIN_PEER_FRAME_BYTES, max: UINT32_MAX }),
      }),
    ),
    fc.record({
      type: fc.constant('interest' as const),
      release: digest,
      chunkCount: fc.nat(MAX_CHUNKS_PER_RELEASE),
    }),
    fc.nat(3000).chain(chunkCount =>
      fc.record({
        type: fc.constant('bitfield' as const),
        release: digest,
        chunkCount: fc.constant(chunkCount),
        bits: fc.uint8Array({ minLength: bitfieldBytes(chunkCount), maxLength: bitfieldBytes(chunkCount) }),
      }),
    ),
    fc.record({ type: fc.constant('fetching' as const), release: digest }),
    fc.record({ type: fc.constantFrom('have', 'request', 'cancel'), release: digest, indexes: indexes(1) }),
    fc.record({
      type: fc.constant('reject' as const),
      release: digest,
      reason: fc.constantFrom(...rejectReasons),
      retryAfterMs: fc.integer({ min: 0, max: UINT32_MAX }),
      indexes: indexes(0),
    }),
    fc
      .tuple(
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        fc.nat(MAX_ENCODED_CHUNK_BYTES),
        fc.nat(MAX_ENCODED_CHUNK_BYTES),
      )
      .chain(([payload, a, b]) => {
        const offset = Math.min(a, MAX_ENCODED_CHUNK_BYTES - payload.byteLength)
        const totalBytes = Math.max(offset + payload.byteLength, b)
        return fc.record({
          type: fc.constant('chunk' as const),
          release: digest,
          index: chunkIndex,
          totalBytes: fc.constant(totalBytes),
          offset: fc.constant(offset),
          payload: fc.constant(new Uint8Array(payload)),
        })
      }),
  )
  // fast-check's records have no prototype, decoded messages have.
  .map(message => ({ ...message }))

function decoded(frame: Uint8Array<ArrayBuffer>): PeerMessage {
  const result = decodePeerMessage(frame)
  assert.ok(result.ok, result.ok ? '' : result.message)
  return result.message
}

function refusal(frame: Uint8Array<ArrayBuffer>): string {
  const result = decodePeerMessage(frame)
  assert.ok(!result.ok, `decoded as ${JSON.stringify(result)}`)
  return result.message
}

/** The frame of an example with some fields overwritten: what the encoder itself would refuse to make. */
function tampered(type: PeerMessageType, at: number, ...bytes: number[]): Uint8Array<ArrayBuffer> {
  const frame = encodePeerMessage(peerMessageExamples[type])
  frame.set(bytes, at)
  return frame
}

const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

/** What every decoded message must hold, whoever sent the frame: the bounds, and views instead of copies. */
function assertBounded(message: PeerMessage, frame: Uint8Array<ArrayBuffer>): void {
  if ('indexes' in message) {
    assert.ok(message.indexes.length <= MAX_INDEXES_PER_MESSAGE)
    assert.ok(message.indexes.length * 4 <= frame.byteLength)
    for (const index of message.indexes) assert.ok(index < MAX_CHUNKS_PER_RELEASE)
  }
  if ('chunkCount' in message) assert.ok(message.chunkCount <= MAX_CHUNKS_PER_RELEASE)
  const view = message.type === 'chunk' ? message.payload : message.type === 'bitfield' ? message.bits : null
  if (view !== null) {
    assert.equal(view.buffer, frame.buffer)
    assert.ok(view.byteOffset >= frame.byteOffset)
    assert.equal(view.byteOffset + view.byteLength, frame.byteOffset + frame.byteLength)
  }
  if (message.type === 'chunk') {
    assert.ok(message.totalBytes <= MAX_ENCODED_CHUNK_BYTES)
    assert.ok(message.payload.byteLength > 0)
    assert.ok(message.offset + message.payload.byteLength <= message.totalBytes)
  }
}

describe('peer codec: layout', () => {
  /** Written by hand from docs/PROTOCOL.md, PR-P2: the encoder must not be its own oracle. */
  const frames: Record<PeerMessageType, string> = {
    hello: '01 0102 0001 00040000',
    interest: `02 ${release} 00000009`,
    bitfield: `03 ${release} 00000009 a080`,
    have: `04 ${release} 00000000 00000008`,
    fetching: `05 ${release}`,
    request: `06 ${release} 00000001 00010203`,
    cancel: `07 ${release} 00000001`,
    reject: `08 ${release} 00 01020304 00000005`,
    chunk: `09 ${release} 00000007 00000102 00000100 aabb`,
  }

  for (const type of types) {
    it(`PR-P2 ${type}: the documented bytes, both ways`, () => {
      const frame = frames[type].replaceAll(' ', '')
      assert.equal(uint8ArrayToHex(encodePeerMessage(peerMessageExamples[type])), frame)
      assert.deepEqual(decoded(new Uint8Array(hexToUint8Array(frame))), peerMessageExamples[type])
    })
  }

  it('PR-P2 every message survives encoding and decoding', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        const frame = encodePeerMessage(message)
        assert.ok(frame.byteLength <= MAX_PEER_FRAME_BYTES)
        assert.deepEqual(decoded(frame), message)
      }),
    )
  })

  it('PR-P2 decodes a frame that lies inside a larger buffer, and looks at nothing beside it', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(9), fc.nat(9), (message, before, after) => {
        const frame = encodePeerMessage(message)
        const buffer = new Uint8Array(before + frame.byteLength + after).fill(0xee)
        buffer.set(frame, before)
        const inside = buffer.subarray(before, before + frame.byteLength)
        const result = decoded(inside)
        assert.deepEqual(result, message)
        assertBounded(result, inside)
      }),
    )
  })

  it('PR-P11 a retry time is rounded up to whole milliseconds and cut to its field', () => {
    const reject = (retryAfterMs: number) =>
      decoded(encodePeerMessage({ ...peerMessageExamples.reject, retryAfterMs }))
    assert.deepEqual(reject(0.2), { ...peerMessageExamples.reject, retryAfterMs: 1 })
    assert.deepEqual(reject(-5), { ...peerMessageExamples.reject, retryAfterMs: 0 })
    assert.deepEqual(reject(Infinity), { ...peerMessageExamples.reject, retryAfterMs: UINT32_MAX })
  })
})

describe('peer codec: hostile frames', () => {
  it('PR-P12 arbitrary bytes never throw, and what decodes is bounded', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      // A known type byte gets past the first check.
      fc
        .tuple(fc.integer({ min: 0, max: 10 }), fc.uint8Array({ maxLength: 200 }))
        .map(([type, body]) => Uint8Array.of(type, ...body)),
    )
    fc.assert(
      fc.property(bytes, body => {
        const frame = new Uint8Array(body)
        const result = decodePeerMessage(frame)
        if (result.ok) assertBounded(result.message, frame)
        else assert.ok(result.message.length > 0 && result.message.length < 100)
      }),
      { numRuns: 1000 },
    )
  })

  it('PR-P12 every byte of every example changed: no throw, bounded, and what decodes is a frame we would send', () => {
    for (const type of types) {
      const original = encodePeerMessage(peerMessageExamples[type])
      for (let at = 0; at < original.byteLength; at++) {
        for (const flip of [0x01, 0x7f, 0x80, 0xff]) {
          const frame = original.slice()
          frame[at] = (frame[at] ?? 0) ^ flip
          const result = decodePeerMessage(frame)
          if (!result.ok) continue
          assertBounded(result.message, frame)
          assert.deepEqual(encodePeerMessage(result.message), frame)
        }
      }
    }
  })

  it('PR-P12 every truncation of every example: no throw, and never the whole message', () => {
    for (const type of types) {
      const original = encodePeerMessage(peerMessageExamples[type])
      for (let length = 0; length < original.byteLength; length++) {
        const result = decodePeerMessage(original.slice(0, length))
        if (result.ok) assert.notDeepEqual(result.message, peerMessageExamples[type])
      }
    }
  })

  it('PR-P12 bytes after the last field are refused where the field is not a list or payload', () => {
    for (const type of ['hello', 'interest', 'bitfield', 'fetching'] as const) {
      const frame = encodePeerMessage(peerMessageExamples[type])
      assert.equal(refusal(Uint8Array.of(...frame, 0)), `the ${type} message is malformed`)
    }
  })

  it('PR-P2 an empty frame and unknown types are refused', () => {
    assert.equal(refusal(new Uint8Array()), 'the message type is not known')
    const known = new Set(Object.values(peerMessageCodes))
    for (let code = 0; code < 256; code++) {
      if (known.has(code)) continue
      assert.equal(refusal(Uint8Array.of(code, ...new Uint8Array(40))), 'the message type is not known')
    }
  })
})

describe('peer codec: bounds, at and one over', () => {
  const header = 1 + 32

  it('PR-P1 a frame of 256 KiB is read, one byte more is not', () => {
    const payload = new Uint8Array(MAX_PEER_FRAME_BYTES - CHUNK_HEADER_BYTES)
    const chunk: PeerMessage = {
      type: 'chunk',
      release,
      index: 0,
      totalBytes: MAX_ENCODED_CHUNK_BYTES,
      offset: 0,
      payload,
    }
    const frame = encodePeerMessage(chunk)
    assert.equal(frame.byteLength, MAX_PEER_FRAME_BYTES)
    assert.equal(decoded(frame).type, 'chunk')
    const larger = new Uint8Array(MAX_PEER_FRAME_BYTES + 1)
    larger.set(frame)
    assert.equal(refusal(larger), 'the frame is too large')
    assert.throws(
      () => encodePeerMessage({ ...chunk, payload: new Uint8Array(payload.byteLength + 1) }),
      RangeError,
    )
  })

  it('PR-P3 hello: versions from 1, the minimum not above the version, frames of at least 32 KiB', () => {
    const hello = (version: number, min: number, maxFrameBytes: number) =>
      Uint8Array.of(1, version >> 8, version & 255, min >> 8, min & 255, ...u32(maxFrameBytes))
    const accepted: [number, number, number][] = [
      [1, 1, MIN_PEER_FRAME_BYTES],
      [0xffff, 0xffff, UINT32_MAX],
      [2, 1, MAX_PEER_FRAME_BYTES],
    ]
    for (const [protocolVersion, minProtocolVersion, maxFrameBytes] of accepted) {
      assert.deepEqual(decoded(hello(protocolVersion, minProtocolVersion, maxFrameBytes)), {
        type: 'hello',
        protocolVersion,
        minProtocolVersion,
        maxFrameBytes,
      })
    }
    refusal(hello(1, 0, MAX_PEER_FRAME_BYTES))
    refusal(hello(0, 0, MAX_PEER_FRAME_BYTES))
    refusal(hello(1, 2, MAX_PEER_FRAME_BYTES))
    refusal(hello(1, 1, MIN_PEER_FRAME_BYTES - 1))
  })

  it('PR-P4 interest and bitfield: at most 131,072 chunks', () => {
    const most = { type: 'interest', release, chunkCount: MAX_CHUNKS_PER_RELEASE } as const
    assert.deepEqual(decoded(encodePeerMessage(most)), most)
    refusal(tampered('interest', header, ...u32(MAX_CHUNKS_PER_RELEASE + 1)))
    refusal(tampered('bitfield', header, ...u32(MAX_CHUNKS_PER_RELEASE + 1)))

    const full: PeerMessage = {
      type: 'bitfield',
      release,
      chunkCount: MAX_CHUNKS_PER_RELEASE,
      bits: new Uint8Array(MAX_CHUNKS_PER_RELEASE / 8),
    }
    const frame = encodePeerMessage(full)
    assert.ok(frame.byteLength <= MIN_PEER_FRAME_BYTES, 'a whole bitfield fits the smallest frame bound')
    assert.equal(decoded(frame).type, 'bitfield')
  })

  it('PR-P5 a bitfield has exactly the bytes its chunk count asks for', () => {
    for (const chunkCount of [0, 1, 7, 8, 9, 16, 17]) {
      const bytes = Math.ceil(chunkCount / 8)
      assert.equal(bitfieldBytes(chunkCount), bytes)
      const frame = (length: number) =>
        new Uint8Array([3, ...hexToUint8Array(release), ...u32(chunkCount), ...new Uint8Array(length)])
      assert.equal(decoded(frame(bytes)).type, 'bitfield')
      refusal(frame(bytes + 1))
      if (bytes > 0) refusal(frame(bytes - 1))
    }
  })

  it('PR-P6 have, request, cancel and reject: whole indexes, 1,024 of them at most, each below 131,072', () => {
    const lists: [PeerMessageType, number, number][] = [
      ['have', header, 1],
      ['request', header, 1],
      ['cancel', header, 1],
      ['reject', header + 5, 0],
    ]
    for (const [type, at, min] of lists) {
      const prefix = encodePeerMessage(peerMessageExamples[type]).slice(0, at)
      const frame = (count: number, index = MAX_CHUNKS_PER_RELEASE - 1) =>
        new Uint8Array([...prefix, ...Array.from({ length: count }, () => u32(index)).flat()])
      assert.equal(decoded(frame(MAX_INDEXES_PER_MESSAGE)).type, type)
      refusal(frame(MAX_INDEXES_PER_MESSAGE + 1))
      assert.equal(decoded(frame(min)).type, type)
      if (min > 0) refusal(frame(min - 1))
      refusal(frame(1, MAX_CHUNKS_PER_RELEASE))
      for (const rest of [1, 2, 3]) refusal(new Uint8Array([...frame(1), ...new Uint8Array(rest)]))
    }
  })

  it('PR-P11 reject: only the documented reasons', () => {
    for (let code = 0; code < 256; code++) {
      const frame = tampered('reject', header, code)
      if (code >= rejectReasons.length) refusal(frame)
      else assert.deepEqual(decoded(frame), { ...peerMessageExamples.reject, reason: rejectReasons[code] })
    }
  })

  it('PR-P9 chunk: index, size and offset within bounds, a payload, and no byte past the end', () => {
    const chunk = (index: number, totalBytes: number, offset: number, payloadBytes: number) =>
      new Uint8Array([
        9,
        ...hexToUint8Array(release),
        ...u32(index),
        ...u32(totalBytes),
        ...u32(offset),
        ...new Uint8Array(payloadBytes),
      ])
    decoded(chunk(MAX_CHUNKS_PER_RELEASE - 1, MAX_ENCODED_CHUNK_BYTES, MAX_ENCODED_CHUNK_BYTES - 1, 1))
    refusal(chunk(MAX_CHUNKS_PER_RELEASE, 2, 0, 2))
    refusal(chunk(0, MAX_ENCODED_CHUNK_BYTES + 1, 0, 2))
    refusal(chunk(0, MAX_ENCODED_CHUNK_BYTES, MAX_ENCODED_CHUNK_BYTES, 1))
    refusal(chunk(0, UINT32_MAX, UINT32_MAX, 1))
    decoded(chunk(0, 2, 0, 2))
    refusal(chunk(0, 2, 0, 3))
    refusal(chunk(0, 2, 1, 2))
    refusal(chunk(0, 2, 0, 0))
    refusal(chunk(0, 0, 0, 0))
  })
})
