/** Rate and remaining time of a delivery: smooth, honest, and silent where nobody can know. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measure, rateOf } from '../../../client/kiosk-page/delivery-rate.ts'
import { formatAbout } from '../../../client/kiosk-page/format.ts'
import type { PackageStatus } from '../../../protocol/device-status.ts'

const status = (have: number, part: Partial<PackageStatus> = {}): PackageStatus =>
  ({
    phase: 'downloading',
    reason: 'fetching-from-stores',
    chunks: { have, total: 400 },
    bytes: { fromStores: have * 100_000, fromServer: 0, reused: 0 },
    ...part,
  }) as PackageStatus

/** One chunk every 100 ms, looked at `every` ms from `from` to `to`. */
function watch(from: number, to: number, every = 100, samples: ReturnType<typeof measure> = []) {
  let all = samples
  for (let at = from; at <= to; at += every) all = measure(all, status(at / 100), at)
  return all
}

test('nothing is said before there is enough to go by, then rate and time are right', () => {
  assert.deepEqual(rateOf(watch(0, 2_000), status(20), 2_000), { bytesPerS: null, remainingMs: null })
  const { bytesPerS, remainingMs } = rateOf(watch(0, 10_000), status(100), 10_000)
  assert.ok(bytesPerS !== null && Math.abs(bytesPerS - 1_000_000) < 60_000, String(bytesPerS))
  assert.ok(remainingMs !== null && Math.abs(remainingMs - 30_000) < 2_000, String(remainingMs))
})

test('a delivery that stops moving slows down, and in the end has no remaining time', () => {
  let samples = watch(0, 10_000)
  for (let at = 10_100; at <= 20_000; at += 100) samples = measure(samples, status(100), at)
  const { bytesPerS } = rateOf(samples, status(100), 20_000)
  assert.ok(bytesPerS !== null && bytesPerS < 600_000, String(bytesPerS))
  for (let at = 20_100; at <= 40_000; at += 100) samples = measure(samples, status(100), at)
  assert.deepEqual(rateOf(samples, status(100), 40_000), { bytesPerS: 0, remainingMs: null })
})

test('what was found on the disk, a pause and a new release do not count', () => {
  const samples = watch(0, 10_000)
  assert.deepEqual(measure(samples, status(200, { reason: 'checking-held-chunks' }), 10_100), [])
  assert.deepEqual(measure(samples, status(100, { phase: 'waiting', reason: 'windows-closed' }), 10_100), [])
  assert.equal(measure(samples, status(1), 10_100).length, 1)
})

test('few samples are kept, however often one looks', () => {
  assert.ok(watch(0, 60_000, 20).length <= 45)
})

test('an estimate is coarse', () => {
  const spans = [3_000, 12_000, 43_900, 100_000, 14.6 * 60_000, 130 * 60_000].map(formatAbout)
  assert.deepEqual(spans, [
    'a few seconds',
    'about 10 s',
    'about 45 s',
    'about 2 min',
    'about 15 min',
    'about 2 h',
  ])
})
