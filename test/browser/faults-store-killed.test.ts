/** The store's browser dies in the middle of a transfer; the kiosks go on with what they have. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assertAllHeldChunksAreRight, heldChunks, sumBytes } from '../support/held-chunks.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, isInTheMiddle, startTestSite, until } from '../support/test-site.ts'

const STORE_BYTES_PER_SECOND = 4_000_000

after(() => assertNothingLeaks())

test('W5 the store is killed in the middle: the kiosks finish from the origin and nothing verified travels twice', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 16_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  const store = await site.openOnline({
    role: 'store',
    downloadBytesPerSecond: STORE_BYTES_PER_SECOND,
  })
  const kiosks = await Promise.all([1, 2].map(() => site.openOnline({ role: 'kiosk' })))
  await assignPackages(site, 'lobby')

  await until('every kiosk is in the middle', async () => {
    const found = await Promise.all(kiosks.map(kiosk => kiosk.package()))
    return found.every(status => status !== null && isInTheMiddle(status))
  })
  const heldBefore = await Promise.all(kiosks.map(kiosk => heldChunks(kiosk.browser.page)))
  await store.kill()

  await Promise.all(kiosks.map(kiosk => kiosk.untilRuns(1, 'App 1')))
  for (const [index, kiosk] of kiosks.entries()) {
    const held = heldBefore[index] ?? new Map<string, number>()
    const { bytes } = (await kiosk.package()) ?? {}
    assert.ok(bytes)
    // Slices of a chunk that never became whole are not counted: the rest is the release, once.
    assert.equal(bytes.fromStores + bytes.fromServer, encodedBytes)
    assert.equal(bytes.reused, 0)
    assert.ok(bytes.fromStores >= sumBytes(held.values()), 'what was held came from the store')
    assert.ok(bytes.fromServer > 0, 'the rest came from the origin')
    const asked = kiosk.chunksAskedOfOrigin()
    assert.equal(new Set(asked).size, asked.length, 'no chunk was asked for twice')
    assert.deepEqual(
      asked.filter(digest => held.has(digest)),
      [],
      'nothing that was held was asked for',
    )
    const all = await heldChunks(kiosk.browser.page)
    assert.equal(sumBytes(asked.map(digest => all.get(digest) ?? 0)), bytes.fromServer)
    await assertAllHeldChunksAreRight(kiosk.browser.page)
  }
})
