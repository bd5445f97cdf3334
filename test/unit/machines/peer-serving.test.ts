/** The serving side of a peer link: what is offered, whose turn it is, and what the windows allow. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isIdle } from '../../../client/machines/peer-session/state.ts'
import { peerSessionWakeAt } from '../../../client/machines/peer-session/step.ts'
import { MAX_INTERESTS_PER_LINK } from '../../../protocol/limits.ts'
import { bitfieldHas } from '../../../protocol/peer/bitfield.ts'
import { interest, OPEN, OTHER, RELEASE, request, SIZES, Side, share, store } from './peer-session-driver.ts'

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
