import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultUpdateOptions } from '../../../protocol/assignment.ts'
import { KIB } from '../../../protocol/limits.ts'
import type { SignalUpWire } from '../../../protocol/signal/up.ts'
import { spokenVersions } from '../../../protocol/spoken-versions.ts'
import {
  LEGAL_MOVES,
  openSession,
  type SessionSettings,
  step,
  wakeAt,
} from '../../../signal-server/fleet/device-session.ts'
import type { FleetView } from '../../../signal-server/fleet/fleet-view.ts'
import type {
  SessionEffect,
  SessionEvent,
  SessionState,
  StateName,
  Step,
} from '../../../signal-server/fleet/session-types.ts'
import { DEFAULT_SIGNALING_OPTIONS } from '../../../signal-server/fleet/signaling-options.ts'
import type { DeviceRecord } from '../../../signal-server/fleet-directory.ts'
import { plainIdentity, plainRecord } from '../../support/default-fields.ts'
import { statusOf } from '../../support/device-status.ts'
import { signalUpExamples } from '../../support/protocol-examples.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const NONCE = 'n'.repeat(43)
const DEVICE = `d-${'1'.repeat(32)}`
const RELEASE = 'a'.repeat(64)
const SETTINGS: SessionSettings = {
  options: DEFAULT_SIGNALING_OPTIONS,
  iceServers: [],
  versions: spokenVersions,
}

const RECORD: DeviceRecord = {
  deviceId: DEVICE,
  publicKey: 'k'.repeat(43),
  name: '',
  state: 'accepted',
  code: null,
  assignedRole: 'kiosk',
  site: 'berlin',
  timeZone: 'Europe/Berlin',
  ...plainRecord,
}

const VIEW: FleetView = {
  device: {
    deviceId: DEVICE,
    name: '',
    state: 'accepted',
    code: null,
    role: 'kiosk',
    assignedRole: 'kiosk',
    site: 'berlin',
    timeZone: 'Europe/Berlin',
    ...plainIdentity,
  },
  assignments: [
    {
      package: 'lobby',
      release: 1,
      version: '1.0.0',
      digest: RELEASE,
      windows: { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: START + 5000 },
      ...defaultUpdateOptions,
      assignedAt: START,
    },
  ],
  storesOnline: 1,
}

const HELLO: SignalUpWire = { type: 'hello', protocolVersion: 1, deviceId: DEVICE, signature: 's'.repeat(86) }

const textMessage = (text: string): SessionEvent => ({
  type: 'message',
  text,
  bytes: Buffer.byteLength(text),
})
const message = (content: SignalUpWire): SessionEvent => textMessage(JSON.stringify(content))

/** The events that lead from one state to the next. */
const PATH: readonly { readonly from: StateName; readonly event: SessionEvent }[] = [
  { from: 'challenged', event: message(HELLO) },
  { from: 'identifying', event: { type: 'device-loaded', record: RECORD } },
  { from: 'verifying', event: { type: 'signature-checked', valid: true } },
  { from: 'joining', event: { type: 'joined', view: VIEW, returnSpreadMs: 0 } },
]

function reach(name: StateName): SessionState {
  let { state } = openSession(NONCE, SETTINGS, START)
  for (const { from, event } of PATH) {
    if (state.name === name) return state
    assert.equal(state.name, from)
    state = step(state, event, SETTINGS, START).state
  }
  if (name === 'closed') return step(state, { type: 'socket-closed' }, SETTINGS, START).state
  assert.equal(state.name, name)
  return state
}

const on = (state: SessionState, event: SessionEvent, now = START): Step => step(state, event, SETTINGS, now)

const said = (effects: readonly SessionEffect[]) =>
  effects.flatMap(effect => (effect.type === 'send' ? [effect.message] : []))

function closeOf({ effects }: Step): { cause: string; problem: string | null } | null {
  const close = effects.find(effect => effect.type === 'close')
  if (close === undefined) return null
  const error = said(effects).find(each => each.type === 'error')
  return { cause: close.cause, problem: error?.problem.type.replace('urn:larder:problem:', '') ?? null }
}

const STATES: readonly StateName[] = ['challenged', 'identifying', 'verifying', 'joining', 'live', 'closed']
const OPEN_STATES = STATES.filter(name => name !== 'closed')

