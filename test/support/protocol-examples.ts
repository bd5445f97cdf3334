/**
 * One valid example of everything that travels, in its wire form: for codec and schema tests and for the schema hash.
 * Nothing here has been signed; `test/unit/protocol/signed-manifest.test.ts` makes real signatures.
 */

import type { AssignmentWire, DeviceIdentity } from '../../protocol/assignment.ts'
import type { EnrolRequest } from '../../protocol/device-http.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import type { PeerMessage, PeerMessageType } from '../../protocol/peer/messages.ts'
import { problem } from '../../protocol/problem.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import type { SignalUpWire } from '../../protocol/signal/up.ts'
import { plainIdentity, plainStorage } from './default-fields.ts'

export const exampleDigest = '00112233445566778899aabbccddeeff'.repeat(2)
export const otherDigest = 'f'.repeat(64)
export const exampleDeviceId = `d-${'0123456789abcdef'.repeat(2)}`
export const otherDeviceId = `d-${'a'.repeat(32)}`
const key = 'A'.repeat(43)
const signature = 'A'.repeat(86)

export const exampleManifest: Manifest = {
  format: 1,
  package: 'lobby',
  release: 3,
  publishedAt: '2026-11-23T02:00:00Z',
  version: '1.2.0 – größer',
  entry: 'index.html',
  files: [
    { path: 'empty.txt', sizeBytes: 0, mediaType: 'text/plain', chunk: 0, offset: 0 },
    { path: 'img/ä.png', sizeBytes: 150, mediaType: 'image/png', chunk: 0, offset: 50 },
    { path: 'index.html', sizeBytes: 50, mediaType: 'text/html; charset=utf-8', chunk: 0, offset: 0 },
  ],
  chunks: [
    { digest: exampleDigest, sizeBytes: 100 },
    { digest: otherDigest, sizeBytes: 100 },
  ],
}

export const exampleSignedManifest = {
  manifest: exampleManifest,
  signature: { keyId: '0123456789abcdef', value: signature },
}

export const exampleStatus: DeviceStatus = {
  deviceId: exampleDeviceId,
  role: 'kiosk',
  site: 'shop-1',
  connection: 'online',
  clockOffsetMs: -12.5,
  storage: plainStorage,
  packages: [
    {
      package: 'lobby',
      wantedRelease: 3,
      activeRelease: null,
      activeVersion: null,
      phase: 'waiting',
      update: 'waiting',
      reason: 'windows-closed',
      detail: 'waiting: stores open at 02:00',
      decision: { stores: 'closed', server: 'closed', nextChangeAt: '2026-11-23T02:00:00.000Z' },
      chunks: { have: 1, total: 2 },
      bytes: { fromStores: 0, fromServer: 101, reused: 0 },
    },
  ],
  peers: [{ deviceId: otherDeviceId, state: 'open', bytesIn: 1, bytesOut: 2 }],
}

export const exampleAssignment: AssignmentWire = {
  package: 'lobby',
  release: 3,
  version: '1.2.0',
  digest: exampleDigest,
  windows: { proxyDistribution: true, onlyToProxiesUntil: '2026-11-23T02:00:00Z', enforceProxyUntil: null },
  activation: { when: 'window', from: '02:00', until: '04:30' },
  confirmation: { by: 'ready', withinMs: 60_000 },
  priority: 0,
  assignedAt: '2026-11-22T12:00:00.000Z',
}

export const exampleIdentity: DeviceIdentity = {
  deviceId: exampleDeviceId,
  name: 'Lobby left',
  state: 'pending',
  code: 'AB12-CD34',
  role: 'kiosk',
  assignedRole: 'auto',
  site: null,
  timeZone: 'Europe/Berlin',
  ...plainIdentity,
  labels: { floor: '2' },
}

export const exampleEnrolRequest: EnrolRequest = {
  token: 'T'.repeat(32),
  publicKey: key,
  proof: signature,
  name: 'Lobby left',
}

export const exampleEnrolResponse = {
  device: exampleIdentity,
  trustedKeys: [{ keyId: '0123456789abcdef', publicKey: key }],
}

