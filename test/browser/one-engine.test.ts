/** Two tabs of one browser: one engine, whatever happens to the tab that runs it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { findChromiumWithTabs } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { heldChunks } from '../support/held-chunks.ts'
import { type RawTab, startRawChromium } from '../support/raw-chromium.ts'
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

const chromiumPath = findChromiumWithTabs()
const skip =
  chromiumPath === null ? 'no Chromium with tabs is installed here, only a headless shell or none' : false

const BYTES_PER_SECOND = 1_500_000
/**
 * Chunks that a tab takes with it: six asked of the origin (`originParallel`), and at most as many whose write is under way (six or
 * seven in all were seen on a machine with nothing else to do).
 */
const IN_FLIGHT = 12
/** Ordinary files are cut into chunks of at most this size. */
const LARGEST_CHUNK_BYTES = 512 * 1024
/** Six questions a second apart (`defaultLeadership`), and what two loaded cores take to start an engine. */
const TAKEOVER_LIMIT_MS = 15_000
/** Long enough for another tab to take over and to end the download meanwhile. */
const HANG_MS = 20_000

interface KioskWindow {
  readonly larder?: { status(): DeviceStatus }
}

interface Tab {
  readonly page: Page
  readonly asked: string[]
}

/** Whether the page says that it runs the engine: it has nothing to say about another tab. */
const leads = (page: Page) =>
  page
    .evaluate(() => {
      const shell = document.querySelector('larder-kiosk')
      return shell !== null && Reflect.get(shell, 'note') === null && Reflect.get(shell, 'kiosk') !== null
    })
    .catch(() => false)

const rawLeads = (tab: RawTab) =>
  tab.evaluate<boolean>(
    `(shell => shell?.kiosk != null && shell.note === null)(document.querySelector('larder-kiosk'))`,
  )
const rawStatus = (tab: RawTab) => tab.evaluate<DeviceStatus | null>('window.larder?.status() ?? null')

const statusIn = (page: Page) =>
  page.evaluate(() => (globalThis as KioskWindow).larder?.status() ?? null).catch(() => null)

const heldIn = async (page: Page) => (await statusIn(page))?.packages[0]?.chunks.have ?? 0

async function slow(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: BYTES_PER_SECOND,
    uploadThroughput: -1,
  })
}

async function openSecondTab(device: TestDevice): Promise<Tab> {
  const page = await device.browser.context.newPage()
  const asked: string[] = []
  page.on('request', request => {
    const digest = /\/releases\/[0-9a-f]+\/chunks\/([0-9a-f]+)/.exec(request.url())?.[1]
    if (digest !== undefined) asked.push(digest)
  })
  await page.goto(device.site.server.kioskUrl)
  await slow(page)
  return { page, asked }
}

/** A kiosk in the middle of a download from the origin, and a second tab that follows it. */
async function twoTabs(site: TestSite): Promise<{ device: TestDevice; second: Tab; encodedBytes: number }> {
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 12_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  const device = await site.openOnline({ role: 'kiosk', downloadBytesPerSecond: BYTES_PER_SECOND })
  const second = await openSecondTab(device)
  await assignPackages(site, 'lobby')
  await device.untilPackage('the first tab is in the middle', isInTheMiddle)
  await until('the second tab shows its state', async () => (await heldIn(second.page)) > 0)
  assert.deepEqual([await leads(device.browser.page), await leads(second.page)], [true, false])
  return { device, second, encodedBytes }
}

/** The second tab has taken over and ends the download, and nothing that was on the disk has crossed the line again. */
async function assertTakenOver(
  t: TestContext,
  site: TestSite,
  device: TestDevice,
  second: Tab,
  heldBefore: ReadonlyMap<string, number>,
  encodedBytes: number,
): Promise<void> {
  await until('the second tab has all', async () => {
    const status = await statusIn(second.page)
    return status?.packages[0]?.phase === 'active' && status.connection === 'online'
  })
  const again = second.asked.filter(digest => heldBefore.has(digest))
  assert.deepEqual(again, [], 'what was on the disk is not asked for')
  const first = new Set(device.chunksAskedOfOrigin())
  const twice = second.asked.filter(digest => first.has(digest))
  t.diagnostic(`${twice.length} chunks were asked for twice`)
  assert.ok(twice.length <= IN_FLIGHT, `${twice.length} chunks were asked for twice`)
  assert.equal(new Set(second.asked).size, second.asked.length)
  const sizes = await heldChunks(second.page)
  const inFlightBytes = twice.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0)
  const sent = await site.originBytes()
  assert.ok(sent <= encodedBytes + inFlightBytes, `${sent} of ${encodedBytes} and ${inFlightBytes} in flight`)
}

