/** How puts share transactions, and what becomes of them when one fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createWriteBatcher,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
} from '../../client/adapters/browser/write-batcher.ts'

const record = (key: string, sizeBytes = 1) => ({ key, bytes: new Uint8Array(sizeBytes) })

test('puts made during a transaction share the next one, within both bounds', async () => {
  const batches: number[] = []
  let release = () => {}
  const put = createWriteBatcher(async entries => {
    batches.push(entries.length)
    if (batches.length === 1) await new Promise<void>(resolve => (release = resolve))
  })
  const first = put(record('first'))
  await new Promise(setImmediate)
  const small = Array.from({ length: MAX_BATCH_RECORDS + 3 }, (_, index) => put(record(`s${index}`)))
  const large = [0, 1, 2].map(index => put(record(`l${index}`, MAX_BATCH_BYTES / 2)))
  release()
  const results = await Promise.all([first, ...small, ...large])
  assert.ok(results.every(result => result.ok))
  assert.deepEqual(batches, [1, MAX_BATCH_RECORDS, 4, 2])
})

test('only what does not fit is refused when the disk is full', async () => {
  let freeBytes = 10
  const put = createWriteBatcher(async entries => {
    const wanted = entries.reduce((sum, entry) => sum + entry.bytes.byteLength, 0)
    if (wanted > freeBytes) throw new DOMException('full', 'QuotaExceededError')
    freeBytes -= wanted
  })
  const results = await Promise.all([put(record('a', 6)), put(record('b', 6)), put(record('c', 4))])
  assert.deepEqual(
    results.map(result => (result.ok ? 'ok' : result.reason)),
    ['ok', 'quota', 'ok'],
  )
})

test('a failure that is not the quota is told as such, and later puts are tried', async () => {
  let broken = true
  const put = createWriteBatcher(async () => {
    if (broken) throw new Error('the disk went away')
  })
  assert.deepEqual(await put(record('a')), { ok: false, reason: 'failed', message: 'the disk went away' })
  broken = false
  assert.deepEqual(await put(record('a')), { ok: true })
})
