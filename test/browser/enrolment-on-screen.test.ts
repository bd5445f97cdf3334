/**
 * A screen that nobody touches: it shows its code by itself, is accepted where its QR code leads, runs; revoked it stops and
 * says so, also after a restart; accepted again it comes back. A real server, its administration page, real browsers.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { deviceListSchema } from '../../protocol/admin-api.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks, withCleanup } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

/** "Within seconds", with room for two loaded cores. */
const SECONDS_MS = 10_000
/** A revoked device looks every 10 to 30 s. */
const CALM_RETRY_MS = 45_000

after(() => assertNothingLeaks())

async function startShop(t: TestContext): Promise<TestSite> {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 1_500_000 })
  await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  return site
}

const codeOn = ({ browser: { page } }: TestDevice) =>
  page.locator('larder-enrol-screen >> .code').textContent({ timeout: 60_000 })

const qrTextOn = ({ browser: { page } }: TestDevice) =>
  page.locator('larder-qr-code').evaluate(element => String(Reflect.get(element, 'text')))

/** An administrator's phone, logged in. */
async function openAdministrator(t: TestContext, site: TestSite): Promise<Page> {
  const browser = await chromium.launch({ executablePath: (await findChromium()) ?? '' })
  withCleanup(t).defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(await site.larder('admin-link', '--data', site.dataDirectory))
  await page.getByLabel('New password').fill('correct horse battery')
  await page.getByLabel('The same once more').fill('correct horse battery')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return page
}

const connectionOf = async (site: TestSite, deviceId: string) => {
  const text = await (await site.api('api/devices')).text()
  const list = parseJsonWith(deviceListSchema, text, 1_000_000)
  assert.ok(list.ok)
  return list.value.devices.find(device => device.deviceId === deviceId)?.connection
}

test('a screen without a link: code and QR code untouched, accepted where the QR code leads', async t => {
  const site = await startShop(t)
  await site.server.end()
  await site.restartServer('--admin-url', site.server.adminUrl)
  const kiosk = await site.openWithoutLink({ role: 'kiosk' })
  const code = (await codeOn(kiosk)) ?? ''
  assert.match(code, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
  const address = await qrTextOn(kiosk)
  assert.equal(address, `${site.server.adminUrl}#/enrolment?code=${code}`)

  const admin = await openAdministrator(t, site)
  await admin.goto(address)
  const form = admin.getByRole('listitem').filter({ hasText: code })
  await form.waitFor()
  assert.equal(await form.getAttribute('class'), 'wanted')
  await form.getByLabel('Name').fill('Lobby left')
  await form.getByRole('button', { name: 'Accept' }).click()
  await kiosk.untilRuns(1, 'App 1')
  assert.match(admin.url(), /#\/enrolment$/)

  await admin.goto(address)
  await admin.getByText(`No device that waits shows the code ${code}`).waitFor()
})

test('without an address of the administration the QR code holds the code, which the command accepts', async t => {
  const site = await startShop(t)
  const kiosk = await site.openWithoutLink({ role: 'kiosk' })
  const code = (await codeOn(kiosk)) ?? ''
  assert.equal(await qrTextOn(kiosk), code)
  await site.larder('device', 'accept', code, '--site', 'shop', '--role', 'kiosk')
  await kiosk.untilRuns(1, 'App 1')
})

test('a link that is used up is said to be so, and the screen shows a code all the same', async t => {
  const site = await startShop(t)
  const link = await site.enrolmentLink('kiosk')
  await (await site.open({ role: 'kiosk' })).untilOnline()
  const first = await site.openWithoutLink({ role: 'kiosk' })
  await first.browser.page.goto(link)
  await first.untilOnline()
  const late = await site.openWithoutLink({ role: 'kiosk' })
  await late.browser.page.goto(link)
  // Pending already, it keeps its code, and is told why the link did not do.
  await late.browser.page.getByText(/link is unknown, revoked, used up or expired/).waitFor()
  assert.match((await codeOn(late)) ?? '', /^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
})

test('a revoked device stops within seconds and says so, also after a restart; accepted again it comes back', async t => {
  const site = await startShop(t)
  const store = await site.openOnline({ role: 'store' })
  await store.untilRuns(1, 'App 1')
  const kiosk = await site.open({ role: 'kiosk' })
  await kiosk.untilRuns(1, 'App 1')
  const deviceId = (await store.status())?.deviceId ?? ''
  const { page } = store.browser
  await until('store and kiosk are linked', async () => (await store.status())?.peers.length === 1)

  await site.larder('device', 'revoke', deviceId)
  await page.getByRole('heading', { name: 'Out of service' }).waitFor({ timeout: SECONDS_MS })
  assert.equal(await page.locator('iframe').count(), 0)
  const stopped = async () => {
    const status = await store.status()
    return status?.connection === 'offline' && status.peers.length === 0
  }
  await until('its session and its links have ended', stopped, SECONDS_MS)
  await until('the kiosk has lost it', async () => (await kiosk.status())?.peers.length === 0, SECONDS_MS)
  assert.equal(await connectionOf(site, deviceId), 'offline')

  // What is published meanwhile reaches the kiosk, and not the store.
  const next = await writeTestPackage(join(site.root, 'next'), { title: 'App 2', weightBytes: 1_500_000 })
  const asked = store.chunkRequests.length
  await site.publish(next, '2.0.0')
  await kiosk.untilRuns(2, 'App 2')
  assert.equal(store.chunkRequests.length, asked)
  assert.equal(await stopped(), true)

  await store.close()
  await store.start()
  await store.browser.page.getByRole('heading', { name: 'Out of service' }).waitFor({ timeout: SECONDS_MS })
  assert.equal((await store.status())?.deviceId, deviceId, 'it has kept its key')

  await site.larder('device', 'accept', deviceId, '--site', 'shop', '--role', 'store')
  await store.browser.page.locator('iframe.shown').first().waitFor({ timeout: CALM_RETRY_MS })
  await store.untilRuns(2, 'App 2')
})