/** One of each kind of event that comes from this server's side. */
const EVENTS: readonly SessionEvent[] = [
  { type: 'device-loaded', record: RECORD },
  { type: 'device-loaded', record: null },
  { type: 'signature-checked', valid: true },
  { type: 'signature-checked', valid: false },
  { type: 'joined', view: VIEW, returnSpreadMs: 0 },
  { type: 'view-changed', view: { ...VIEW, storesOnline: 2 } },
  { type: 'device-gone', problem: 'device-revoked' },
  { type: 'introduced', introductionId: 'i', requestId: 'r', peer: { deviceId: DEVICE, role: 'store' } },
  {
    type: 'request-refused',
    requestId: 'r',
    problem: { type: 'urn:larder:problem:window-closed', title: '', status: 403 },
  },
  { type: 'signal-relayed', introductionId: 'i', from: DEVICE, signal: { type: 'offer', sdp: 'v=0' } },
  { type: 'grant-made', requestId: 'r', release: RELEASE, token: 't', expiresAt: START },
  { type: 'diagnostics-wanted' },
  { type: 'join-refused', retryAt: START + 10_000 },
  { type: 'relay-covered', bytes: 100 },
  { type: 'replaced' },
  { type: 'failed' },
  { type: 'server-stopping' },
  { type: 'timer' },
  { type: 'binary-message' },
  { type: 'socket-closed' },
]

const UP: readonly SignalUpWire[] = [
  HELLO,
  { type: 'ping', id: 'p' },
  { type: 'introduce', requestId: 'r', release: RELEASE },
  { type: 'signal', introductionId: 'i', signal: { type: 'offer', sdp: 'v=0' } },
  { type: 'grant', requestId: 'r', release: RELEASE },
  { type: 'event', kind: 'bad-chunk', detail: '' },
  signalUpExamples.diagnostics,
]

/** Where each event leads, state by state; whatever is not named changes nothing. */
const LEADS_ON: Partial<Record<StateName, Partial<Record<SessionEvent['type'], StateName>>>> = {
  identifying: { 'device-loaded': 'verifying' },
  verifying: { 'signature-checked': 'joining' },
  joining: { joined: 'live', 'join-refused': 'closed' },
}
const ENDS_ANY = new Set([
  'device-gone',
  'replaced',
  'failed',
  'server-stopping',
  'binary-message',
  'socket-closed',
])

for (const name of STATES) {
  for (const event of EVENTS) {
    const isRefusal =
      (event.type === 'device-loaded' && event.record === null) ||
      (event.type === 'signature-checked' && !event.valid)
    const next = LEADS_ON[name]?.[event.type]
    const expected =
      name === 'closed'
        ? 'closed'
        : ENDS_ANY.has(event.type)
          ? 'closed'
          : next === undefined
            ? name
            : isRefusal
              ? 'closed'
              : next
    test(`${name}: ${event.type}${isRefusal ? ' (negative)' : ''} leads to ${expected}`, () => {
      const before = reach(name)
      const after = on(before, event)
      assert.equal(after.state.name, expected)
      assert.ok(expected === name || LEGAL_MOVES[name].includes(expected))
      if (expected === name && name !== 'live') assert.deepEqual(after, { state: before, effects: [] })
    })
  }
}

for (const name of OPEN_STATES) {
  for (const content of UP) {
    const isLegal =
      name === 'live' ? content.type !== 'hello' : name === 'challenged' && content.type === 'hello'
    test(`PR-S12 ${name}: "${content.type}" from the device is ${isLegal ? 'heard' : 'a violation'}`, () => {
      const after = on(reach(name), message(content))
      assert.deepEqual(closeOf(after), isLegal ? null : { cause: 'violation', problem: 'protocol-violation' })
    })
  }
}

test('PR-S1 the session begins with a challenge and nothing else', () => {
  const { effects } = openSession(NONCE, SETTINGS, START)
  assert.deepEqual(effects, [
    { type: 'send', message: { type: 'challenge', protocolVersion: 1, minProtocolVersion: 1, nonce: NONCE } },
  ])
})

test('PR-S2 what is checked is the signature of the hello over the nonce of this session', () => {
  const { effects } = on(reach('identifying'), { type: 'device-loaded', record: RECORD })
  assert.deepEqual(effects, [
    {
      type: 'verify-signature',
      publicKey: RECORD.publicKey,
      signature: 's'.repeat(86),
      nonce: NONCE,
      deviceId: DEVICE,
    },
  ])
})

test('PR-S3 revoked and unknown devices are refused before any signature is checked', () => {
  for (const [record, problem] of [
    [null, 'device-unknown'],
    [{ ...RECORD, state: 'revoked' as const }, 'device-revoked'],
  ] as const) {
    const after = on(reach('identifying'), { type: 'device-loaded', record })
    assert.deepEqual(closeOf(after), { cause: 'refused', problem })
  }
})

