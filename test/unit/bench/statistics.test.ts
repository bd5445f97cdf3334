import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTurns, median, quantile, ratiosWithinRounds } from '../../../bench/support/statistics.ts'
import { figure, table } from '../../../bench/support/table.ts'

test('the median of an even number of values lies between the middle two, whatever their order', () => {
  assert.equal(median([9, 1, 3, 7]), 5)
  assert.equal(median([10, 9, 100]), 10)
})

test('a quantile lies between its neighbours in proportion', () => {
  assert.equal(quantile([0, 10], 0.99), 9.9)
  assert.equal(quantile([5], 0.99), 5)
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('ratios compare what was measured in the same round, and rounds that do not match are no ratios', () => {
  assert.deepEqual(ratiosWithinRounds([10, 40], [20, 20]), [0.5, 2])
  assert.throws(() => ratiosWithinRounds([1], [1, 2]), RangeError)
})

test('candidates run in turns, each round beginning with another', async () => {
  const order: string[] = []
  const candidate = (name: string) => async (round: number) => {
    order.push(name)
    return `${name}${round}`
  }
  const results = await inTurns(2, { a: candidate('a'), b: candidate('b') })
  assert.deepEqual(order, ['a', 'b', 'b', 'a'])
  assert.deepEqual(results, { a: ['a0', 'a1'], b: ['b0', 'b1'] })
})

test('a table is Markdown with its numbers to the right', () => {
  const text = table([
    ['what', 'MB/s'],
    ['one', '7.5'],
    ['another', '12'],
  ])
  assert.equal(text, '| what    | MB/s |\n| ------- | ---: |\n| one     |  7.5 |\n| another |   12 |')
})

test('figures have the digits that mean something', () => {
  assert.deepEqual([1234.56, 12.345, 0.012345, Number.NaN].map(figure), ['1235', '12.3', '0.0123', '–'])
})
