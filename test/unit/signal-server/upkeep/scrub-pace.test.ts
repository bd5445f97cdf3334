import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MIB } from '../../../../protocol/limits.ts'
import { busyPauseMs, SCRUB_PASS_MS, scrubPauseMs } from '../../../../signal-server/upkeep/scrub-pace.ts'
import { seededRandom } from '../../../support/virtual-time.ts'

const GIB = 1024 * MIB
const DAY_MS = 24 * 3600_000

/** How long a pass over so many chunks of so many bytes takes, where each read takes `tookMs`. */
const passMs = (chunks: number, bytes: number, tookMs: number) =>
  chunks * (tookMs + scrubPauseMs(bytes, tookMs, chunks * bytes))

test('a pass takes days, and is through before the next one begins', () => {
  for (const gib of [10, 100, 1000]) {
    const days = passMs(gib * 4096, MIB / 4, 5) / DAY_MS
    assert.ok(days > 5 && days < SCRUB_PASS_MS / DAY_MS, `${gib} GiB in ${days} days`)
  }
})

test('a small vault is through in hours, and one chunk waits ten minutes at most', () => {
  const ms = passMs(40, MIB / 4, 5)
  assert.ok(ms < DAY_MS / 2, `${ms}`)
  assert.equal(scrubPauseMs(0, 0, 0), 600_000)
})

test('never more than 4 MiB a second, however much there is', () => {
  const random = seededRandom(1)
  for (let round = 0; round < 200; round++) {
    const bytes = Math.ceil(random() * 4 * MIB)
    const tookMs = random() * 100
    const rate = bytes / ((tookMs + scrubPauseMs(bytes, tookMs, 10_000 * GIB)) / 1000)
    assert.ok(rate <= 4 * MIB + 1, `${rate}`)
  }
})

test('where reading is slow because others need the disk, it takes a tenth of the time at most', () => {
  assert.ok(Math.abs(busyPauseMs(1000) - 9000) < 1)
  assert.ok(scrubPauseMs(1, 5000, 10_000 * GIB) >= 44_999)
})
