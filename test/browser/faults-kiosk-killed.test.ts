/** A kiosk's browser dies in the middle of a transfer and comes back on the same profile. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { slowLan } from '../support/faulty-links.ts'
import { assertAllHeldChunksAreRight, heldChunks, sumBytes } from '../support/held-chunks.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, isInTheMiddle, startTestSite, type TestDevice } from '../support/test-site.ts'

const BYTES_PER_SECOND = 3_000_000
/** What may have been on its way: asked of a store, or received and not yet on the disk (`pipelineBytes`). */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024
/** Control frames and the headers of chunk frames on a link. */
const LINK_OVERHEAD_BYTES = 64 * 1024

after(() => assertNothingLeaks())

/** Byte counts as they are on the disk, and the chunks that are: what a kill at this moment must not lose. */
async function onDisk(kiosk: TestDevice) {
  const { page } = kiosk.browser
  const traffic = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('larder-records')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const value = await new Promise<unknown>((resolve, reject) => {
      const request = database.transaction('keyval').objectStore('keyval').get('traffic:lobby')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    database.close()
    return value as { fromStores: number; fromServer: number; reused: number } | undefined
  })
  assert.ok(traffic, 'the byte counts are on the disk')
  return { traffic, held: await heldChunks(page) }
}

test('a kiosk fed by a store is killed in the middle and goes on where it was', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 16_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const store = await site.open({ role: 'store', initScript: slowLan(BYTES_PER_SECOND) })
  await store.untilRuns(1, 'App 1')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilPackage('the kiosk is in the middle', isInTheMiddle)
  const before = await onDisk(kiosk)
  await kiosk.kill()

  await kiosk.start()
  const back = await kiosk.untilPackage('the kiosk knows what it holds', ({ chunks }) => chunks.have > 0)
  assert.ok(
    back.chunks.have >= before.held.size,
    `${back.chunks.have} of ${before.held.size} are still there`,
  )
  assert.ok(back.bytes.fromStores >= before.traffic.fromStores, 'the byte counts survive')
  assert.equal(back.bytes.reused, 0)

  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual([bytes.fromServer, bytes.reused, kiosk.chunkRequests], [0, 0, []])
  assert.ok(
    bytes.fromStores >=
      before.traffic.fromStores + (encodedBytes - sumBytes(before.held.values())) - IN_FLIGHT_BYTES,
  )
  assert.ok(bytes.fromStores <= encodedBytes + IN_FLIGHT_BYTES)
  // The link of the second life carried what was missing and nothing that was on the disk.
  const [link] = (await kiosk.status())?.peers ?? []
  const missingBytes = encodedBytes - sumBytes(before.held.values())
  assert.ok(
    link !== undefined && link.bytesIn <= missingBytes + LINK_OVERHEAD_BYTES,
    `${link?.bytesIn} for ${missingBytes}`,
  )
  assert.equal((await assertAllHeldChunksAreRight(kiosk.browser.page)).size, back.chunks.total)
})

test('a kiosk fed by the origin is killed in the middle and asks for nothing that it holds', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 12_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk', downloadBytesPerSecond: BYTES_PER_SECOND })
  await kiosk.untilPackage('the kiosk is in the middle', isInTheMiddle)
  const before = await onDisk(kiosk)
  await kiosk.kill()
  const askedBefore = kiosk.chunksAskedOfOrigin().length

  await kiosk.start()
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  const asked = kiosk.chunksAskedOfOrigin().slice(askedBefore)
  assert.deepEqual(
    asked.filter(digest => before.held.has(digest)),
    [],
    'nothing that was held was asked for',
  )
  assert.equal(new Set(asked).size, asked.length, 'no chunk was asked for twice')
  const all = await heldChunks(kiosk.browser.page)
  const travelledAgain = sumBytes(asked.map(digest => all.get(digest) ?? 0))
  assert.ok(bytes.fromServer >= before.traffic.fromServer + travelledAgain, 'the byte counts survive')
  assert.ok(bytes.fromServer <= encodedBytes + IN_FLIGHT_BYTES)
  assert.deepEqual([bytes.fromStores, bytes.reused], [0, 0])
  await assertAllHeldChunksAreRight(kiosk.browser.page)
})
