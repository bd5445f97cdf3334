import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INTRODUCTION_LIFE_MS } from '../../../policy/device-budget.ts'
import type { PeerSignal } from '../../../protocol/signal/peer-signal.ts'
import { IntroductionBook } from '../../../signal-server/fleet/introduction-book.ts'

const NOW = 1_000_000
const offer = (text: string): PeerSignal => ({ type: 'offer', sdp: `v=0 ${text}` })

function bookWith(...pairs: readonly [id: string, asker: string, other: string][]): IntroductionBook {
  const book = new IntroductionBook()
  for (const [id, asker, other] of pairs) book.open(id, asker, other, NOW)
  return book
}

test('PR-S10 only the two ends reach one another', () => {
  const book = bookWith(['i', 'a', 'b'])
  assert.equal(book.otherEnd('i', 'a', NOW), 'b')
  assert.equal(book.otherEnd('i', 'b', NOW), 'a')
  assert.equal(book.otherEnd('i', 'c', NOW), null)
  assert.equal(book.otherEnd('j', 'a', NOW), null)
})

test('PR-S11 it ends when no signal passed for its life; a signal gives it a new one', () => {
  const book = bookWith(['i', 'a', 'b'])
  assert.equal(book.otherEnd('i', 'a', NOW + INTRODUCTION_LIFE_MS - 1), 'b')
  assert.equal(book.otherEnd('i', 'a', NOW + 2 * INTRODUCTION_LIFE_MS - 2), 'b')
  assert.equal(book.otherEnd('i', 'a', NOW + 3 * INTRODUCTION_LIFE_MS), null)
  book.expire(NOW + 3 * INTRODUCTION_LIFE_MS)
  assert.equal(book.size, 0)
  assert.deepEqual(book.counts('a', 'b'), { all: 0, asked: 0, between: 0 })
})

test('counts tell who asked and who is with whom', () => {
  const book = bookWith(['1', 'k', 's'], ['2', 'k', 't'], ['3', 'l', 's'], ['4', 's', 't'])
  assert.deepEqual(book.counts('s', 'k'), { all: 3, asked: 1, between: 1 })
  assert.deepEqual(book.counts('k', ''), { all: 2, asked: 2, between: 0 })
})

test('PR-S9 a forgotten device has no introductions, and neither has the other end with it', () => {
  const book = bookWith(['1', 'k', 's'], ['2', 'l', 's'])
  book.forget('k')
  assert.equal(book.otherEnd('1', 's', NOW), null)
  assert.equal(book.otherEnd('2', 's', NOW), 'l')
})

test('PR-S11 signals kept for an end come in order, once, and only the last of too many', () => {
  const book = bookWith(['i', 'a', 'b'])
  for (let sent = 0; sent < 40; sent++) book.keep('i', 'b', offer(String(sent)))
  book.keep('unknown', 'b', offer('x'))
  const taken = book.takeKept('b', NOW)
  assert.equal(taken.length, 32)
  assert.deepEqual(taken[0], { introductionId: 'i', from: 'a', signal: offer('8') })
  assert.deepEqual(book.takeKept('b', NOW), [])
  book.keep('i', 'b', offer('y'))
  assert.deepEqual(book.takeKept('b', NOW + INTRODUCTION_LIFE_MS), [])
})

test('PR-S11 what is kept for one end is bounded in length', () => {
  const book = bookWith(['i', 'a', 'b'])
  for (const letter of ['x', 'y', 'z']) book.keep('i', 'b', offer(letter.repeat(30_000)))
  assert.deepEqual(
    book.takeKept('b', NOW).map(({ signal }) => signal.type === 'offer' && signal.sdp.at(-1)),
    ['y', 'z'],
  )
})
