/** Devices of the own site that do not keep to the peer protocol: the real engine on both sides of a line that lies. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { decodeEncodedChunk } from '../../client/adapters/browser/zstd-decoder.ts'
import { createPeerSession, type Shares } from '../../client/machines/peer-session/state.ts'
import { stepPeerSession } from '../../client/machines/peer-session/step.ts'
import { zstdContentSize } from '../../protocol/encoded-chunk.ts'
import { MAX_CHUNKS_PER_RELEASE, MAX_INDEXES_PER_MESSAGE, MIB } from '../../protocol/limits.ts'
import { decodePeerMessage, encodePeerMessage } from '../../protocol/peer/codec.ts'
import type { PeerMessage } from '../../protocol/peer/messages.ts'
import { filesOf, OPEN, Simulation } from '../support/kiosk-simulator.ts'

type Frame = Uint8Array<ArrayBuffer>

/** Changes the first frame of a type that one device sends, and every one after it. */
function tamper(
  site: Simulation,
  deviceId: string,
  type: PeerMessage['type'],
  change: (frame: Frame) => Frame,
): void {
  site.lan.tamper = (from, _to, frame) => {
    if (from !== deviceId) return frame
    const decoded = decodePeerMessage(frame)
    return decoded.ok && decoded.message.type === type ? change(frame) : frame
  }
}

/** The frame with a number written over its bytes from `at` on. The layout is PR-P2. */
const withNumber = (frame: Frame, at: number, value: number): Frame => {
  const changed = frame.slice()
  new DataView(changed.buffer).setUint32(at, value)
  return changed
}

interface Lie {
  readonly what: string
  readonly type: PeerMessage['type']
  readonly change: (frame: Frame) => Frame
}

const LIES: readonly Lie[] = [
  { what: 'garbage', type: 'chunk', change: () => new Uint8Array([255, 1, 2, 3]) },
  { what: 'empty frames', type: 'chunk', change: () => new Uint8Array() },
  { what: 'frames cut off in the middle', type: 'chunk', change: frame => frame.slice(0, 20) },
  {
    what: 'chunks of an index that does not exist',
    type: 'chunk',
    change: frame => withNumber(frame, 33, 131_000),
  },
  { what: 'chunks larger than any', type: 'chunk', change: frame => withNumber(frame, 37, 0xffffffff) },
  {
    what: 'chunks larger than in the manifest',
    type: 'chunk',
    change: frame => withNumber(frame, 37, 4 * MIB),
  },
  { what: 'chunks that never begin', type: 'chunk', change: frame => withNumber(frame, 41, 7) },
  { what: 'chunks that nobody asked for', type: 'chunk', change: frame => withNumber(frame, 1, 0x12345678) },
  { what: 'a bitfield of another length', type: 'bitfield', change: frame => withNumber(frame, 33, 100_000) },
  { what: 'requests without interest', type: 'bitfield', change: requestOf },
  { what: 'hello again', type: 'bitfield', change: () => encodePeerMessage(HELLO) },
]

const HELLO = { type: 'hello', protocolVersion: 1, minProtocolVersion: 1, maxFrameBytes: 65_536 } as const

function requestOf(frame: Frame): Frame {
  const decoded = decodePeerMessage(frame)
  assert.ok(decoded.ok && decoded.message.type === 'bitfield')
  return encodePeerMessage({ type: 'request', release: decoded.message.release, indexes: [0] })
}

const violationsSeenBy = (site: Simulation, observer: string, culprit: string) =>
  site.server.events.filter(
    event => event.kind === 'peer-protocol-error' && event.deviceId === observer && event.peer === culprit,
  )

describe('a store that lies', () => {
  for (const { what, type, change } of LIES) {
    test(`PR-P10 PR-P12 ${what}: reported, nothing of it kept, kiosks finish from the origin`, async t => {
      const site = await Simulation.create(t, { kiosks: 2 })
      const store = site.device('store1')
      tamper(site, store.deviceId, type, change)
      const release = await site.publish(filesOf(1))
      await site.untilAllRun(1)
      for (const kiosk of site.kiosks) {
        assert.ok(violationsSeenBy(site, kiosk.deviceId, store.deviceId).length > 0, kiosk.name)
        for (const [digest, chunk] of release.chunks) assert.deepEqual(await kiosk.chunks.get(digest), chunk)
      }
    })
  }
})

describe('a kiosk that lies', () => {
  const lies: readonly Lie[] = [
    { what: 'garbage', type: 'request', change: () => new Uint8Array([255, 1, 2, 3]) },
    { what: 'interest in another length', type: 'interest', change: frame => withNumber(frame, 33, 5) },
    { what: 'requests beyond the bound', type: 'request', change: frame => withNumber(frame, 33, 131_072) },
    { what: 'chunks', type: 'request', change: chunkFor },
  ]
  for (const { what, type, change } of lies) {
    test(`PR-P10 PR-P12 ${what}: the store drops and reports it and goes on serving the others`, async t => {
      const site = await Simulation.create(t, { kiosks: 3 })
      const liar = site.device('kiosk1')
      tamper(site, liar.deviceId, type, change)
      const release = await site.publish(filesOf(1))
      await site.untilAllRun(1)
      const store = site.device('store1')
      assert.ok(violationsSeenBy(site, store.deviceId, liar.deviceId).length > 0)
      for (const kiosk of site.kiosks.slice(1)) assert.equal(kiosk.lobby?.bytes.fromServer, 0, kiosk.name)
      for (const digest of release.chunks.keys()) assert.ok((site.origin.sent.get(digest) ?? 0) <= 2)
    })
  }
})

