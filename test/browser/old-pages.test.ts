/** Kiosk pages of the first release under a server of today: before the upgrade of the pages, across it, and back. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { type KioskProxy, openKioskProxy } from '../support/kiosk-proxy.ts'
import { unpackFirstKioskPage } from '../support/old-kiosk-page.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

/** Several chunks, so that what travels between devices is more than one message. */
const WEIGHT_BYTES = 6_000_000

interface OldDevice {
  readonly device: TestDevice
  /** In whose place a test puts the pages of another build, for this device alone. */
  readonly proxy: KioskProxy
}

async function publish(site: TestSite, release: number) {
  const directory = await writeTestPackage(join(site.root, `app-${release}`), {
    title: `App ${release}`,
    weightBytes: WEIGHT_BYTES,
    seed: release,
  })
  return site.publish(directory, `${release}.0.0`)
}

const isConfirmed = (device: TestDevice) =>
  until('the release is confirmed', async () => (await device.package())?.update === 'confirmed')

/** The whole release came from the store; the server was asked for nothing. */
async function tookAllFromStore(kiosk: TestDevice, release: number, encodedBytes: number): Promise<void> {
  const { bytes } = await kiosk.untilRuns(release, `App ${release}`)
  assert.equal(bytes.fromServer, 0, `release ${release}: ${JSON.stringify(bytes)}`)
  assert.equal(bytes.fromStores + bytes.reused, encodedBytes)
  assert.ok(bytes.fromStores > WEIGHT_BYTES / 2)
  await isConfirmed(kiosk)
}

/** From now on it can be told whether a worker of another build took the page over, and whether the page was loaded anew. */
const mark = ({ browser }: TestDevice) =>
  browser.page.evaluate(() => {
    Object.assign(window, { isMarked: true })
    navigator.serviceWorker.addEventListener('controllerchange', () =>
      Object.assign(window, { isReplaced: true }),
    )
  })

/** As a page does each hour, and a browser at each navigation. */
async function findNewBuild({ browser }: TestDevice): Promise<void> {
  await browser.page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update()
  })
  await until('a worker of another build', () => browser.page.evaluate(() => 'isReplaced' in window))
}

/** Ten minutes without a touch go by. */
async function leaveIdle(device: TestDevice): Promise<void> {
  const { page } = device.browser
  await page.clock.install()
  await page.clock.fastForward('11:00')
  await until('the page is loaded anew', () =>
    page.evaluate(() => !('isMarked' in window) && 'larder' in window).catch(() => false),
  )
  await device.untilOnline()
  await mark(device)
}

/** The view of the first release said less. */
const isToday = ({ browser }: TestDevice) =>
  browser.page.evaluate(() => 'needsNewPage' in (window.larder?.view() ?? {}))

test('pages of the first release work under the server of today, go on while its pages replace them, and take chunks from and give them to pages of today, also after the server was rolled back', async t => {
  const site = await startTestSite(t)
  const firstPage = await unpackFirstKioskPage(t)
  const open = async (role: 'store' | 'kiosk'): Promise<OldDevice> => {
    const proxy = await openKioskProxy(t, site.server.kioskUrl)
    proxy.givePage(firstPage)
    const { search } = new URL(await site.enrolmentLink(role))
    const device = await site.open({ role }, new URL(`kiosk/${search}`, proxy.url).href)
    await device.untilOnline()
    await mark(device)
    return { device, proxy }
  }
  const store = await open('store')
  const kiosk = await open('kiosk')
  const builds = async () => [await isToday(store.device), await isToday(kiosk.device)]

  // The server is of today, every page is of the first release.
  const first = await publish(site, 1)
  await assignPackages(site, 'lobby')
  await store.device.untilRuns(1, 'App 1')
  await tookAllFromStore(kiosk.device, 1, first.encodedBytes)

  // The server has pages of today; those that are open go on, and a new release reaches them.
  for (const { proxy } of [store, kiosk]) proxy.givePage(null)
  await findNewBuild(kiosk.device)
  const second = await publish(site, 2)
  await store.device.untilRuns(2, 'App 2')
  await tookAllFromStore(kiosk.device, 2, second.encodedBytes)
  assert.deepEqual(await builds(), [false, false])

  // An old store, and a new kiosk, which reads what the page before it has written.
  await leaveIdle(kiosk.device)
  await kiosk.device.untilRuns(2, 'App 2')
  assert.deepEqual(await builds(), [false, true])
  const third = await publish(site, 3)
  await store.device.untilRuns(3, 'App 3')
  await tookAllFromStore(kiosk.device, 3, third.encodedBytes)

  // A new store, and a kiosk that goes back to the page of the first release, which reads what the later page has written.
  await isConfirmed(store.device)
  await findNewBuild(store.device)
  await leaveIdle(store.device)
  kiosk.proxy.givePage(firstPage)
  await findNewBuild(kiosk.device)
  await leaveIdle(kiosk.device)
  await kiosk.device.untilRuns(3, 'App 3')
  assert.deepEqual(await builds(), [true, false])
  const fourth = await publish(site, 4)
  await store.device.untilRuns(4, 'App 4')
  await tookAllFromStore(kiosk.device, 4, fourth.encodedBytes)
})
