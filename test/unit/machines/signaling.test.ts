/** The signaling session of a device: greeting, refusals, pauses with full jitter, silence, and the clock it brings. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  initialSignaling,
  type SignalingEffect,
  type SignalingEvent,
  type SignalingState,
  signalingWakeAt,
  stepSignaling,
} from '../../../client/machines/signaling.ts'
import { defaultOptions } from '../../../client/options.ts'
import { type ProblemName, problemTypes } from '../../../protocol/problem.ts'
import type { SignalDown } from '../../../protocol/signal/down.ts'

const DEVICE = `d-${'0'.repeat(32)}`
const CHALLENGE = { type: 'challenge', protocolVersion: 1, minProtocolVersion: 1, nonce: 'n' } as const

const welcome = (serverTime: number, returnSpreadMs = 0): SignalDown => ({
  type: 'welcome',
  serverTime,
  device: {} as never,
  assignments: [],
  storesOnline: 0,
  iceServers: [],
  heartbeatMs: 20_000,
  returnSpreadMs,
})

class Session {
  state: SignalingState = initialSignaling()
  now = 10_000
  chance = 0.5
  effects: readonly SignalingEffect[] = []

  step(event: SignalingEvent): string[] {
    const result = stepSignaling(this.state, event, this.now, this.chance, defaultOptions)
    this.state = result.state
    this.effects = result.effects
    return result.effects.map(effect => effect.type)
  }

  hear(message: SignalDown): string[] {
    return this.step({ type: 'message', message })
  }

  pass(ms: number): string[] {
    this.now += ms
    return this.step({ type: 'wake' })
  }

  get phase(): string {
    return this.state.phase.name
  }

  get wakeInMs(): number | null {
    const at = signalingWakeAt(this.state)
    return at === null ? null : at - this.now
  }

  greet(serverTime = 1_000_000, returnSpreadMs = 0): this {
    if (this.phase === 'stopped') this.step({ type: 'start' })
    this.step({ type: 'link-open' })
    this.hear(CHALLENGE)
    this.step({ type: 'signed', signature: 's', deviceId: DEVICE })
    this.hear(welcome(serverTime, returnSpreadMs))
    return this
  }

  refuse(name: ProblemName): string[] {
    return this.step(refusal(name))
  }
}

const refusal = (name: ProblemName): SignalingEvent => ({
  type: 'message',
  message: { type: 'error', problem: { type: name, ...problemTypes[name] } },
})

describe('the way in', () => {
  test('PR-S1 connect, challenge, signed hello, welcome', () => {
    const session = new Session()
    assert.deepEqual(session.step({ type: 'start' }), ['connect'])
    assert.deepEqual(session.step({ type: 'link-open' }), [])
    assert.deepEqual(session.hear(CHALLENGE), ['sign'])
    assert.deepEqual(session.step({ type: 'signed', signature: 's', deviceId: DEVICE }), ['send'])
    assert.deepEqual(session.effects[0], {
      type: 'send',
      message: { type: 'hello', protocolVersion: 1, deviceId: DEVICE, signature: 's' },
    })
    assert.deepEqual(
      new Session().greet().effects.map(effect => effect.type),
      ['online'],
    )
  })

  test('a welcome without a hello, and messages before it, change nothing', () => {
    const session = new Session()
    session.step({ type: 'start' })
    session.step({ type: 'link-open' })
    assert.deepEqual(session.hear({ type: 'stores', online: 3 }), [])
    assert.deepEqual(session.hear({ type: 'welcome' } as never), [])
    assert.equal(session.phase, 'greeting')
  })

  test('PR-V1 a server that shares no version is left, and asked again only after a minute', () => {
    const session = new Session()
    session.step({ type: 'start' })
    session.step({ type: 'link-open' })
    assert.deepEqual(session.hear({ ...CHALLENGE, protocolVersion: 9, minProtocolVersion: 9 }), [
      'log',
      'close',
      'needs-new-page',
    ])
    assert.equal(session.wakeInMs, 60_000)
  })

  const notUnderstood: readonly [title: string, event: SignalingEvent][] = [
    [
      'a server that shares no version with it',
      { type: 'message', message: { ...CHALLENGE, protocolVersion: 9, minProtocolVersion: 9 } },
    ],
    [
      'a server older than it understands',
      { type: 'message', message: { ...CHALLENGE, protocolVersion: 0, minProtocolVersion: 0 } },
    ],
    ['the refusal of its version', refusal('protocol-unsupported')],
    ['the refusal of what it says', refusal('protocol-violation')],
    ['the close code of an unsupported version', { type: 'link-closed', code: 4426 }],
    ['a message that it cannot read', { type: 'invalid-message', detail: 'device.labels: Invalid key' }],
  ]
  for (const [title, event] of notUnderstood) {
    test(`PR-V1 after ${title} a page needs another build, until it is welcomed`, () => {
      const session = new Session()
      session.step({ type: 'start' })
      session.step({ type: 'link-open' })
      assert.ok(session.step(event).includes('needs-new-page'))
      assert.equal(session.state.needsNewPage, true)
      session.pass(90_000)
      session.step({ type: 'link-open' })
      assert.ok(!session.step(event).includes('needs-new-page'), 'said once')
      session.pass(90_000)
      session.greet()
      assert.deepEqual([session.phase, session.state.needsNewPage], ['online', false])
    })
  }

  test('other ends of a session do not call for another build of the page', () => {
    for (const event of [
      { type: 'link-closed', code: 1006 },
      refusal('device-revoked'),
      refusal('conflict'),
    ] as const) {
      const session = new Session()
      session.step({ type: 'start' })
      session.step({ type: 'link-open' })
      session.step(event)
      assert.deepEqual([session.phase, session.state.needsNewPage], ['offline', false])
    }
  })

  test('a socket that does not open, and a greeting that does not end, are given up after 15 s', () => {
    for (const opened of [false, true]) {
      const session = new Session()
      session.step({ type: 'start' })
      if (opened) session.step({ type: 'link-open' })
      assert.equal(session.wakeInMs, 15_000)
      assert.deepEqual(session.pass(14_999), [])
      assert.deepEqual(session.pass(1), ['close'])
      assert.equal(session.phase, 'offline', 'the end of the socket is not waited for')
    }
  })
})

describe('the way back', () => {
  test('full jitter: from nothing to min × 2^n, never above the cap', () => {
    for (const chance of [0, 0.5, 0.999]) {
      const session = new Session()
      session.chance = chance
      session.step({ type: 'start' })
      for (const boundMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
        session.step({ type: 'link-closed' })
        assert.equal(session.wakeInMs, chance * boundMs)
        assert.deepEqual(session.pass(chance * boundMs), ['connect'])
      }
    }
  })

  test('PR-S16 a large fleet comes back over the time that the server named, and over longer ones while it is away', () => {
    const session = new Session().greet(0, 12_000)
    for (const pauseMs of [6_000, 6_000, 6_000, 6_000, 8_000, 15_000]) {
      session.step({ type: 'link-closed' })
      assert.equal(session.wakeInMs, pauseMs)
      session.pass(pauseMs)
    }
  })

  test("PR-S16 the browser's word that its network is back ends the wait", () => {
    const session = new Session().greet(0, 60_000)
    session.step({ type: 'link-closed' })
    assert.deepEqual(session.step({ type: 'network-back' }), ['connect'])
  })

  test('a session that worked is missed for half a second at most', () => {
    const session = new Session().greet()
    session.chance = 0.999
    session.pass(200)
    session.hear({ type: 'pong', id: 'p0', serverTime: 1_000_200 })
    assert.deepEqual(session.step({ type: 'link-closed' }), ['offline'])
    assert.ok((session.wakeInMs ?? 0) < 500)
  })

  test('sessions that end before a ping was answered count as failures: no fleet hammers a proxy that kills sockets', () => {
    const session = new Session()
    session.chance = 1
    const pauses: (number | null)[] = []
    for (let i = 0; i < 4; i++) {
      session.greet()
      session.step({ type: 'link-closed' })
      pauses.push(session.wakeInMs)
      session.pass(session.wakeInMs ?? 0)
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000])
  })

  test('the browser says that the network is back: at once', () => {
    const session = new Session()
    session.step({ type: 'start' })
    session.step({ type: 'link-closed' })
    assert.deepEqual(session.step({ type: 'network-back' }), ['connect'])
    assert.deepEqual(session.step({ type: 'network-back' }), [])
  })

  test('PR-S3 a refusal that lasts: back after 30 to 90 s, one that is revoked after 10 to 30 s', () => {
    for (const name of [
      'device-unknown',
      'device-revoked',
      'signature-invalid',
      'conflict',
      'too-many-requests',
    ] as const) {
      for (const chance of [0, 0.999]) {
        const session = new Session().greet()
        session.chance = chance
        assert.deepEqual(session.refuse(name), ['refused', 'close', 'offline'])
        const pauseMs = name === 'device-revoked' ? 20_000 : 60_000
        assert.equal(Math.round(session.wakeInMs ?? 0), Math.round(pauseMs * (0.5 + chance)))
      }
    }
  })

  test('PR-S7 a device that begins too many sessions comes back when the server said, not when its network does', () => {
    for (const [retryInMs, pauseMs] of [
      [120_000, 120_000],
      [10_000, 60_000],
      [24 * 3_600_000, 600_000],
    ] as const) {
      const session = new Session().greet(1_000_000)
      const problem = { type: 'too-many-requests', ...problemTypes['too-many-requests'] } as const
      session.hear({ type: 'error', problem: { ...problem, retryAt: 1_000_000 + retryInMs } })
      assert.equal(session.wakeInMs, pauseMs)
      assert.deepEqual(session.step({ type: 'network-back' }), [])
      assert.deepEqual(session.pass(pauseMs - 1), [])
      assert.deepEqual(session.pass(1), ['connect'])
    }
    const unwelcomed = new Session()
    unwelcomed.step({ type: 'start' })
    unwelcomed.step({ type: 'link-open' })
    unwelcomed.hear(CHALLENGE)
    const problem = { type: 'too-many-requests', ...problemTypes['too-many-requests'] } as const
    unwelcomed.hear({ type: 'error', problem: { ...problem, retryAt: 1_120_000 } })
    assert.equal(unwelcomed.wakeInMs, 60_000, 'without a clock, the pause of other refusals')
  })

  test('an end for another reason, such as a tab that slept, is like a lost line', () => {
    for (const name of ['protocol-violation', 'internal'] as const) {
      const session = new Session().greet()
      session.refuse(name)
      assert.ok((session.wakeInMs ?? Number.NaN) <= 1_000, name)
    }
  })

  test('what a link says after it was given up counts for nothing', () => {
    const session = new Session().greet()
    session.refuse('internal')
    const { wakeInMs } = session
    assert.deepEqual(session.step({ type: 'link-closed' }), [])
    assert.deepEqual(session.hear({ type: 'stores', online: 1 }), [])
    assert.equal(session.wakeInMs, wakeInMs)
  })

  test('a message that is not understood ends the session', () => {
    const session = new Session().greet()
    assert.deepEqual(session.step({ type: 'invalid-message', detail: 'x' }), [
      'log',
      'close',
      'offline',
      'needs-new-page',
    ])
    assert.equal(session.phase, 'offline')
  })

  test('stop ends it for good; start begins anew', () => {
    const session = new Session().greet()
    assert.deepEqual(session.step({ type: 'stop' }), ['close', 'offline'])
    assert.equal(session.wakeInMs, null)
    assert.deepEqual(session.step({ type: 'link-closed' }), [])
    assert.deepEqual(session.step({ type: 'start' }), ['connect'])
  })
})

describe('heartbeat and clock', () => {
  test('it pings soon, then every heartbeat', () => {
    const session = new Session().greet()
    assert.equal(session.wakeInMs, 200)
    assert.deepEqual(session.pass(200), ['send'])
    session.hear({ type: 'pong', id: 'p0', serverTime: 1_000_200 })
    assert.equal(session.wakeInMs, 20_000)
  })

  test('a server that is silent for twice the heartbeat is left, exactly then', () => {
    const session = new Session().greet()
    session.pass(200)
    session.pass(20_000)
    assert.equal(session.wakeInMs, 40_000 - 20_200)
    assert.deepEqual(session.pass(19_799), [])
    assert.deepEqual(session.pass(1), ['log', 'close', 'offline'])
  })

  test('any message is a sign of life', () => {
    const session = new Session().greet()
    for (let i = 0; i < 10; i++) {
      session.now += 30_000
      assert.deepEqual(session.hear({ type: 'stores', online: i }), ['deliver'])
    }
    assert.equal(session.phase, 'online')
  })

  test('the clock is half the round trip off at most; a pong that answers no open ping is not used', () => {
    const session = new Session()
    session.step({ type: 'start' })
    session.step({ type: 'link-open' })
    session.hear(CHALLENGE)
    session.step({ type: 'signed', signature: 's', deviceId: DEVICE })
    session.now += 400
    session.hear(welcome(1_000_000))
    assert.deepEqual(session.state.clock, { offsetMs: 1_000_000 - 10_200, errorMs: 200, sampledAt: 10_400 })
    session.pass(200)
    session.hear({ type: 'pong', id: 'other', serverTime: 5 })
    assert.equal(session.state.clock?.sampledAt, 10_400)
  })
})