function chunkFor(frame: Frame): Frame {
  const decoded = decodePeerMessage(frame)
  assert.ok(decoded.ok && decoded.message.type === 'request')
  const { release } = decoded.message
  return encodePeerMessage({
    type: 'chunk',
    release,
    index: 0,
    totalBytes: 2,
    offset: 0,
    payload: new Uint8Array(2),
  })
}

const RELEASE = 'a'.repeat(64)
const HUGE: Shares = new Map([
  [RELEASE, { windows: OPEN, chunkCount: MAX_CHUNKS_PER_RELEASE, holds: () => true }],
])

/** Sends messages to an open session at one instant until it is closed; how many it took. */
function flood(messageOf: (sent: number) => PeerMessage, limit: number): number {
  const session = createPeerSession({ deviceId: 'd-remote', role: 'kiosk' }, 'store')
  const step = (event: Parameters<typeof stepPeerSession>[1]) =>
    stepPeerSession(session, event, 1_000_000, HUGE)
  step({ type: 'link-open' })
  step({ type: 'message', message: HELLO })
  step({
    type: 'message',
    message: { type: 'interest', release: RELEASE, chunkCount: MAX_CHUNKS_PER_RELEASE },
  })
  let sent = 0
  while (session.phase === 'open' && sent < limit) step({ type: 'message', message: messageOf(sent++) })
  return sent
}

const someIndexes = (sent: number) =>
  Array.from(
    { length: MAX_INDEXES_PER_MESSAGE },
    (_, at) => (sent * MAX_INDEXES_PER_MESSAGE + at) % MAX_CHUNKS_PER_RELEASE,
  )

test('PR-P13 a flood ends the link, the sooner the more each message costs, and costs little until then', () => {
  const began = performance.now()
  const limit = 30_000
  assert.ok(
    flood(() => ({ type: 'interest', release: RELEASE, chunkCount: MAX_CHUNKS_PER_RELEASE }), limit) < 500,
  )
  assert.ok(flood(sent => ({ type: 'request', release: RELEASE, indexes: someIndexes(sent) }), limit) < 2_000)
  assert.ok(flood(sent => ({ type: 'cancel', release: RELEASE, indexes: [sent] }), limit) < limit)
  assert.ok(flood(sent => ({ type: 'request', release: RELEASE, indexes: [sent] }), limit) < limit)
  // Minutes, were each message's cost not bounded: it was 9 ms for one cancel.
  assert.ok(performance.now() - began < 5_000)
})

test('PR-P13 what a LAN brings goes on for ever', () => {
  const session = createPeerSession({ deviceId: 'd-remote', role: 'kiosk' }, 'store')
  let now = 1_000_000
  const hear = (message: PeerMessage) => stepPeerSession(session, { type: 'message', message }, now, HUGE)
  stepPeerSession(session, { type: 'link-open' }, now, HUGE)
  hear(HELLO)
  hear({ type: 'interest', release: RELEASE, chunkCount: MAX_CHUNKS_PER_RELEASE })
  for (let sent = 0; sent < 60_000; sent++) {
    now += 0.25
    hear({ type: 'request', release: RELEASE, indexes: [sent % MAX_CHUNKS_PER_RELEASE] })
  }
  assert.equal(session.phase, 'open')
})

/** A zstd frame of `rawBytes` zeros that claims to hold `claimedBytes`; both above 64 KiB, so that the field has four bytes. */
function bomb(rawBytes: number, claimedBytes: number): Frame {
  const body = zstdCompressSync(Buffer.alloc(rawBytes))
  const isSingleSegment = ((body[4] ?? 0) & 0b100000) !== 0
  const sizeAt = isSingleSegment ? 5 : 6
  assert.equal(body.readUInt32LE(sizeAt), rawBytes)
  body.writeUInt32LE(claimedBytes, sizeAt)
  assert.equal(zstdContentSize(body), claimedBytes)
  return new Uint8Array([1, ...body])
}

test('PR-P10 a chunk that unpacks to more than it claims is refused, and the decoder works on', async () => {
  for (const rawBytes of [MIB, 64 * MIB]) {
    assert.equal(await decodeEncodedChunk(bomb(rawBytes, 100_000), 100_000), null)
  }
  // One that is honest about its size is not even begun.
  assert.equal(await decodeEncodedChunk(bomb(64 * MIB, 64 * MIB), 100_000), null)
  const good = new Uint8Array([1, ...zstdCompressSync(Buffer.alloc(100_000))])
  assert.equal((await decodeEncodedChunk(good, 100_000))?.byteLength, 100_000)
})
