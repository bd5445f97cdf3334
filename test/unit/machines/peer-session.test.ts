/** Both sides of a peer link: two sessions over a line that the test holds in its hand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PeerSessionEffect } from '../../../client/machines/peer-session/effects.ts'
import {
  createPeerSession,
  isIdle,
  type Share,
  type Shares,
} from '../../../client/machines/peer-session/state.ts'
import {
  type PeerSessionEvent,
  peerSessionWakeAt,
  stepPeerSession,
} from '../../../client/machines/peer-session/step.ts'
import type { Role, Windows } from '../../../policy/windows.ts'
import { MAX_INTERESTS_PER_LINK } from '../../../protocol/limits.ts'
import { bitfieldHas } from '../../../protocol/peer/bitfield.ts'
import type { PeerMessage } from '../../../protocol/peer/messages.ts'

const RELEASE = 'a'.repeat(64)
const OTHER = 'b'.repeat(64)
const SIZES = Array.from({ length: 10 }, () => ({ sizeBytes: 100 }))
const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
const HELLO = { type: 'hello', protocolVersion: 1, minProtocolVersion: 1, maxFrameBytes: 65_536 } as const

const share = (windows: Windows = OPEN, holds = (_: number) => true): Share => ({
  windows,
  chunkCount: 10,
  holds,
})

class Side {
  readonly state
  shares: Map<string, Share>
  now = 1_000_000
  last: readonly PeerSessionEffect[] = []

  constructor(selfRole: Role, remoteRole: Role, shares: Shares = new Map()) {
    this.state = createPeerSession({ deviceId: 'd-remote', role: remoteRole }, selfRole)
    this.shares = new Map(shares)
  }

  /** Greeted already. */
  static open(selfRole: Role, remoteRole: Role, shares: Shares = new Map()): Side {
    const side = new Side(selfRole, remoteRole, shares)
    side.step({ type: 'link-open' })
    side.hear(HELLO)
    return side
  }

  step(event: PeerSessionEvent): readonly PeerSessionEffect[] {
    this.last = stepPeerSession(this.state, event, this.now, this.shares).effects
    return this.last
  }

  hear(message: PeerMessage): readonly PeerSessionEffect[] {
    return this.step({ type: 'message', message })
  }

  get said(): PeerMessage[] {
    return this.last.flatMap(effect => (effect.type === 'send' ? effect.message : []))
  }

  get closed(): { reason: string; violation: boolean } | undefined {
    return this.last.find(effect => effect.type === 'close')
  }
}

const store = (windows?: Windows, holds?: (index: number) => boolean) =>
  Side.open('store', 'kiosk', new Map([[RELEASE, share(windows, holds)]]))

function taker(...asked: number[]): Side {
  const side = Side.open('kiosk', 'store')
  side.step({ type: 'want', release: RELEASE, sizes: SIZES })
  if (asked.length > 0) side.step({ type: 'ask', release: RELEASE, indexes: asked })
  return side
}

const interest = (chunkCount = 10, release = RELEASE) => ({ type: 'interest', release, chunkCount }) as const
const request = (...indexes: number[]) => ({ type: 'request', release: RELEASE, indexes }) as const
const slice = (index: number, offset: number, bytes: number, release = RELEASE) =>
  ({
    type: 'chunk',
    release,
    index,
    totalBytes: 100,
    offset,
    payload: new Uint8Array(bytes).fill(index),
  }) as const

