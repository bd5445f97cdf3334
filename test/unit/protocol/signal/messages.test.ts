/** Signaling messages: each example parses, nothing beside it does, and the largest that are allowed fit one message. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GenericSchema } from 'valibot'
import { MAX_ASSIGNMENTS, MAX_SDP_BYTES, MAX_SIGNAL_MESSAGE_BYTES } from '../../../../protocol/limits.ts'
import { parseJsonWith, parseWith } from '../../../../protocol/parse.ts'
import { signalDownSchema } from '../../../../protocol/signal/down.ts'
import { peerSignalSchema } from '../../../../protocol/signal/peer-signal.ts'
import { deviceEventKinds, helloBytes, signalUpSchema } from '../../../../protocol/signal/up.ts'
import {
  exampleAssignment,
  exampleDeviceId,
  exampleSignals,
  signalDownExamples,
  signalUpExamples,
} from '../../../support/protocol-examples.ts'

type JsonObject = { [key: string]: unknown }

/** `[path of an object inside, a copy of the whole with an unknown field in that object]`, for every object there is. */
function withUnknownFields(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) =>
      withUnknownFields(item, `${path}/${i}`).map(([at, changed]): [string, unknown] => [
        at,
        value.with(i, changed),
      ]),
    )
  }
  if (typeof value !== 'object' || value === null) return []
  const object = value as JsonObject
  const inner = Object.entries(object).flatMap(([key, item]) =>
    withUnknownFields(item, `${path}/${key}`).map(([at, changed]): [string, unknown] => [
      at,
      { ...object, [key]: changed },
    ]),
  )
  return [[path || '/', { ...object, unknownField: 1 }], ...inner]
}

/** Copies of the message, each without one of its own fields. */
function withoutOneField(value: JsonObject): [string, unknown][] {
  return Object.keys(value).map(missing => [
    missing,
    Object.fromEntries(Object.entries(value).filter(([key]) => key !== missing)),
  ])
}

const optionalFields: Readonly<Record<string, readonly string[]>> = {
  event: ['package', 'release', 'peer'],
  introduction: ['requestId'],
}

function describeDirection(name: string, schema: GenericSchema, examples: Record<string, JsonObject>): void {
  describe(`signaling messages ${name}`, () => {
    for (const [type, message] of Object.entries(examples)) {
      it(`${type}: the example parses from its JSON`, () => {
        const parsed = parseJsonWith(schema, JSON.stringify(message), MAX_SIGNAL_MESSAGE_BYTES)
        assert.ok(parsed.ok, parsed.ok ? '' : parsed.message)
        assert.equal((parsed.value as JsonObject).type, type)
      })

      it(`PR-V3 ${type}: an unknown field anywhere in it is refused`, () => {
        for (const [path, changed] of withUnknownFields(message)) {
          // Problem documents may carry more (RFC 9457, section 3.2).
          if (path.endsWith('/problem')) continue
          assert.equal(parseWith(schema, changed).ok, false, path)
        }
      })

      it(`${type}: every field is needed that is not documented as optional`, () => {
        for (const [missing, changed] of withoutOneField(message)) {
          const optional = optionalFields[type]?.includes(missing) ?? false
          assert.equal(parseWith(schema, changed).ok, optional, missing)
        }
      })
    }

    it('PR-V3 an unknown type is refused, also one that every object has', () => {
      for (const type of ['bye', '', 'toString', '__proto__', null, 7]) {
        assert.equal(parseWith(schema, { type }).ok, false)
      }
    })
  })
}

describeDirection('up', signalUpSchema, signalUpExamples)
describeDirection('down', signalDownSchema, signalDownExamples)