test('a session that ends while it is joined leaves; one that never joined does not', () => {
  for (const name of OPEN_STATES) {
    const { effects } = on(reach(name), { type: 'socket-closed' })
    const hasJoined = name === 'joining' || name === 'live'
    assert.equal(
      effects.some(effect => effect.type === 'leave'),
      hasJoined,
      name,
    )
    assert.equal(
      effects.some(effect => effect.type === 'close'),
      false,
    )
  }
})

test('PR-S1 every state of the handshake ends at the deadline, not a millisecond before', () => {
  for (const name of ['challenged', 'identifying', 'verifying', 'joining'] as const) {
    const state = reach(name)
    assert.equal(wakeAt(state, SETTINGS), START + 10_000)
    assert.equal(on(state, { type: 'timer' }, START + 9_999).state.name, name)
    assert.deepEqual(closeOf(on(state, { type: 'timer' }, START + 10_000)), {
      cause: 'silent',
      problem: 'protocol-violation',
    })
  }
})

test('PR-S14 any message keeps a live session; twice the heartbeat without one ends it', () => {
  const later = on(reach('live'), message({ type: 'ping', id: 'p' }), START + 40_000).state
  assert.equal(wakeAt(later, SETTINGS), START + 90_000)
  assert.equal(on(later, { type: 'timer' }, START + 89_999).state.name, 'live')
  assert.equal(closeOf(on(later, { type: 'timer' }, START + 90_000))?.cause, 'silent')
})

test('PR-S8 a view that says nothing new is not sent; what is new is sent alone', () => {
  const live = reach('live')
  assert.deepEqual(said(on(live, { type: 'view-changed', view: structuredClone(VIEW) }).effects), [])
  const more = on(live, { type: 'view-changed', view: { ...VIEW, storesOnline: 3 } })
  assert.deepEqual(said(more.effects), [{ type: 'stores', online: 3 }])
  assert.deepEqual(
    said(on(more.state, { type: 'view-changed', view: { ...VIEW, storesOnline: 3 } }).effects),
    [],
  )
  const renamed = { ...VIEW, device: { ...VIEW.device, name: 'Desk' } }
  assert.deepEqual(
    said(on(live, { type: 'view-changed', view: renamed }).effects).map(each => each.type),
    ['device'],
  )
})

test('PR-G2 W4 a grant is made at the instant the server opens, and refused with that instant before', () => {
  const ask = message({ type: 'grant', requestId: 'r', release: RELEASE })
  const [refused] = said(on(reach('live'), ask, START + 4_999).effects)
  assert.ok(refused?.type === 'refused')
  assert.equal(refused.problem.retryAt, new Date(START + 5_000).toISOString())
  assert.deepEqual(on(reach('live'), ask, START + 5_000).effects[0], {
    type: 'make-grant',
    deviceId: DEVICE,
    requestId: 'r',
    release: RELEASE,
  })
})

test('being seen is noted at most once a minute', () => {
  let state = reach('live')
  let touches = 0
  for (let second = 0; second < 300; second += 10) {
    const after = on(state, message({ type: 'ping', id: 'p' }), START + second * 1000)
    touches += after.effects.filter(effect => effect.type === 'touch').length
    state = after.state
  }
  assert.equal(touches, 4)
})

test('PR-S12 the rate allows bursts, refills, and ends a flood', () => {
  const flood = (state: SessionState, count: number, now: number) => {
    let after: Step = { state, effects: [] }
    for (let sent = 0; sent < count && after.state.name === 'live'; sent++) {
      after = on(after.state, message({ type: 'ping', id: 'p' }), now)
    }
    return after
  }
  const drained = flood(reach('live'), 999, START)
  assert.equal(drained.state.name, 'live')
  assert.deepEqual(closeOf(flood(drained.state, 1, START)), {
    cause: 'tooMany',
    problem: 'too-many-requests',
  })
  assert.equal(flood(drained.state, 50, START + 1000).state.name, 'live')
  assert.equal(flood(drained.state, 52, START + 1000).state.name, 'closed')
})

test('PR-S12 a session that is ended for too many bytes has sent no more than its budget, whatever it sent', () => {
  const padded = (bytes: number) => {
    const ping = JSON.stringify({ type: 'ping', id: 'p' })
    return textMessage(`${ping}${' '.repeat(bytes - ping.length)}`)
  }
  const sendAll = (state: SessionState, count: number, bytes: number, now: number) => {
    let after: Step = { state, effects: [] }
    for (let sent = 0; sent < count && after.state.name === 'live'; sent++)
      after = on(after.state, padded(bytes), now)
    return after
  }
  const drained = sendAll(reach('live'), 16, 64 * KIB, START)
  assert.equal(drained.state.name, 'live')
  assert.deepEqual(closeOf(sendAll(drained.state, 1, 100, START)), {
    cause: 'tooMany',
    problem: 'too-many-requests',
  })
  assert.equal(sendAll(drained.state, 1, 64 * KIB, START + 1000).state.name, 'live')
})