describe('greeting', () => {
  test('PR-P3 hello goes out as soon as the link opens, once', () => {
    const side = new Side('kiosk', 'store')
    side.step({ type: 'link-open' })
    assert.deepEqual(
      side.said.map(message => message.type),
      ['hello'],
    )
    assert.deepEqual(side.step({ type: 'link-open' }), [])
    assert.deepEqual(side.hear(HELLO), [{ type: 'opened' }])
  })

  test('PR-P3 a message before hello, and a second hello, are violations', () => {
    const early = new Side('store', 'kiosk')
    early.step({ type: 'link-open' })
    early.hear(interest())
    assert.equal(early.closed?.violation, true)
    const twice = store()
    twice.hear(HELLO)
    assert.equal(twice.closed?.violation, true)
  })

  test('PR-V1 sides without a common version part, and that is no violation', () => {
    const side = new Side('kiosk', 'store')
    side.step({ type: 'link-open' })
    side.hear({ ...HELLO, protocolVersion: 60_000, minProtocolVersion: 50_000 })
    assert.equal(side.closed?.violation, false)
  })

  test('PR-P1 slices are never larger than the other side takes', () => {
    const side = new Side('store', 'kiosk', new Map([[RELEASE, share()]]))
    side.step({ type: 'link-open' })
    side.hear({ ...HELLO, maxFrameBytes: 32_768 })
    side.hear(interest())
    side.hear(request(1))
    assert.deepEqual(side.last, [{ type: 'send-chunk', release: RELEASE, index: 1, maxFrameBytes: 32_768 }])
  })

  test('after the end nothing has any effect', () => {
    const side = store()
    side.step({ type: 'link-closed' })
    assert.deepEqual(side.hear(interest()), [])
    assert.deepEqual(side.step({ type: 'gained', release: RELEASE, indexes: [1] }), [])
  })
})

