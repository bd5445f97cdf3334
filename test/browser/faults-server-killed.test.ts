/** The server dies during a transfer and comes back: peers go on meanwhile, everyone returns, nothing is lost. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { slowLan } from '../support/faulty-links.ts'
import { assertAllHeldChunksAreRight } from '../support/held-chunks.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import {
  assignPackages,
  isInTheMiddle,
  startTestSite,
  type TestDevice,
  type TestSite,
  until,
} from '../support/test-site.ts'

after(() => assertNothingLeaks())

const fromStores = async (device: TestDevice) => (await device.package())?.bytes.fromStores ?? 0

async function untilAllAre(devices: readonly TestDevice[], connection: 'online' | 'offline') {
  await until(`every device is ${connection}`, async () => {
    const found = await Promise.all(devices.map(device => device.status()))
    return found.every(status => status?.connection === connection)
  })
}

async function assertUpdateArrives(site: TestSite, devices: readonly TestDevice[]): Promise<void> {
  const next = await writeTestPackage(join(site.root, 'next'), { title: 'App 2', weightBytes: 1_000_000 })
  await site.publish(next, '2.0.0')
  await Promise.all(devices.map(device => device.untilRuns(2, 'App 2')))
}

test('the server is killed while kiosks fetch from a store: peers go on, all return, and an update arrives', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 16_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  const store = await site.open({ role: 'store', initScript: slowLan(2_000_000) })
  await store.untilRuns(1, 'App 1')
  const kiosks = await Promise.all([1, 2].map(() => site.open({ role: 'kiosk' })))
  const devices = [store, ...kiosks]
  await until('every kiosk is in the middle', async () => {
    const found = await Promise.all(kiosks.map(kiosk => kiosk.package()))
    return found.every(status => status !== null && isInTheMiddle(status))
  })

  await site.killServer()
  await untilAllAre(devices, 'offline')
  const before = await Promise.all(kiosks.map(fromStores))
  await until('bytes from the store keep coming without a server', async () => {
    const now = await Promise.all(kiosks.map(fromStores))
    return now.every((bytes, index) => bytes >= (before[index] ?? 0) + 2_000_000)
  })
  await site.restartServer()

  await untilAllAre(devices, 'online')
  await Promise.all(devices.map(device => device.untilRuns(1, 'App 1')))
  for (const kiosk of kiosks) {
    const { bytes } = (await kiosk.package()) ?? {}
    assert.deepEqual(bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
    await assertAllHeldChunksAreRight(kiosk.browser.page)
  }
  assert.equal(await site.originBytes(), 0, 'the new server had to send nothing')
  await assertUpdateArrives(site, devices)
})

test('the server is killed while a store fetches from it: the site goes on when it is back, and an update arrives', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 16_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  const store = await site.openOnline({ role: 'store', downloadBytesPerSecond: 4_000_000 })
  const kiosk = await site.openOnline({ role: 'kiosk' })
  const devices = [store, kiosk]
  await assignPackages(site, 'lobby')
  await kiosk.untilPackage('the kiosk is in the middle', isInTheMiddle)

  const sentBefore = await site.originBytes()
  await site.killServer()
  await untilAllAre(devices, 'offline')
  const held = await Promise.all(devices.map(async device => (await device.package())?.chunks.have ?? 0))
  await site.restartServer()

  await untilAllAre(devices, 'online')
  await Promise.all(devices.map(device => device.untilRuns(1, 'App 1')))
  for (const [index, device] of devices.entries()) {
    const { bytes, chunks } = (await device.package()) ?? {}
    assert.ok(bytes && chunks && chunks.have === chunks.total && chunks.have > (held[index] ?? 0))
    // What was cut off in the middle of a chunk is not counted; whole chunks travelled once.
    assert.equal(bytes.fromStores + bytes.fromServer, encodedBytes)
    await assertAllHeldChunksAreRight(device.browser.page)
  }
  t.diagnostic(`the origin sent ${sentBefore} bytes before it was killed`)
  await assertUpdateArrives(site, devices)
})
