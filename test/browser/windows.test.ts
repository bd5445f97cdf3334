/** The windows, acted on in browsers: each documented row with bounds a few seconds away. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

/** Far enough for a browser to start before it; the tests never depend on how far. */
const SOON_MS = 8_000
const FAR_MS = 3_600_000

after(() => assertNothingLeaks())

const instantIn = (ms: number) => new Date(Date.now() + ms).toISOString()

async function startShop(t: TestContext, windows: { only?: string; enforce?: string }) {
  const site = await startTestSite(t)
  const directory = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 1_500_000 })
  const published = await site.publish(directory, '1.0.0')
  await assignPackages(site, 'lobby')
  await site.windows(windows)
  return { site, encodedBytes: published.encodedBytes }
}

async function openFullStore(site: TestSite): Promise<TestDevice> {
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  return store
}

/** Peers of every status the page reports from now on; the page notes them itself, so that none is missed. */
async function notePeers(device: TestDevice): Promise<() => Promise<string[]>> {
  await device.browser.page.evaluate(() => {
    const page = globalThis as unknown as {
      seenPeers: Set<string>
      larder: { subscribe(listener: (status: { peers: { deviceId: string }[] }) => void): void }
    }
    page.seenPeers = new Set()
    page.larder.subscribe(status => {
      for (const peer of status.peers) page.seenPeers.add(peer.deviceId)
    })
  })
  return () =>
    device.browser.page.evaluate(() => [...(globalThis as unknown as { seenPeers: Set<string> }).seenPeers])
}

test('W3 W4 before “only to proxies” alone, a kiosk goes to the server and contacts no store', async t => {
  const { site, encodedBytes } = await startShop(t, { only: instantIn(FAR_MS) })
  const store = await openFullStore(site)
  const peersOfStore = await notePeers(store)
  const kiosk = await site.open({ role: 'kiosk' })
  const status = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(status.bytes, { fromStores: 0, fromServer: encodedBytes, reused: 0 })
  assert.equal(status.decision.stores, 'closed')
  assert.deepEqual(await peersOfStore(), [])
  assert.equal(await site.originBytes(), 2 * encodedBytes)
})

test('W6 W7 before both bounds a kiosk waits, says until when, and starts by itself at the boundary', async t => {
  const { site, encodedBytes } = await startShop(t, { only: instantIn(FAR_MS), enforce: instantIn(FAR_MS) })
  await openFullStore(site)
  const kiosk = await site.openOnline({ role: 'kiosk' })
  await kiosk.untilPackage('it waits', status => status.reason === 'windows-closed')
  const boundary = instantIn(SOON_MS)
  await site.windows({ only: boundary, enforce: boundary })
  const waiting = await kiosk.untilPackage(
    'it knows the boundary',
    status => status.decision.nextChangeAt === boundary,
  )
  assert.equal(waiting.phase, 'waiting')
  assert.deepEqual(waiting.decision, { stores: 'closed', server: 'closed', nextChangeAt: boundary })
  assert.match(
    waiting.detail,
    /^waiting: stores and server open at \d\d:\d\d(:\d\d)? \(Europe\/Berlin\), in /,
  )
  await kiosk.browser.page
    .getByText(/stores and server open at \d\d:\d\d/i)
    .first()
    .waitFor()
  assert.deepEqual(waiting.bytes, { fromStores: 0, fromServer: 0, reused: 0 })

  await kiosk.untilPackage('it starts', status => status.phase !== 'waiting')
  assert.ok(Date.now() >= Date.parse(boundary), 'not before the boundary')
  const status = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(status.bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
  assert.equal(await site.originBytes(), encodedBytes)
})

test('W3 W4 between the bounds: stores only, and with no store online it waits and takes nothing from the origin', async t => {
  const { site, encodedBytes } = await startShop(t, { enforce: instantIn(FAR_MS) })
  const kiosk = await site.openOnline({ role: 'kiosk' })
  const waiting = await kiosk.untilPackage(
    'it waits for a store',
    status => status.reason === 'no-store-online',
  )
  assert.equal(waiting.phase, 'waiting')
  assert.equal(waiting.decision.stores, 'open')
  assert.equal(waiting.decision.server, 'closed')
  assert.match(waiting.detail, /no store is online; the server opens/)
  assert.equal(await site.originBytes(), 0)

  await site.open({ role: 'store' })
  const status = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(status.bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
  assert.deepEqual(kiosk.chunkRequests, [])
  assert.equal(await site.originBytes(), encodedBytes)
})

test('W6 with no store online, the server is used by itself from the moment its window opens', async t => {
  const { site, encodedBytes } = await startShop(t, { enforce: instantIn(FAR_MS) })
  const kiosk = await site.openOnline({ role: 'kiosk' })
  await kiosk.untilPackage('it waits for a store', status => status.reason === 'no-store-online')
  const boundary = instantIn(SOON_MS)
  await site.windows({ enforce: boundary })
  const status = await kiosk.untilRuns(1, 'App 1')
  assert.ok(Date.now() >= Date.parse(boundary))
  assert.deepEqual(status.bytes, { fromStores: 0, fromServer: encodedBytes, reused: 0 })
})

test('W5 both bounds reached: stores first, the origin when the store is gone', async t => {
  const { site, encodedBytes } = await startShop(t, { only: instantIn(-1000), enforce: instantIn(-1000) })
  const store = await openFullStore(site)
  const first = await site.open({ role: 'kiosk' })
  const fromStore = await first.untilRuns(1, 'App 1')
  assert.deepEqual(fromStore.bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })

  await store.close()
  await until('the server knows that the store is gone', async () => {
    const { devices } = (await (await site.api('api/devices')).json()) as {
      devices: { role: string; connection: string }[]
    }
    return devices.every(device => device.role !== 'store' || device.connection === 'offline')
  })
  const second = await site.open({ role: 'kiosk' })
  const fromServer = await second.untilRuns(1, 'App 1')
  assert.deepEqual(fromServer.bytes, { fromStores: 0, fromServer: encodedBytes, reused: 0 })
})

test('W2 with proxy distribution off, the windows have no effect and no store is contacted', async t => {
  const { site, encodedBytes } = await startShop(t, { only: instantIn(FAR_MS), enforce: instantIn(FAR_MS) })
  await site.windows({ proxy: 'off' })
  const store = await openFullStore(site)
  const peersOfStore = await notePeers(store)
  const kiosk = await site.open({ role: 'kiosk' })
  const status = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual(status.bytes, { fromStores: 0, fromServer: encodedBytes, reused: 0 })
  assert.deepEqual(await peersOfStore(), [])
})