describe('serving', () => {
  test('PR-P5 interest is answered with what is held', () => {
    const side = store(OPEN, index => index % 2 === 0)
    side.hear(interest())
    const [bitfield] = side.said
    assert.ok(bitfield?.type === 'bitfield')
    for (let index = 0; index < 10; index++) assert.equal(bitfieldHas(bitfield.bits, index), index % 2 === 0)
  })

  test('W3 PR-P11 interest before the window is rejected with the time until it; at the window the offer comes by itself', () => {
    const side = store({ ...OPEN, onlyToProxiesUntil: 1_060_000 })
    side.hear(interest())
    assert.deepEqual(side.said, [
      { type: 'reject', release: RELEASE, reason: 'window-closed', retryAfterMs: 60_000, indexes: [] },
    ])
    assert.equal(peerSessionWakeAt(side.state, side.now, side.shares), 1_060_000)
    side.now = 1_059_999
    assert.deepEqual(side.step({ type: 'wake' }), [])
    side.now = 1_060_000
    side.step({ type: 'wake' })
    assert.deepEqual(
      side.said.map(message => message.type),
      ['bitfield'],
    )
    assert.equal(peerSessionWakeAt(side.state, side.now, side.shares), null)
  })

  test('W3 a request before the window gets nothing, whatever was offered before', () => {
    const side = store()
    side.hear(interest())
    side.shares = new Map([[RELEASE, share({ ...OPEN, onlyToProxiesUntil: 1_060_000 })]])
    side.hear(request(1, 2))
    assert.deepEqual(
      side.said.map(message => message.type),
      ['reject'],
    )
    assert.ok(side.last.some(effect => effect.type === 'refused-to-serve'))
    assert.equal(
      side.last.some(effect => effect.type === 'send-chunk'),
      false,
    )
  })

  test('W9 a fellow store is served whatever the windows say', () => {
    const windows = { ...OPEN, onlyToProxiesUntil: 9_000_000, enforceProxyUntil: 9_000_000 }
    const side = Side.open('store', 'store', new Map([[RELEASE, share(windows)]]))
    side.hear(interest())
    assert.deepEqual(
      side.said.map(message => message.type),
      ['bitfield'],
    )
  })

  test('W2 nothing is served with proxy distribution off, not even to a store', () => {
    const off = new Map([[RELEASE, share({ ...OPEN, proxyDistribution: false })]])
    for (const role of ['store', 'kiosk'] as const) {
      const side = Side.open('store', role, off)
      side.hear(interest())
      const [reject] = side.said
      assert.ok(reject?.type === 'reject' && reject.reason === 'proxy-distribution-off')
      assert.equal(reject.retryAfterMs, 0)
    }
  })

  test('W8 a kiosk serves nobody', () => {
    const side = Side.open('kiosk', 'kiosk', new Map([[RELEASE, share()]]))
    side.hear(interest())
    assert.deepEqual(
      side.said.map(message => message.type),
      ['reject'],
    )
  })

  test('PR-P11 a release that is not assigned (yet) is rejected for a second, and offered when it is', () => {
    const side = Side.open('store', 'kiosk')
    side.hear(interest())
    assert.deepEqual(side.said, [
      { type: 'reject', release: RELEASE, reason: 'not-assigned', retryAfterMs: 1_000, indexes: [] },
    ])
    side.shares.set(RELEASE, { ...share(OPEN, () => false), chunkCount: null })
    side.step({ type: 'shares-changed' })
    assert.deepEqual(
      side.said.map(message => message.type),
      ['bitfield'],
    )
    assert.deepEqual(side.step({ type: 'shares-changed' }), [])
  })

  test('PR-P11 a window that closes empties the queue and says so; the chunk under way may end', () => {
    const side = store()
    side.hear(interest())
    side.hear(request(1, 2, 3))
    side.shares = new Map([[RELEASE, share({ ...OPEN, onlyToProxiesUntil: 1_060_000 })]])
    side.step({ type: 'shares-changed' })
    assert.deepEqual(side.said, [
      { type: 'reject', release: RELEASE, reason: 'window-closed', retryAfterMs: 60_000, indexes: [] },
    ])
    assert.deepEqual(side.step({ type: 'chunk-done', outcome: 'sent' }), [])
    assert.ok(isIdle(side.state))
  })

  test('PR-P11 the windows hold at the moment of sending: what waits is rejected, not forgotten', () => {
    const side = store()
    side.hear(interest())
    side.hear(request(1, 2, 3))
    side.shares = new Map([[RELEASE, share({ ...OPEN, proxyDistribution: false })]])
    side.step({ type: 'chunk-done', outcome: 'sent' })
    assert.deepEqual(
      side.said.map(message => message.type),
      ['reject'],
    )
    assert.ok(isIdle(side.state))
  })

  test('PR-P7 chunks go one at a time, in the order asked; asking again for one that waits changes nothing', () => {
    const side = store()
    side.hear(interest())
    const sent: number[] = []
    const note = () => {
      for (const effect of side.last) if (effect.type === 'send-chunk') sent.push(effect.index)
    }
    side.hear(request(5, 3, 8))
    note()
    side.hear(request(3, 8))
    note()
    for (let i = 0; i < 4; i++) {
      side.step({ type: 'chunk-done', outcome: 'sent' })
      note()
    }
    assert.deepEqual(sent, [5, 3, 8])
  })

  test('PR-P7 releases take turns', () => {
    const side = Side.open(
      'store',
      'kiosk',
      new Map([
        [RELEASE, share()],
        [OTHER, share()],
      ]),
    )
    side.hear(interest())
    side.hear(interest(10, OTHER))
    side.hear(request(0, 1, 2))
    side.hear({ ...request(0, 1, 2), release: OTHER })
    const turns = [RELEASE]
    for (let i = 0; i < 5; i++) {
      for (const effect of side.step({ type: 'chunk-done', outcome: 'sent' }))
        if (effect.type === 'send-chunk') turns.push(effect.release)
    }
    assert.deepEqual(turns, [RELEASE, OTHER, RELEASE, OTHER, RELEASE, OTHER])
  })

  test('PR-P7 a cancel takes back what has not begun', () => {
    const side = store()
    side.hear(interest())
    side.hear(request(1, 2, 3))
    side.hear({ type: 'cancel', release: RELEASE, indexes: [1, 2] })
    const effects = side.step({ type: 'chunk-done', outcome: 'sent' })
    assert.deepEqual(effects, [{ type: 'send-chunk', release: RELEASE, index: 3, maxFrameBytes: 65_536 }])
  })

  test('PR-P7 a request without interest is a violation; what is not held is rejected by name', () => {
    const rude = store()
    rude.hear(request(1))
    assert.equal(rude.closed?.violation, true)
    const side = store(OPEN, index => index !== 4)
    side.hear(interest())
    side.hear(request(4, 5))
    assert.deepEqual(side.said, [
      { type: 'reject', release: RELEASE, reason: 'not-held', retryAfterMs: 0, indexes: [4] },
    ])
  })

  test('a chunk that cannot be read is rejected, and the next one goes out', () => {
    const side = store()
    side.hear(interest())
    side.hear(request(1, 2))
    side.step({ type: 'chunk-done', outcome: 'unreadable' })
    assert.deepEqual(side.said, [
      { type: 'reject', release: RELEASE, reason: 'not-held', retryAfterMs: 0, indexes: [1] },
    ])
    assert.ok(side.last.some(effect => effect.type === 'send-chunk' && effect.index === 2))
  })

  test('PR-P4 another number of chunks is a violation, also when the manifest comes only afterwards', () => {
    const side = store()
    side.hear(interest(11))
    assert.equal(side.closed?.violation, true)
    const later = Side.open('store', 'kiosk', new Map([[RELEASE, { ...share(), chunkCount: null }]]))
    later.hear(interest(11))
    later.shares.set(RELEASE, share())
    later.step({ type: 'shares-changed' })
    assert.equal(later.closed?.violation, true)
  })

  test('PR-P4 interest in 64 releases is allowed, one more is a violation; our own side never goes that far', () => {
    const side = store()
    const own = Side.open('kiosk', 'store')
    for (let i = 0; i < MAX_INTERESTS_PER_LINK; i++) {
      const release = String(i).padStart(64, '0')
      side.hear(interest(10, release))
      assert.equal(side.closed, undefined)
      own.step({ type: 'want', release, sizes: SIZES })
      own.step({ type: 'unwant', release })
    }
    side.hear(interest(10, OTHER))
    assert.equal(side.closed?.violation, true)
    own.step({ type: 'want', release: OTHER, sizes: SIZES })
    assert.equal(own.closed?.violation, false)
  })

  test('PR-P6 PR-P8 have and fetching go to whom the release was offered, fetching once in 1.5 s', () => {
    const side = store({ ...OPEN, onlyToProxiesUntil: 1_060_000 })
    side.hear(interest())
    assert.deepEqual(side.step({ type: 'gained', release: RELEASE, indexes: [1] }), [])
    assert.deepEqual(side.step({ type: 'fetching', release: RELEASE }), [])
    side.now = 1_060_000
    side.step({ type: 'wake' })
    side.step({ type: 'gained', release: RELEASE, indexes: [1] })
    assert.deepEqual(side.said, [{ type: 'have', release: RELEASE, indexes: [1] }])
    assert.equal(side.step({ type: 'fetching', release: RELEASE }).length, 1)
    side.now += 1_499
    assert.equal(side.step({ type: 'fetching', release: RELEASE }).length, 0)
    side.now += 1
    assert.equal(side.step({ type: 'fetching', release: RELEASE }).length, 1)
    side.now -= 3_600_000
    assert.equal(
      side.step({ type: 'fetching', release: RELEASE }).length,
      1,
      'a server clock set back hides no sign of life',
    )
  })

  test('PR-P2 long lists go in several messages', () => {
    const side = store()
    side.hear(interest())
    side.step({ type: 'gained', release: RELEASE, indexes: Array.from({ length: 2_500 }, (_, i) => i) })
    assert.deepEqual(
      side.said.map(message => (message.type === 'have' ? message.indexes.length : 0)),
      [1_024, 1_024, 452],
    )
  })
})

