/** When a device is told to ask again for a patch that is not made yet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PatchPace } from '../../../../signal-server/publishing/patch-pace.ts'

test('before anything was made it goes by a guess: a second for a million bytes', () => {
  const pace = new PatchPace()
  pace.begin('a')
  pace.planned(30_000_000)
  assert.equal(pace.expectedInMs('a'), 30_000)
})

test('parts that are made shorten it, and tell how fast the next ones are', () => {
  const pace = new PatchPace()
  pace.begin('a')
  pace.planned(100_000_000)
  for (let part = 0; part < 10; part++) pace.partMade(4_000_000, 1_000)
  const expected = pace.expectedInMs('a')
  assert.ok(expected > 15_000 && expected < 20_000, `60 MB at 4 MB a second: ${expected}`)
  // One slow, small part is not the pace of the large ones.
  pace.partMade(10_000, 500)
  assert.ok(pace.expectedInMs('a') < expected * 1.3)
})

test('nobody asks again within a second, also when all is made but not yet written', () => {
  const pace = new PatchPace()
  pace.begin('a')
  assert.equal(pace.expectedInMs('a'), 1_000, 'not planned yet')
  pace.planned(4_000_000)
  pace.partMade(4_000_000, 1)
  assert.equal(pace.expectedInMs('a'), 1_000)
})

test('one that waits for its turn is asked for after the one that is being made', () => {
  const pace = new PatchPace()
  assert.equal(pace.expectedInMs('b'), 2_000, 'nothing is being made')
  pace.begin('a')
  pace.planned(30_000_000)
  assert.equal(pace.expectedInMs('b'), 31_000)
  pace.end()
  assert.equal(pace.expectedInMs('b'), 2_000)
  pace.begin('b')
  assert.equal(pace.expectedInMs('b'), 1_000, 'nothing of the one before is left')
})
