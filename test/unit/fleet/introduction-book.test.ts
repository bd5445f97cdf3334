import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  INTRODUCTION_LIFE_MS,
  MAX_DESCRIPTIONS,
  RELAYED_BYTES_PER_INTRODUCTION,
  UNANSWERED_INTRODUCTION_MS,
} from '../../../policy/device-budget.ts'
import type { PeerSignal } from '../../../protocol/signal/peer-signal.ts'
import { IntroductionBook } from '../../../signal-server/fleet/introduction-book.ts'

const NOW = 1_000_000
const offer = (text: string): PeerSignal => ({ type: 'offer', sdp: `v=0 ${text}` })
const CANDIDATE: PeerSignal = {
  type: 'candidate',
  candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
}

function bookWith(...pairs: readonly [id: string, asker: string, other: string][]): IntroductionBook {
  const book = new IntroductionBook()
  for (const [id, asker, other] of pairs) book.open(id, asker, other, NOW)
  return book
}

/** Who gets a candidate of `from`; null where it is dropped. */
const reached = (book: IntroductionBook, id: string, from: string, now = NOW) =>
  book.pass(id, from, CANDIDATE, 100, now)?.to ?? null

test('PR-S10 only the two ends reach one another', () => {
  const book = bookWith(['i', 'a', 'b'])
  assert.deepEqual(book.pass('i', 'a', CANDIDATE, 100, NOW), { to: 'b', from: 'asker' })
  assert.deepEqual(book.pass('i', 'b', CANDIDATE, 100, NOW), { to: 'a', from: 'other' })
  assert.equal(reached(book, 'i', 'c'), null)
  assert.equal(reached(book, 'j', 'a'), null)
})

test('PR-S11 once answered it ends when no signal passed for its life; a signal gives it a new one', () => {
  const book = bookWith(['i', 'a', 'b'])
  assert.equal(reached(book, 'i', 'b'), 'a')
  assert.equal(reached(book, 'i', 'a', NOW + INTRODUCTION_LIFE_MS - 1), 'b')
  assert.equal(reached(book, 'i', 'a', NOW + 2 * INTRODUCTION_LIFE_MS - 2), 'b')
  assert.equal(reached(book, 'i', 'a', NOW + 3 * INTRODUCTION_LIFE_MS), null)
  book.expire(NOW + 3 * INTRODUCTION_LIFE_MS)
  assert.equal(book.size, 0)
  assert.deepEqual(book.of('a'), [])
})

test('PR-S11 one that is not answered ends sooner, whatever its asker sends', () => {
  const book = bookWith(['i', 'a', 'b'])
  for (let at = NOW; at < NOW + UNANSWERED_INTRODUCTION_MS; at += 1000)
    assert.equal(reached(book, 'i', 'a', at), 'b')
  assert.equal(reached(book, 'i', 'a', NOW + UNANSWERED_INTRODUCTION_MS), null)
  assert.equal(reached(book, 'i', 'b', NOW + UNANSWERED_INTRODUCTION_MS), null)
  book.expire(NOW + UNANSWERED_INTRODUCTION_MS)
  assert.equal(book.size, 0)
})

test('PR-S11 the answer to a newer introduction of two devices ends the earlier ones of these two, and no others', () => {
  const book = bookWith(
    ['1', 'k', 's'],
    ['2', 'l', 's'],
    ['3', 'k', 't'],
    ['4', 's', 'k'],
    ['5', 'k', 's'],
    ['6', 'k', 's'],
  )
  assert.equal(reached(book, '5', 's'), 'k')
  assert.deepEqual(
    book.of('k').map(({ id }) => id),
    ['3', '4', '5', '6'],
  )
  assert.equal(reached(book, '2', 's'), 'l')
})

test('PR-S11 an introduction ends when one end has sent more than it may cost, in bytes or in offers', () => {
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const large = bookWith(['i', 'a', 'b'])
    assert.equal(large.pass('i', from, CANDIDATE, RELAYED_BYTES_PER_INTRODUCTION, NOW)?.to, to)
    assert.equal(reached(large, 'i', to), from, 'the other end has its own')
    assert.equal(reached(large, 'i', from), null)
    assert.equal(large.size, 0)

    const many = bookWith(['i', 'a', 'b'])
    for (let sent = 0; sent < MAX_DESCRIPTIONS; sent++)
      assert.equal(many.pass('i', from, offer(''), 10, NOW)?.to, to)
    assert.equal(many.pass('i', from, offer(''), 10, NOW), null)
    assert.equal(many.size, 0)
  }
})

test('the introductions of a device are those with it, and those it asked for are counted', () => {
  const book = bookWith(['1', 'k', 's'], ['2', 'k', 't'], ['3', 'l', 's'], ['4', 's', 't'])
  assert.deepEqual(
    book.of('s').map(({ id }) => id),
    ['1', '3', '4'],
  )
  assert.equal(book.askedBy('s'), 1)
  assert.equal(book.askedBy('k'), 2)
  book.end('1')
  assert.equal(book.askedBy('k'), 1)
})

test('PR-S9 a forgotten device has no introductions, and neither has the other end with it', () => {
  const book = bookWith(['1', 'k', 's'], ['2', 'l', 's'])
  book.forget('k')
  assert.equal(reached(book, '1', 's'), null)
  assert.equal(reached(book, '2', 's'), 'l')
})

test('PR-S11 signals kept for an end come in order, once, and only the last of too many', () => {
  const book = bookWith(['i', 'a', 'b'])
  for (let sent = 0; sent < 40; sent++) book.keep('i', 'b', offer(String(sent)), 100)
  book.keep('unknown', 'b', offer('x'), 100)
  const taken = book.takeKept('b', NOW)
  assert.equal(taken.length, 32)
  assert.deepEqual(taken[0], { introductionId: 'i', from: 'a', signal: offer('8') })
  assert.deepEqual(book.takeKept('b', NOW), [])
  book.keep('i', 'b', offer('y'), 100)
  assert.deepEqual(book.takeKept('b', NOW + INTRODUCTION_LIFE_MS), [])
})

test('PR-S11 what is kept for one end is bounded in bytes', () => {
  const book = bookWith(['i', 'a', 'b'])
  for (const letter of ['x', 'y', 'z']) book.keep('i', 'b', offer(letter.repeat(10_000)), 30_000)
  assert.deepEqual(
    book.takeKept('b', NOW).map(({ signal }) => signal.type === 'offer' && signal.sdp.at(-1)),
    ['y', 'z'],
  )
})
