/** A store whose chunks arrive wrong: nothing of them is kept or passed on, and whoever they came from is named. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { wrongChunks } from '../support/faulty-links.ts'
import { assertAllHeldChunksAreRight, heldChunks, sumBytes } from '../support/held-chunks.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

/** Chunks 23, 47, 71 … of about 100. */
const WRONG_EVERY = 24
const FAR_MS = 3_600_000

after(() => assertNothingLeaks())

async function startShop(t: TestContext) {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 12_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const store = await site.open({ role: 'store', initScript: wrongChunks(WRONG_EVERY) })
  await store.untilRuns(1, 'App 1')
  return { site, store, encodedBytes }
}

async function idOf(device: TestDevice): Promise<string> {
  return (await device.untilOnline()).deviceId
}

/** Waits until the server knows of a wrong chunk that `device` got from `store`. */
async function untilReported(site: TestSite, device: TestDevice, store: TestDevice): Promise<void> {
  const [deviceId, storeId] = [await idOf(device), await idOf(store)]
  const event = await until('the wrong chunk is reported', async () => {
    const response = await site.api(`api/devices/${deviceId}`)
    const { events } = (await response.json()) as {
      events: { kind: string; peer?: string; package?: string }[]
    }
    return events.find(({ kind }) => kind === 'bad-chunk')
  })
  assert.equal(event.peer, storeId)
  assert.equal(event.package, 'lobby')
}

async function linksTo(device: TestDevice, store: TestDevice): Promise<number> {
  const storeId = await idOf(store)
  const { peers } = await device.untilOnline()
  return peers.filter(({ deviceId }) => deviceId === storeId).length
}

test('PR-P10 a wrong chunk from a store is not kept, the store is dropped and reported, and the origin gives the rest', async t => {
  const { site, store, encodedBytes } = await startShop(t)
  const kiosk = await site.open({ role: 'kiosk' })
  const { bytes } = await kiosk.untilRuns(1, 'App 1')

  await untilReported(site, kiosk, store)
  assert.equal(await linksTo(kiosk, store), 0, 'the store is dropped')
  await assertAllHeldChunksAreRight(kiosk.browser.page)
  const asked = kiosk.chunksAskedOfOrigin()
  assert.equal(new Set(asked).size, asked.length, 'no chunk was asked for twice')
  const held = await heldChunks(kiosk.browser.page)
  assert.equal(sumBytes(held.values()), encodedBytes)
  assert.equal(sumBytes(asked.map(digest => held.get(digest) ?? 0)), bytes.fromServer)
  assert.ok(asked.length < held.size, 'right chunks that came before the wrong one were kept')
})

test('PR-P10 W4 while the server is closed a kiosk that got a wrong chunk waits, and finishes when it opens', async t => {
  const { site, store, encodedBytes } = await startShop(t)
  await site.windows({ enforce: new Date(Date.now() + FAR_MS).toISOString() })
  const kiosk = await site.open({ role: 'kiosk' })
  await untilReported(site, kiosk, store)
  const waiting = await kiosk.untilPackage('the kiosk waits', ({ phase }) => phase === 'waiting')
  assert.equal(waiting.reason, 'stores-not-answering')
  assert.equal(waiting.decision.server, 'closed')
  assert.equal(await linksTo(kiosk, store), 0, 'the store is dropped')
  const held = await assertAllHeldChunksAreRight(kiosk.browser.page)
  assert.equal(held.size, waiting.chunks.have)
  assert.ok(held.size < waiting.chunks.total)
  assert.deepEqual(kiosk.chunkRequests, [])

  await site.windows({ enforce: 'off' })
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(
    kiosk.chunksAskedOfOrigin().filter(digest => held.has(digest)),
    [],
    'nothing that was held was asked for',
  )
  const keptBytes = encodedBytes - bytes.fromServer
  assert.ok(keptBytes <= bytes.fromStores)
  await assertAllHeldChunksAreRight(kiosk.browser.page)
})

test('PR-P10 W9 a store that got wrong chunks from another one serves none of them', async t => {
  const { site, store: liar, encodedBytes } = await startShop(t)
  const store = await site.open({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  await untilReported(site, store, liar)
  await assertAllHeldChunksAreRight(store.browser.page)
  await liar.kill()

  await site.windows({ enforce: new Date(Date.now() + FAR_MS).toISOString() })
  const kiosk = await site.open({ role: 'kiosk' })
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
  await assertAllHeldChunksAreRight(kiosk.browser.page)
})
