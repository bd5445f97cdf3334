/** The server's time on a device: errors, better and worse samples, clocks that are set. No wall clock is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sampleClock, serverTimeAt } from '../../../client/machines/server-clock.ts'

test('the offset is taken at the middle of the round trip, with half of it as the error', () => {
  const clock = sampleClock(null, 1_000, 1_300, 5_000_000)
  assert.deepEqual(clock, { offsetMs: 5_000_000 - 1_150, errorMs: 150, sampledAt: 1_300 })
  assert.equal(serverTimeAt(clock, 2_000), 5_000_850)
  assert.equal(serverTimeAt(null, 2_000), null)
})

test('the true time lies within the error, however the round trip is split between there and back', () => {
  const delay = fc.nat(5_000)
  fc.assert(
    fc.property(delay, delay, fc.nat(2 ** 40), (thereMs, backMs, trueOffsetMs) => {
      const sentAt = 77
      const clock = sampleClock(null, sentAt, sentAt + thereMs + backMs, sentAt + thereMs + trueOffsetMs)
      assert.ok(Math.abs(clock.offsetMs - trueOffsetMs) <= clock.errorMs + 1e-6)
    }),
  )
})

test('a worse sample that agrees is not taken; a better one is', () => {
  const good = sampleClock(null, 0, 10, 100_005)
  assert.equal(sampleClock(good, 1_000, 1_400, 101_250), good)
  const better = sampleClock(good, 1_000, 1_002, 101_001)
  assert.equal(better.sampledAt, 1_002)
})

test('an old sample is worth less: monotonic clocks drift', () => {
  const good = sampleClock(null, 0, 10, 100_005)
  const later = sampleClock(good, 3_600_000, 3_600_100, 3_700_050)
  assert.equal(later.sampledAt, 3_600_100)
})

test('a server whose clock was set is believed at once, however good the old sample was', () => {
  const good = sampleClock(null, 0, 2, 100_001)
  const set = sampleClock(good, 1_000, 1_500, 9_000_000)
  assert.equal(set.offsetMs, 9_000_000 - 1_250)
})
