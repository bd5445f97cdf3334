/** When sessions that replace each other are those of two browsers with one key. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuplicateIdentities } from '../../../signal-server/fleet/duplicate-identities.ts'

const MINUTE = 60_000
const AB = ['192.0.2.1', '192.0.2.2'] as const
const BA = ['192.0.2.2', '192.0.2.1'] as const

test('four replacements within ten minutes are a duplicate, with both addresses and since when', () => {
  const identities = new DuplicateIdentities()
  assert.equal(identities.add('a', AB, MINUTE), false)
  assert.equal(identities.add('a', BA, 2 * MINUTE), false)
  assert.equal(identities.add('a', AB, 3 * MINUTE), false)
  assert.equal(identities.of('a'), null)
  assert.equal(identities.add('a', BA, 4 * MINUTE), true)
  assert.deepEqual(identities.of('a'), { addresses: BA, since: MINUTE })
  for (let minute = 5; minute < 100; minute++)
    assert.equal(identities.add('a', AB, minute * MINUTE), false, 'told once')
  assert.deepEqual(identities.of('a'), { addresses: AB, since: MINUTE })
  assert.equal(identities.of('b'), null)
})

test('now and then a session that is replaced is what one browser does by itself', () => {
  const identities = new DuplicateIdentities()
  for (let hour = 0; hour < 24; hour++)
    for (let count = 0; count < 3; count++)
      assert.equal(identities.add('a', AB, (hour * 60 + count) * MINUTE), false)
  assert.equal(identities.of('a'), null)
})

test('ten minutes without a replacement end it', () => {
  const identities = new DuplicateIdentities()
  for (let minute = 1; minute <= 4; minute++) identities.add('a', AB, minute * MINUTE)
  identities.add('b', AB, 4 * MINUTE)
  assert.deepEqual(identities.expire(13 * MINUTE), [])
  assert.deepEqual(identities.expire(14 * MINUTE), ['a'])
  assert.equal(identities.of('a'), null)
})