describe('taking', () => {
  test('PR-P9 a chunk in slices is put together; each slice is progress', () => {
    const side = taker(3)
    assert.deepEqual(side.hear(slice(3, 0, 60)), [{ type: 'progress', release: RELEASE, bytes: 60 }])
    const [chunk] = side.hear(slice(3, 60, 40))
    assert.ok(chunk?.type === 'chunk' && chunk.index === 3)
    assert.deepEqual(chunk.encoded, new Uint8Array(100).fill(3))
    assert.ok(isIdle(side.state))
  })

  test('PR-P9 other messages may stand between slices', () => {
    const side = taker(3)
    side.hear(slice(3, 0, 60))
    assert.deepEqual(side.hear({ type: 'fetching', release: RELEASE }), [{ type: 'alive', release: RELEASE }])
    assert.equal(side.hear(slice(3, 60, 40)).at(0)?.type, 'chunk')
  })

  test('PR-P9 mixed, gapping, overlapping, oversized slices are violations', () => {
    const cases: [string, PeerMessage[]][] = [
      ['mixed', [slice(3, 0, 60), slice(4, 0, 60)]],
      ['a gap', [slice(3, 0, 60), slice(3, 70, 30)]],
      ['overlap', [slice(3, 0, 60), slice(3, 50, 50)]],
      ['no beginning', [slice(3, 10, 50)]],
      ['larger than the manifest allows', [{ ...slice(3, 0, 60), totalBytes: 102 }]],
    ]
    for (const [what, messages] of cases) {
      const side = taker(3, 4)
      for (const message of messages) side.hear(message)
      assert.equal(side.closed?.violation, true, what)
    }
  })

  test('PR-P7 a chunk that nobody asked for is a violation, of any release', () => {
    for (const message of [slice(5, 0, 100), slice(0, 0, 100, OTHER), slice(99, 0, 100)]) {
      const side = taker(3)
      side.hear(message)
      assert.equal(side.closed?.violation, true)
    }
  })

  test('PR-P7 what was cancelled may still come and is dropped', () => {
    const side = taker(3, 4)
    side.step({ type: 'cancel', release: RELEASE, indexes: [3] })
    assert.deepEqual(side.said, [{ type: 'cancel', release: RELEASE, indexes: [3] }])
    assert.deepEqual(side.hear(slice(3, 0, 100)), [])
    assert.equal(side.hear(slice(4, 0, 100)).at(0)?.type, 'chunk')
  })

  test('PR-P7 cancelled in the middle and asked again: the tail of the first copy is dropped, the second is taken', () => {
    const side = taker(3)
    side.hear(slice(3, 0, 30))
    side.step({ type: 'cancel', release: RELEASE, indexes: [3] })
    side.hear(slice(3, 30, 30))
    side.step({ type: 'ask', release: RELEASE, indexes: [3] })
    assert.deepEqual(side.hear(slice(3, 60, 40)), [])
    side.hear(slice(3, 0, 50))
    assert.equal(side.hear(slice(3, 50, 50)).at(0)?.type, 'chunk')
  })

  test('PR-P7 cancelled and asked again before it began: whichever copy comes first is taken, the other dropped', () => {
    const side = taker(3)
    side.step({ type: 'cancel', release: RELEASE, indexes: [3] })
    side.step({ type: 'ask', release: RELEASE, indexes: [3] })
    assert.equal(side.hear(slice(3, 0, 100)).at(0)?.type, 'chunk')
    assert.deepEqual(side.hear(slice(3, 0, 100)), [])
  })

  test('PR-P11 after a reject of the whole release, what was under way is late and not wrong, also after new interest', () => {
    const side = taker(3, 4)
    side.hear(slice(3, 0, 60))
    const reject = {
      type: 'reject',
      release: RELEASE,
      reason: 'window-closed',
      retryAfterMs: 10,
      indexes: [],
    } as const
    assert.deepEqual(side.hear(reject), [{ ...reject, type: 'rejected' }])
    side.step({ type: 'want', release: RELEASE, sizes: SIZES })
    assert.deepEqual(side.said, [{ type: 'interest', release: RELEASE, chunkCount: 10 }])
    assert.deepEqual(side.hear(slice(3, 60, 40)), [])
    side.step({ type: 'ask', release: RELEASE, indexes: [3] })
    assert.equal(side.hear(slice(3, 0, 100)).at(0)?.type, 'chunk')
  })

  test('PR-P7 a release that is no longer wanted: its requests are cancelled, its news and chunks dropped', () => {
    const side = taker(3, 4)
    side.step({ type: 'unwant', release: RELEASE })
    assert.deepEqual(side.said, [{ type: 'cancel', release: RELEASE, indexes: [3, 4] }])
    assert.deepEqual(side.hear(slice(3, 0, 100)), [])
    assert.deepEqual(side.hear({ type: 'have', release: RELEASE, indexes: [1] }), [])
    side.step({ type: 'want', release: RELEASE, sizes: SIZES })
    assert.deepEqual(side.hear(slice(4, 0, 100)), [], 'still late after it is wanted again')
  })

  test('PR-P5 a bitfield of another length is a violation; news of unknown releases is dropped', () => {
    const side = taker()
    assert.deepEqual(
      side.hear({ type: 'bitfield', release: OTHER, chunkCount: 3, bits: new Uint8Array(1) }),
      [],
    )
    side.hear({ type: 'bitfield', release: RELEASE, chunkCount: 3, bits: new Uint8Array(1) })
    assert.equal(side.closed?.violation, true)
  })

  test('PR-P12 what could not be decoded ends the link as a violation', () => {
    const side = taker()
    side.step({ type: 'violation', detail: 'unknown type 77' })
    assert.deepEqual(side.closed, { type: 'close', reason: 'unknown type 77', violation: true })
  })
})