export const exampleSignals: readonly PeerSignal[] = [
  { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' },
  { type: 'answer', sdp: 'v=0\r\n' },
  {
    type: 'candidate',
    candidate: {
      candidate: 'candidate:1 1 udp 2113937151 4f1c.local 54321 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    },
  },
  { type: 'candidate', candidate: { candidate: '', sdpMid: null, sdpMLineIndex: null } },
]
const [offer] = exampleSignals as readonly [PeerSignal, ...PeerSignal[]]

export const signalUpExamples: { readonly [T in SignalUpWire['type']]: Extract<SignalUpWire, { type: T }> } =
  {
    hello: { type: 'hello', protocolVersion: 1, deviceId: exampleDeviceId, signature },
    ping: { type: 'ping', id: 'p1' },
    introduce: { type: 'introduce', requestId: 'r1', release: exampleDigest },
    signal: { type: 'signal', introductionId: 'i1', signal: offer },
    grant: { type: 'grant', requestId: 'r2', release: exampleDigest },
    status: { type: 'status', status: exampleStatus },
    event: {
      type: 'event',
      kind: 'bad-chunk',
      package: 'lobby',
      release: 3,
      peer: otherDeviceId,
      detail: 'a chunk did not fit its digest',
    },
    diagnostics: {
      type: 'diagnostics',
      report: {
        checkedAt: '2026-11-23T02:00:00.000Z',
        userAgent: 'Mozilla/5.0',
        findings: [
          { id: 'quota', title: 'Room on the disk', state: 'bad', found: 'none', mend: 'make some' },
        ],
      },
    },
  }

export const signalDownExamples: {
  readonly [T in SignalDownWire['type']]: Extract<SignalDownWire, { type: T }>
} = {
  challenge: { type: 'challenge', protocolVersion: 1, minProtocolVersion: 1, nonce: key },
  welcome: {
    type: 'welcome',
    serverTime: '2026-11-23T02:00:00.000Z',
    device: exampleIdentity,
    assignments: [exampleAssignment],
    storesOnline: 1,
    iceServers: [{ urls: ['stun:stun.example.org'], username: 'u', credential: 'c' }],
    heartbeatMs: 20_000,
    returnSpreadMs: 33_000,
  },
  device: { type: 'device', device: exampleIdentity },
  assignments: { type: 'assignments', assignments: [exampleAssignment] },
  diagnose: { type: 'diagnose' },
  stores: { type: 'stores', online: 0 },
  introduction: {
    type: 'introduction',
    introductionId: 'i1',
    requestId: 'r1',
    peer: { deviceId: otherDeviceId, role: 'store' },
    initiator: true,
  },
  signal: { type: 'signal', introductionId: 'i1', from: otherDeviceId, signal: offer },
  grant: {
    type: 'grant',
    requestId: 'r2',
    release: exampleDigest,
    token: 'token',
    expiresAt: '2026-11-23T02:10:00.000Z',
  },
  refused: {
    type: 'refused',
    requestId: 'r2',
    problem: problem('window-closed', 'The server opens at 02:00.', Date.parse('2026-11-23T02:00:00Z')),
  },
  pong: { type: 'pong', id: 'p1', serverTime: '2026-11-23T02:00:00.000Z' },
  error: { type: 'error', problem: problem('protocol-violation') },
}

export const peerMessageExamples: {
  readonly [T in PeerMessageType]: Extract<PeerMessage, { type: T }>
} = {
  hello: { type: 'hello', protocolVersion: 0x0102, minProtocolVersion: 1, maxFrameBytes: 0x0004_0000 },
  interest: { type: 'interest', release: exampleDigest, chunkCount: 9 },
  bitfield: { type: 'bitfield', release: exampleDigest, chunkCount: 9, bits: new Uint8Array([0xa0, 0x80]) },
  have: { type: 'have', release: exampleDigest, indexes: [0, 8] },
  fetching: { type: 'fetching', release: exampleDigest },
  request: { type: 'request', release: exampleDigest, indexes: [1, 0x01_0203] },
  cancel: { type: 'cancel', release: exampleDigest, indexes: [1] },
  reject: {
    type: 'reject',
    release: exampleDigest,
    reason: 'window-closed',
    retryAfterMs: 0x01020304,
    indexes: [5],
  },
  chunk: {
    type: 'chunk',
    release: exampleDigest,
    index: 7,
    totalBytes: 0x0102,
    offset: 0x0100,
    payload: new Uint8Array([0xaa, 0xbb]),
  },
}