test('PR-S12 what is relayed for a device is counted apart, and given back where the introduction covers it', () => {
  const signal = textMessage(
    JSON.stringify({
      type: 'signal',
      introductionId: 'i',
      signal: { type: 'offer', sdp: `v=0${' '.repeat(16 * KIB - 100)}` },
    }),
  )
  const bytes = signal.type === 'message' ? signal.bytes : 0
  const relayedBefore = (isCovered: boolean) => {
    let after: Step = { state: reach('live'), effects: [] }
    let relayed = 0
    while (relayed < 1000) {
      after = on(after.state, signal)
      if (after.state.name === 'closed') return relayed
      assert.deepEqual(after.effects[0]?.type === 'relay' && after.effects[0].bytes, bytes)
      if (isCovered) after = on(after.state, { type: 'relay-covered', bytes })
      relayed++
    }
    return relayed
  }
  assert.equal(relayedBefore(false), Math.floor((512 * KIB) / bytes))
  assert.equal(relayedBefore(true), 1000)
})

test('PR-S7 a device that begins too many sessions is told when to come back', () => {
  const after = on(reach('joining'), { type: 'join-refused', retryAt: START + 10_000 })
  assert.deepEqual(closeOf(after), { cause: 'tooMany', problem: 'too-many-requests' })
  const [error] = said(after.effects)
  assert.equal(error?.type === 'error' && error.problem.retryAt, new Date(START + 10_000).toISOString())
})

test('PR-S6 reports of a device that waits are left out; it is seen, and stays', () => {
  const waiting: FleetView = {
    ...VIEW,
    device: { ...VIEW.device, state: 'pending', site: null },
    assignments: [],
  }
  const { state } = on(reach('joining'), { type: 'joined', view: waiting, returnSpreadMs: 0 })
  const reports: readonly SignalUpWire[] = [
    { type: 'event', kind: 'bad-chunk', detail: '' },
    { type: 'status', status: statusOf(DEVICE, []) },
    signalUpExamples.diagnostics,
  ]
  for (const report of reports) {
    const after = on(state, message(report), START + 60_000)
    assert.deepEqual(after.effects, [{ type: 'touch', deviceId: DEVICE }], report.type)
    assert.equal(after.state.name, 'live')
  }
})

test('a line about a stranger says so, so that it can be left out', () => {
  const lineOf = ({ effects }: Step) => effects.find(effect => effect.type === 'log')
  assert.equal(lineOf(on(reach('challenged'), { type: 'socket-closed' }))?.isStranger, true)
  assert.equal(lineOf(on(reach('live'), { type: 'socket-closed' }))?.isStranger, false)
})

test('PR-S12 a text over 64 KiB is refused unread', () => {
  const after = on(reach('live'), textMessage(' '.repeat(64 * 1024 + 1)))
  assert.deepEqual(closeOf(after), { cause: 'tooLarge', problem: 'too-large' })
})

const textArbitrary = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom(...UP).map(content => JSON.stringify(content)),
  fc
    .tuple(
      fc.constantFrom(...UP),
      fc.dictionary(fc.constantFrom('type', 'deviceId', 'release', 'id', 'signal'), fc.jsonValue()),
    )
    .map(([content, change]) => JSON.stringify({ ...content, ...change })),
)
const eventArbitrary: fc.Arbitrary<SessionEvent> = fc.oneof(
  textArbitrary.map(textMessage),
  fc.constantFrom(...EVENTS),
)

test('whatever comes, in whatever order: only legal moves, one close at most, silence after the end', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OPEN_STATES),
      fc.array(eventArbitrary, { maxLength: 12 }),
      (name, events) => {
        let state = reach(name)
        let closes = 0
        for (const event of events) {
          const after = on(state, event)
          const wasClosed = state.name === 'closed'
          if (wasClosed) assert.deepEqual(after.effects, [])
          assert.ok(after.state.name === state.name || LEGAL_MOVES[state.name].includes(after.state.name))
          closes += after.effects.filter(effect => effect.type === 'close').length
          const isBeforeWelcome = after.state.name !== 'live' && state.name !== 'live'
          if (isBeforeWelcome) assert.ok(said(after.effects).every(each => each.type === 'error'))
          state = after.state
        }
        assert.ok(closes <= 1)
      },
    ),
    { numRuns: 150 },
  )
})