describe('signaling: bounds', () => {
  it('every documented kind of event may be reported, and no other', () => {
    const { package: _package, release: _release, peer: _peer, ...event } = signalUpExamples.event
    for (const kind of deviceEventKinds) assert.ok(parseWith(signalUpSchema, { ...event, kind }).ok)
    assert.equal(parseWith(signalUpSchema, { ...event, kind: 'weather' }).ok, false)
  })

  it('hello: protocol versions of two bytes', () => {
    const hello = (protocolVersion: number) =>
      parseWith(signalUpSchema, { ...signalUpExamples.hello, protocolVersion }).ok
    assert.deepEqual([1, 65535].map(hello), [true, true])
    assert.deepEqual([0, 65536, 1.5].map(hello), [false, false, false])
  })

  it('hello signs domain, nonce and device id', () => {
    assert.equal(
      new TextDecoder().decode(helloBytes('N'.repeat(43), exampleDeviceId)),
      `larder-hello-v1\n${'N'.repeat(43)}\n${exampleDeviceId}`,
    )
  })

  it('64 assignments, and not one more', () => {
    const assignments = (count: number) =>
      parseWith(signalDownSchema, {
        type: 'assignments',
        assignments: Array.from({ length: count }, () => exampleAssignment),
      }).ok
    assert.equal(assignments(MAX_ASSIGNMENTS), true)
    assert.equal(assignments(MAX_ASSIGNMENTS + 1), false)
  })

  it('the largest list of assignments fits one message', () => {
    const largest = {
      ...exampleAssignment,
      package: 'p'.repeat(64),
      release: Number.MAX_SAFE_INTEGER,
      version: '\u6f22'.repeat(64),
      windows: {
        proxyDistribution: false,
        onlyToProxiesUntil: '2026-11-23T02:00:00.000Z',
        enforceProxyUntil: '2026-11-23T02:00:00.000Z',
      },
    }
    const message = {
      type: 'assignments',
      assignments: Array.from({ length: MAX_ASSIGNMENTS }, () => largest),
    }
    assert.ok(parseWith(signalDownSchema, message).ok)
    assert.ok(Buffer.byteLength(JSON.stringify(message)) <= MAX_SIGNAL_MESSAGE_BYTES)
  })

  it('heartbeats from 100 ms to 10 min', () => {
    const welcome = (heartbeatMs: number) =>
      parseWith(signalDownSchema, { ...signalDownExamples.welcome, heartbeatMs }).ok
    assert.deepEqual([100, 600_000].map(welcome), [true, true])
    assert.deepEqual([99, 600_001].map(welcome), [false, false])
  })
})

describe('relayed WebRTC signals', () => {
  const candidate = (changes: JsonObject) => ({
    type: 'candidate',
    candidate: { candidate: '', sdpMid: null, sdpMLineIndex: null, ...changes },
  })
  const accepts = (signal: unknown) => parseWith(peerSignalSchema, signal).ok

  it('offers, answers and candidates, the empty one too', () => {
    for (const signal of exampleSignals) assert.ok(accepts(signal), signal.type)
  })

  it('nothing else that simple-peer would act on', () => {
    for (const signal of [
      { type: 'rollback', sdp: 'v=0\r\n' },
      { type: 'pranswer', sdp: 'v=0\r\n' },
      { renegotiate: true },
      { type: 'renegotiate', renegotiate: true },
      { type: 'transceiverRequest', transceiverRequest: { kind: 'video' } },
      { type: 'offer' },
      { type: 'offer', sdp: null },
      { type: 'offer', sdp: '' },
      { type: 'offer', sdp: 'x' },
      { type: 'offer', sdp: 'v=0\u0000' },
      { type: 'offer', sdp: 'v=0 ä' },
      'offer',
    ]) {
      assert.equal(accepts(signal), false, JSON.stringify(signal))
    }
  })

  it('SDP of 16 KiB, and not one byte more', () => {
    const offer = (length: number) => ({ type: 'offer', sdp: 'v=0'.padEnd(length, 'a') })
    assert.equal(accepts(offer(MAX_SDP_BYTES)), true)
    assert.equal(accepts(offer(MAX_SDP_BYTES + 1)), false)
  })

  it('the largest signal, relayed, still fits one message', () => {
    const signal = { type: 'offer', sdp: 'v=0'.padEnd(MAX_SDP_BYTES, '"') }
    const relayed = { type: 'signal', introductionId: 'i'.repeat(32), from: exampleDeviceId, signal }
    assert.ok(parseWith(signalDownSchema, relayed).ok)
    assert.ok(Buffer.byteLength(JSON.stringify(relayed)) <= MAX_SIGNAL_MESSAGE_BYTES)
  })

  it('candidates: one printable line of 1,024 characters, a short mid, a small index', () => {
    const line = (length: number) => 'candidate:'.padEnd(length, 'a')
    assert.equal(accepts(candidate({ candidate: line(1024) })), true)
    assert.equal(accepts(candidate({ candidate: line(1025) })), false)
    assert.equal(accepts(candidate({ candidate: 'candidate:1\r\na=x' })), false)
    assert.equal(accepts(candidate({ candidate: 'a=candidate:1' })), false)
    assert.equal(accepts(candidate({ sdpMid: 'm'.repeat(32) })), true)
    assert.equal(accepts(candidate({ sdpMid: 'm'.repeat(33) })), false)
    assert.equal(accepts(candidate({ sdpMLineIndex: 16 })), true)
    for (const sdpMLineIndex of [17, -1, 0.5]) assert.equal(accepts(candidate({ sdpMLineIndex })), false)
  })
})
