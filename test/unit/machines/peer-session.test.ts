/** Both sides of a peer link: two sessions over a line that the test holds in its hand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isIdle } from '../../../client/machines/peer-session/state.ts'
import type { PeerMessage } from '../../../protocol/peer/messages.ts'
import {
  HELLO,
  interest,
  OTHER,
  RELEASE,
  request,
  SIZES,
  Side,
  share,
  slice,
  store,
  taker,
} from './peer-session-driver.ts'

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
