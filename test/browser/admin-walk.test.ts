/**
 * An administrator's first day, whole: from the link in the terminal to screens that follow the windows, through the page
 * with mouse and keyboard alone. The screens are browsers of their own.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks, temporaryDirectory, withCleanup } from '../support/cleanup.ts'
import { startLarder } from '../support/larder-process.ts'
import { TestDevice, TestSite } from '../support/test-site.ts'

const LOBBY_1 = fileURLToPath(new URL('../../examples/lobby/v1', import.meta.url))
const LOBBY_2 = fileURLToPath(new URL('../../examples/lobby/v2', import.meta.url))
const PASSWORD = 'correct horse battery'
const ONLY = 'Only distribute to proxy devices until'
const ENFORCE = 'Enforce proxy distribution until'
/** Both windows open at the same time: "stores and server open at 23:10 (Europe/Berlin), in 60 min". */
/** With the date where the hour ahead crosses midnight there. */
const WAITS =
  /^waiting: stores and server open (on .* )?at .*\d\d:\d\d.* \(Europe\/Berlin\), in (1 h|60 min|59 min)/

after(() => assertNothingLeaks())

test('from the first login to a kiosk that follows its windows, all through the page', async t => {
  const chromiumPath = await findChromium()
  assert.ok(chromiumPath, 'a Chromium is needed; npm test gets one')
  const root = await temporaryDirectory(t)
  const server = await startLarder(t, join(root, 'data'))
  const site = new TestSite(t, root, server, chromiumPath)
  const browser = withCleanup(t).use(await chromium.launch({ executablePath: chromiumPath }))
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    timezoneId: 'Europe/Berlin',
  })
  const failures = watchFailures(context)

  // The first login, with the link that the terminal shows.
  const page = await context.newPage()
  await page.goto(server.adminLink)
  await page.getByRole('heading', { name: 'Welcome to Larder' }).waitFor()
  assert.doesNotMatch(page.url(), /link=/, 'the code has left the address')
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByLabel('The same once more').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'First steps' }).waitFor()
  // Whatever is seen from here on was not brought by a reload.
  await page.evaluate('globalThis.loadedOnce = true')

  // A release, by a folder dropped on the page.
  await page.getByRole('link', { name: 'Publish a package' }).click()
  await page.getByLabel('Package').fill('lobby')
  await drop(page, page.locator('.drop'), LOBBY_1)
  await page.getByText('This is the first release of this package: everything is new.').waitFor()
  await page.getByLabel('Version label').fill('1.0.0')
  await page.keyboard.press('Enter')
  await page.getByText(/^Release 1 of lobby is published/).waitFor()
  await page.getByRole('heading', { name: 'lobby', exact: true }).waitFor()
  await page.getByText('No device has this package.').waitFor()

  // A site.
  await goTo(page, 'Overview')
  await page.getByRole('link', { name: 'Make a site' }).click()
  await page.getByRole('textbox', { name: 'Name' }).and(page.locator(':focus')).fill('alexanderplatz')
  await page.getByLabel('Time zone').fill('Europe/Berlin')
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByRole('heading', { name: 'alexanderplatz', exact: true }).waitFor()

  // A profile that gives the package to the site.
  await goTo(page, 'Profiles')
  await page.getByRole('button', { name: 'New profile' }).first().click()
  await page.getByLabel('Name of the new profile').fill('screens')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'screens', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Add site alexanderplatz' }).click()
  await page.getByText('alexanderplatz is part of the profile now.').waitFor()
  await page.getByLabel('Add a package').fill('lobby')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'lobby', exact: true }).waitFor()

  // Two devices enrol by links, each in a browser process of its own.
  const store = await enrol(t, site, chromiumPath, page, 'store')
  await store.untilRuns(1, 'Lobby 1.0.0')
  const kiosk = await enrol(t, site, chromiumPath, page, 'kiosk')
  const kioskId = (await kiosk.untilOnline()).deviceId

  // They are here: in the overview, in the list, and on the kiosk's own page, live.
  const overview = await context.newPage()
  await overview.goto(server.adminUrl)
  await overview.evaluate('globalThis.loadedOnce = true')
  await goTo(page, 'Devices')
  await page.getByText('2 devices', { exact: true }).waitFor()
  await page.getByRole('link', { name: kioskId.slice(0, 10) }).click()
  await page.getByRole('heading', { name: kioskId.slice(0, 10) }).waitFor()
  await kiosk.untilRuns(1, 'Lobby 1.0.0')
  await fact(page, 'Runs').getByText('release 1, 1.0.0').waitFor()
  await tile(overview, 'On the wanted release').getByText('2', { exact: true }).waitFor()
  await overview.getByText('of all bytes came from stores').waitFor()
  const firstBytes = (await kiosk.package())?.bytes
  assert.ok(
    firstBytes && firstBytes.fromStores > 0 && firstBytes.fromServer === 0,
    JSON.stringify(firstBytes),
  )

  // Edit: both windows closed for an hour after each publication.
  await goTo(page, 'Profiles')
  await page.getByRole('link', { name: /screens/ }).click()
  await page.getByRole('link', { name: 'lobby', exact: true }).click()
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  for (const option of [ONLY, ENFORCE]) await anHourAfterPublication(page, option)
  await page
    .getByRole('region', { name: 'Kiosks' })
    .getByText(/^until [\d:]+ kiosks wait; from [\d:]+ stores first, then server$/)
    .waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'At the sites now' }).waitFor()
  for (const option of [ONLY, ENFORCE])
    await page
      .getByText(option, { exact: true })
      .locator('+ dd', { hasText: '1 h after publication' })
      .waitFor()

  // The second release, by choosing its folder this time; only what is new would travel.
  await page.getByRole('link', { name: 'Releases of this package' }).click()
  await page.getByRole('link', { name: 'Publish a new release' }).click()
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a folder' }).click()
  await (await chooser).setFiles(LOBBY_2)
  await page.getByText('Against release 1 (1.0.0):').waitFor()
  await page.getByLabel('Version label').fill('1.1.0')
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText(/^Release 2 of lobby is published/).waitFor()

  // The store has it; the kiosk waits, says so itself, and goes on showing the first one.
  await store.untilRuns(2, 'Lobby 1.1.0')
  const waiting = await kiosk.untilPackage('it waits', status => status.reason === 'windows-closed')
  assert.equal(waiting.wantedRelease, 2)
  assert.match(waiting.detail, WAITS)
  assert.deepEqual(waiting.decision.stores, 'closed')
  assert.deepEqual(waiting.decision.server, 'closed')
  assert.equal(await kiosk.browser.appTitle(), 'Lobby 1.0.0')
  await kiosk.browser.page.keyboard.press('Control+Alt+KeyL')
  await kiosk.browser.page.getByRole('dialog').getByText(WAITS).waitFor()
  await kiosk.browser.page.keyboard.press('Escape')

  // The page says the same, in the overview that nobody touched and on the device's page.
  await tile(overview, 'Waiting').getByText('1', { exact: true }).waitFor()
  await tile(overview, 'Waiting').click()
  await overview.getByRole('link', { name: kioskId.slice(0, 10) }).click()
  await overview.getByText(WAITS).first().waitFor()
  await fact(overview, 'Runs').getByText('release 1, 1.0.0').waitFor()
  await fact(overview, 'Wants').getByText('release 2').waitFor()

  // An emergency: open now. The kiosk goes on by itself, and the device's page follows.
  await goTo(page, 'Profiles')
  await page.getByRole('link', { name: /screens/ }).click()
  await page.getByRole('link', { name: 'lobby', exact: true }).click()
  await page.getByRole('button', { name: /Open now/ }).click()
  await page.getByRole('dialog', { name: 'Open lobby now?' }).waitFor()
  // Thought better of it, twice: nothing is changed, and Enter asks again where one was.
  await page.keyboard.press('Escape')
  const openNow = page.getByRole('button', { name: /Open now …/ })
  await openNow.and(page.locator(':focus')).press('Enter')
  await page.locator('wa-dialog').getByRole('button', { name: 'Cancel' }).click()
  await openNow.and(page.locator(':focus')).press('Enter')
  await page.getByRole('dialog', { name: 'Open lobby now?' }).waitFor()
  // What stands in the dialog's slots belongs to its host.
  const question = page.locator('wa-dialog')
  await question.getByText(/every kiosk may fetch now/).waitFor()
  await question.getByRole('button', { name: 'Open now', exact: true }).click()
  await page.getByText('lobby is open at every site.').waitFor()
  const done = await kiosk.untilRuns(2, 'Lobby 1.1.0')
  assert.ok(done.bytes.fromStores > 0 && done.bytes.fromServer === 0, JSON.stringify(done.bytes))
  await fact(overview, 'Runs').getByText('release 2, 1.1.0').waitFor()
  await overview.getByText('Up to date').first().waitFor()
  await goTo(page, 'Overview')
  await tile(page, 'On the wanted release').getByText('2', { exact: true }).waitFor()
  await tile(page, 'Waiting').getByText('0', { exact: true }).waitFor()

  for (const one of [page, overview]) assert.equal(await one.evaluate('globalThis.loadedOnce'), true)
  assert.deepEqual(failures, [])
})

