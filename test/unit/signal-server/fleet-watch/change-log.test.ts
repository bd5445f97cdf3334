/** What changed after a number: once each, in order, in parts, and honest about what is forgotten. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChangeLog } from '../../../../signal-server/fleet-watch/change-log.ts'

function logOf(...keys: string[]): ChangeLog {
  const log = new ChangeLog()
  for (const key of keys) log.add(key)
  return log
}

function after(log: ChangeLog, number: number, limit = 100): [string[], number] | null {
  const news = log.after(number, limit)
  return news && [[...news.keys], news.upTo]
}

test('whoever knows a number learns what came after it, each key once', () => {
  const log = logOf('a', 'b', 'a', 'c')
  assert.deepEqual(after(log, 0), [['a', 'b', 'c'], 4])
  assert.deepEqual(after(log, 2), [['a', 'c'], 4])
  assert.deepEqual(after(log, 4), [[], 4])
})

test('a limit cuts between keys, and the rest follows from where it ended', () => {
  const log = logOf('a', 'b', 'a', 'c', 'c')
  assert.deepEqual(after(log, 0, 2), [['a', 'b'], 3])
  assert.deepEqual(after(log, 3, 2), [['c'], 5])
})

test('numbers that were never given, or are forgotten, are not answered', () => {
  const log = logOf('a')
  assert.equal(after(log, 2), null)
  assert.equal(after(log, -1), null)
  for (let n = 0; n < 100_000; n++) log.add(`k${n % 10}`)
  assert.equal(log.last, 100_001)
  assert.equal(after(log, 1), null)
  assert.deepEqual(after(log, 100_000), [['k9'], 100_001])
  assert.equal(log.after(90_000, 100)?.keys.size, 10)
})
