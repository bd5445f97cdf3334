/** An update travels as a patch: once over the uplink, from the store to the kiosks, and never at the cost of the update. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assertAllHeldChunksAreRight } from '../support/held-chunks.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestSite, until } from '../support/test-site.ts'

const WEIGHT_BYTES = 3_000_000
const FAR_MS = 3_600_000

after(() => assertNothingLeaks())

/** Release `number`: the same weight with other bytes at a few places. */
async function publishNumber(site: TestSite, number: number) {
  const directory = await writeTestPackage(join(site.root, `v${number}`), { title: `App ${number}` })
  const weight = Buffer.from(seededBytes(1, WEIGHT_BYTES))
  for (let at = 100_000; at < WEIGHT_BYTES; at += 400_000) weight.write(`release ${number}`, at)
  await writeFile(join(directory, 'weight.bin'), weight)
  return await site.publish(directory, `${number}.0`)
}

/** What the update to `release` costs, once the server knows. */
async function untilPatched(site: TestSite, release: number) {
  return await until('the patch is made', async () => {
    const view = await (await site.api('api/packages/lobby')).json()
    const { updates } = (view as { releases: { release: number; updates: UpdateView[] }[] }).releases.find(
      candidate => candidate.release === release,
    ) ?? { updates: [] }
    return updates[0]
  })
}
type UpdateView = { readonly fromRelease: number; readonly bytes: number; readonly chunkBytes: number }

async function startShop(t: TestContext) {
  const site = await startTestSite(t)
  await publishNumber(site, 1)
  await assignPackages(site, 'lobby')
  return site
}

/** Each part travels with the byte that names its encoding. */
function assertIsPatch(bytes: number, update: UpdateView): void {
  assert.ok(bytes >= update.bytes && bytes <= update.bytes + 16, `${bytes} of ${update.bytes}`)
  assert.ok(bytes * 50 < update.chunkBytes, `${bytes} instead of ${update.chunkBytes}`)
}

test('PR-D7 an update is fetched as a patch: once from the origin by the store, and by the kiosks from the store', async t => {
  const site = await startShop(t)
  const store = await site.openOnline({ role: 'store' })
  const kiosks = await Promise.all([1, 2].map(() => site.open({ role: 'kiosk' })))
  const devices = [store, ...kiosks]
  await Promise.all(devices.map(device => device.untilRuns(1, 'App 1')))
  const before = await site.originBytes()

  const { newEncodedBytes } = await publishNumber(site, 2)
  await Promise.all(devices.map(device => device.untilRuns(2, 'App 2')))
  const update = await untilPatched(site, 2)
  assert.equal(update.chunkBytes, newEncodedBytes)
  assertIsPatch((await site.originBytes()) - before, update)
  for (const kiosk of kiosks) {
    const { bytes } = (await kiosk.package()) ?? {}
    assert.equal(bytes?.fromServer, 0)
    assertIsPatch(bytes?.fromStores ?? 0, update)
    await assertAllHeldChunksAreRight(kiosk.browser.page)
  }
  assertIsPatch((await store.package())?.bytes.fromServer ?? 0, update)
})

test('PR-D8 a patch whose dictionary is gone from the disk is replaced by chunks', async t => {
  const site = await startShop(t)
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  // While the server is closed the patch is waited for; then somebody clears the chunks.
  await site.windows({ enforce: new Date(Date.now() + FAR_MS).toISOString() })
  const { newEncodedBytes } = await publishNumber(site, 2)
  await untilPatched(site, 2)
  await kiosk.untilPackage(
    'it waits',
    ({ phase, reason }) => phase === 'waiting' && reason === 'no-store-online',
  )
  await kiosk.browser.page.evaluate(async () => {
    const open = indexedDB.open('larder-chunks')
    await new Promise(resolve => {
      open.onsuccess = resolve
    })
    const [name] = open.result.objectStoreNames
    const clearing = open.result
      .transaction(name as string, 'readwrite')
      .objectStore(name as string)
      .clear()
    await new Promise(resolve => {
      clearing.onsuccess = resolve
    })
    open.result.close()
  })
  await site.windows({ enforce: 'off' })
  const { bytes } = await kiosk.untilRuns(2, 'App 2')
  assert.ok(bytes.fromServer >= newEncodedBytes, `${bytes.fromServer} of ${newEncodedBytes}`)
  await assertAllHeldChunksAreRight(kiosk.browser.page)
})

test('PR-D8 a part that the origin sends wrong is not used; the chunks are fetched instead', async t => {
  const site = await startShop(t)
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  await site.windows({ enforce: new Date(Date.now() + FAR_MS).toISOString() })
  const { newEncodedBytes, digest } = await publishNumber(site, 2)
  await untilPatched(site, 2)
  await kiosk.untilPackage(
    'it waits',
    ({ phase, reason }) => phase === 'waiting' && reason === 'no-store-online',
  )
  const manifest = await (await fetch(new URL(`../releases/${digest}/manifest`, site.server.kioskUrl))).json()
  const isChunk = new Set(manifest.manifest.chunks.map((chunk: { digest: string }) => chunk.digest))
  let spoilt = 0
  await kiosk.browser.page.route(/\/releases\/[0-9a-f]+\/chunks\//, async route => {
    if (isChunk.has(new URL(route.request().url()).pathname.split('/').at(-1))) return route.continue()
    spoilt++
    return route.fulfill({ body: Buffer.alloc(500), contentType: 'application/octet-stream' })
  })
  await site.windows({ enforce: 'off' })
  const { bytes } = await kiosk.untilRuns(2, 'App 2')
  assert.ok(spoilt > 0, 'a part was asked for')
  assert.ok(bytes.fromServer >= newEncodedBytes, `${bytes.fromServer} of ${newEncodedBytes}`)
  await assertAllHeldChunksAreRight(kiosk.browser.page)
})

test('PR-D7 W4 windows that open while the patch is still being asked for hold for its parts', async t => {
  const site = await startShop(t)
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  await site.windows({ enforce: new Date(Date.now() + FAR_MS).toISOString() })
  const opened = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  await kiosk.browser.page.route(/\/patches\/[0-9a-f]+$/, async route => {
    asked.resolve()
    await opened.promise
    await route.continue()
  })
  await publishNumber(site, 2)
  const update = await untilPatched(site, 2)
  await asked.promise
  await site.windows({ enforce: 'off' })
  await kiosk.untilPackage('it knows of the open server', ({ decision }) => decision.server === 'open')
  opened.resolve()
  const { bytes } = await kiosk.untilRuns(2, 'App 2')
  assertIsPatch(bytes.fromServer, update)
})