/** Uncaught errors, violations of the content policy, dialogs that nobody asked for. */
function watchFailures(context: BrowserContext): string[] {
  const failures: string[] = []
  context.on('weberror', error => failures.push(String(error.error())))
  context.on('console', message => {
    if (/content security policy/i.test(message.text())) failures.push(message.text())
  })
  return failures
}

async function goTo(page: Page, section: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section }).click()
  await page.getByRole('heading', { name: section, level: 1 }).waitFor()
}

const tile = (page: Page, label: string): Locator =>
  page.getByRole('region', { name: 'Devices' }).getByRole('link', { name: label })

/** What a device's page says under a term of a package. */
const fact = (page: Page, term: string): Locator =>
  page.locator('larder-package-card dt', { hasText: new RegExp(`^${term}$`) }).locator('+ dd')

/** Makes an enrolment link on the page and opens it in a new browser process. */
async function enrol(
  t: TestContext,
  site: TestSite,
  chromiumPath: string,
  page: Page,
  role: 'store' | 'kiosk',
): Promise<TestDevice> {
  await goTo(page, 'Enrolment')
  await page.getByRole('radio', { name: role === 'store' ? /^Store/ : /^Kiosk/ }).click()
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.getByRole('heading', { name: `Enrols 1 device as ${role} at alexanderplatz` }).waitFor()
  const link = await page.getByRole('group', { name: 'Enrolment link' }).locator('code').innerText()
  assert.ok(link.startsWith(site.server.kioskUrl), `the link is ${link}`)
  const device = new TestDevice(site, await temporaryDirectory(t), { role }, chromiumPath)
  withCleanup(t).defer(() => device.close())
  await device.start(link)
  return device
}

/** Switches one of the two bounds on, by keyboard, as an hour after publication. */
async function anHourAfterPublication(page: Page, option: string): Promise<void> {
  const group = page.getByRole('group', { name: option })
  await group.getByRole('switch').focus()
  await page.keyboard.press('Space')
  await group.getByRole('combobox', { name: 'Counted as' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Time after publication' }).click()
  await group.getByLabel('Hours').fill('1')
  await group.getByLabel('Minutes').fill('0')
}

/** Drops a folder of the disk on an element, as a file manager does: the browser itself reads it. */
async function drop(page: Page, onto: Locator, directory: string): Promise<void> {
  await onto.waitFor()
  const box = await onto.boundingBox()
  assert.ok(box)
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const data = { items: [], files: [directory], dragOperationsMask: 1 }
  const session = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data })
  await session.detach()
}
