import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkBytes } from '../../../client/content/verified-chunks.ts'
import { createMendedChunks } from '../../../client/kiosk-page/worker/mended-chunks.ts'

const chunk = { digest: 'a'.repeat(64), sizeBytes: 3 }
const good: ChunkBytes = { ok: true, bytes: new Uint8Array(3) }
const bad: ChunkBytes = { ok: false, reason: 'rotten', digest: chunk.digest }

function stage(goodAfterMs: number, isConnected: boolean) {
  let clockMs = 0
  let reports = 0
  const read = createMendedChunks(async () => (clockMs >= goodAfterMs ? good : bad), {
    reportLost: async () => {
      reports++
      return isConnected
    },
    delay: async ms => {
      clockMs += ms
    },
  })
  return { read, clockMs: () => clockMs, reports: () => reports }
}

test('a sound chunk is given at once and nothing is told', async () => {
  const { read, clockMs, reports } = stage(0, true)
  assert.equal(await read(chunk), good)
  assert.deepEqual([clockMs(), reports()], [0, 0])
})

test('a lost chunk is told once and waited for while the kiosk is connected', async () => {
  const { read, clockMs, reports } = stage(3_000, true)
  assert.deepEqual(await Promise.all([read(chunk), read(chunk)]), [good, good])
  assert.equal(reports(), 1)
  assert.ok(clockMs() >= 3_000 && clockMs() < 5_000, `${clockMs()}`)
})

test('without a connection there is nothing to wait for', async () => {
  const { read, clockMs } = stage(3_000, false)
  assert.equal(await read(chunk), bad)
  assert.equal(clockMs(), 0)
})

test('the wait ends, and the next reader tells it again', async () => {
  const { read, clockMs, reports } = stage(Number.POSITIVE_INFINITY, true)
  assert.equal(await read(chunk), bad)
  assert.ok(clockMs() >= 20_000 && clockMs() < 22_000, `${clockMs()}`)
  await read(chunk)
  assert.equal(reports(), 2)
})