async function untilLeads(page: Page): Promise<number> {
  const since = performance.now()
  await until('the second tab runs the engine', () => leads(page), TAKEOVER_LIMIT_MS)
  return performance.now() - since
}

test('the tab that runs the engine is killed: the other one goes on where it was', async t => {
  const site = await startTestSite(t)
  const { device, second, encodedBytes } = await twoTabs(site)
  const held = await heldChunks(second.page)
  const cdp = await device.browser.context.newCDPSession(device.browser.page)
  cdp.send('Page.crash').catch(() => {})
  t.diagnostic(`taken over after ${Math.round(await untilLeads(second.page))} ms`)
  await assertTakenOver(t, site, device, second, held, encodedBytes)
})

test('the tab that runs the engine is hidden, then frozen: another takes over, and it follows when it is back', {
  skip,
}, async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 12_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  const chromium = await startRawChromium(t, chromiumPath ?? '', await temporaryDirectory(t))
  const first = await chromium.openTab(await site.enrolmentLink('kiosk'))
  await until('it is online', async () => (await rawStatus(first))?.connection === 'online')
  const second = await chromium.openTab(site.server.kioskUrl)
  await until('it is hidden', () => first.evaluate<boolean>('document.hidden'))
  await first.send('Network.enable')
  await first.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: BYTES_PER_SECOND,
    uploadThroughput: -1,
  })
  await assignPackages(site, 'lobby')
  await until('the hidden tab is in the middle', async () => {
    const lobby = (await rawStatus(second))?.packages[0]
    return lobby !== undefined && isInTheMiddle(lobby)
  })
  const sentBefore = await site.originBytes()
  const heldBefore = (await rawStatus(second))?.packages[0]?.chunks.have ?? 0

  const since = performance.now()
  await first.send('Page.setWebLifecycleState', { state: 'frozen' })
  await until('the second tab runs the engine', () => rawLeads(second), TAKEOVER_LIMIT_MS)
  t.diagnostic(`taken over after ${Math.round(performance.now() - since)} ms`)
  await until(
    'the second tab has all',
    async () => (await rawStatus(second))?.packages[0]?.phase === 'active',
  )
  const total = (await rawStatus(second))?.packages[0]?.chunks.total ?? 0
  const sent = await site.originBytes()
  // Of what was sent before, only what was still under way is sent again: a few chunks of the many.
  assert.ok(heldBefore > 0.2 * total && sent > sentBefore)
  assert.ok(sent <= encodedBytes + IN_FLIGHT * LARGEST_CHUNK_BYTES, `${sent} of ${encodedBytes}`)

  await first.send('Page.setWebLifecycleState', { state: 'active' })
  await until(
    'the first tab shows the same',
    async () => (await rawStatus(first))?.packages[0]?.phase === 'active',
  )
  assert.deepEqual([await rawLeads(first), await rawLeads(second)], [false, true])
})

test('the tab that runs the engine hangs: the other one takes the lock, and the first one stops when it goes on', async t => {
  const site = await startTestSite(t)
  const { device, second, encodedBytes } = await twoTabs(site)
  const first = device.browser.page
  const held = await heldChunks(second.page)
  const hung = first.evaluate(limitMs => {
    const until = performance.now() + limitMs
    while (performance.now() < until);
  }, HANG_MS)
  t.diagnostic(`taken over after ${Math.round(await untilLeads(second.page))} ms`)
  await assertTakenOver(t, site, device, second, held, encodedBytes)
  await hung
  await until('the first tab follows', async () => !(await leads(first)))
  await until(
    'the first tab shows the same',
    async () => (await statusIn(first))?.packages[0]?.phase === 'active',
  )
  assert.ok(await leads(second.page))
  const records = await second.page.evaluate(
    () =>
      new Promise<unknown>((resolve, reject) => {
        const request = indexedDB.open('larder-records')
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const asked = request.result.transaction('keyval').objectStore('keyval').get('package:lobby')
          asked.onsuccess = () => {
            request.result.close()
            resolve(asked.result)
          }
        }
      }),
  )
  assert.equal(Object(records).active?.release, 1, 'what the second tab decided stands')
})
