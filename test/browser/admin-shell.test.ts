/** The admin page's frame over a made-up server: the way in and out, the way around, themes, the live feed, axe, weight. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { type AdminMock, overviewOf, startAdminMock } from '../support/admin-mock.ts'
import { seriousFindings } from '../support/axe-check.ts'

const executablePath = await findChromium()
const FIRST_LOAD_LIMIT_BYTES = 200_000

describe('admin page, frame', { skip: !executablePath && 'no Chromium found' }, () => {
  let mock: AdminMock
  let browser: Browser
  /** What the page complained about: scripts and styles that its policy refuses, errors nobody caught. */
  const complaints: string[] = []

  async function open(hash = '', options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ timezoneId: 'Europe/Berlin', ...options })
    const page = await context.newPage()
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      // A refused log-in is an answer like any other; the browser logs it all the same.
      if (message.type() === 'error' && !/status of 401|ERR_/.test(message.text()))
        complaints.push(message.text())
    })
    await page.goto(mock.url + hash)
    return page
  }

  before(async () => {
    mock = await startAdminMock(40)
    browser = await chromium.launch({ executablePath: executablePath ?? '' })
  })
  beforeEach(() => {
    mock.session = { authenticated: true, passwordSet: true }
  })
  after(async () => {
    await browser?.close()
    await mock?.close()
  })

  test('a one-time link asks for the first password and leaves the address', async () => {
    mock.session = { authenticated: false, passwordSet: false }
    const page = await open('#link=good-code')
    await page.getByRole('heading', { name: 'Welcome to Larder' }).waitFor()
    assert.doesNotMatch(page.url(), /link/)
    await page.getByLabel('New password').fill('correct horse battery')
    await page.getByLabel('The same once more').fill('correct horse')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByText('The two passwords are not the same.').waitFor()
    await page.getByLabel('The same once more').fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.context().close()
  })

  test('without a password there is a sentence that says how to get one', async () => {
    mock.session = { authenticated: false, passwordSet: false }
    const page = await open()
    await page.getByRole('heading', { name: 'No password yet' }).waitFor()
    await page.getByText('larder admin-link').waitFor()
    await page.context().close()
  })

  test('the overview says what is damaged on the server and what fails, the package which of its releases, and both are quiet again', async () => {
    const { upkeep } = mock.fleet
    mock.fleet.upkeep = {
      damagedChunks: 3,
      damagedManifests: 0,
      recordsDamage: null,
      failingJobs: [{ name: 'making patches', since: new Date().toISOString(), message: 'the disk is full' }],
    }
    const [latest] = mock.fleet.packages.get('lobby')?.releases ?? []
    assert.ok(latest)
    latest.damagedChunks = 3
    const page = await open()
    const notes = page.getByRole('region', { name: 'Attention' })
    await notes.getByText('3 stored chunks are damaged or missing').waitFor()
    assert.match(
      await notes.innerText(),
      /fails: making patches\s+for .+, since .+The disk is full\. It is tried again/s,
    )
    assert.deepEqual(await seriousFindings(page), [])
    await page.goto(`${mock.url}#/packages/lobby`)
    const sentence = page.getByText(
      '3 of 412 chunks are damaged or missing on the server’s disk. Publish the same files again to repair them.',
    )
    await sentence.waitFor()
    mock.fleet.upkeep = upkeep
    latest.damagedChunks = 0
    await page.goto(mock.url)
    await page.getByRole('heading', { name: 'Where bytes come from' }).waitFor()
    await notes.waitFor()
    assert.doesNotMatch(await notes.innerText(), /damaged|making patches/)
    await page.context().close()
  })

  test('the password opens the place that was asked for; log out closes it', async () => {
    mock.session = { authenticated: false, passwordSet: true }
    const page = await open('#/sites')
    await page.locator('wa-input[name=password] input').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('This is not the password.').waitFor()
    await page.locator('wa-input[name=password] input').fill('correct horse battery')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Sites' }).waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in to Larder' }).waitFor()
    await page.context().close()
  })

  test('a session that ends is said, and the place is kept', async () => {
    const page = await open('#/packages')
    await page.getByRole('heading', { name: 'Packages' }).waitFor()
    mock.session.authenticated = false
    await page.getByRole('link', { name: 'Sites' }).click()
    await page.getByText('The session has ended.').waitFor()
    assert.match(page.url(), /#\/sites$/)
    await page.context().close()
  })

  test('by keyboard: skip link, menu, and the focus follows to the new place', async () => {
    const page = await open()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focusedText(page), 'Skip to the content')
    await page.getByRole('link', { name: 'Devices', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Devices', exact: true }).waitFor()
    await page.waitForFunction(() => {
      const shell = document.querySelector('larder-admin')?.shadowRoot
      return shell?.activeElement?.id === 'main'
    })
    assert.equal(await page.title(), 'Devices · Larder')
    assert.equal(
      await page.getByRole('link', { name: 'Devices', exact: true }).getAttribute('aria-current'),
      'page',
    )
    await page.context().close()
  })

  test('on a phone the menu opens as a dialog and closes by Escape and by going somewhere', async () => {
    const page = await open('', { viewport: { width: 360, height: 740 } })
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('button', { name: 'Menu' }).click()
    const menu = page.getByRole('dialog', { name: 'Menu' })
    await menu.waitFor()
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Menu' }).click()
    await menu.getByRole('link', { name: 'Packages' }).click()
    await page.getByRole('heading', { name: 'Packages' }).waitFor()
    await menu.waitFor({ state: 'hidden' })
    await page.context().close()
  })

  test('the theme follows the system until somebody chooses, and the choice stays', async () => {
    const page = await open('', { colorScheme: 'dark' })
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    assert.equal(await ground(), 'rgb(14, 21, 18)')
    await page.getByRole('radio', { name: 'Light theme' }).click()
    assert.equal(await ground(), 'rgb(246, 244, 238)')
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.equal(await ground(), 'rgb(246, 244, 238)')
    await page.context().close()
  })

  test('a server that goes away is said; when it is back everything is read again', async () => {
    const page = await open('#/sites')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByText('6 sites').or(page.getByText('4 sites')).waitFor()
    await mock.down()
    await page.getByText('Reconnecting …').waitFor()
    const [site] = mock.fleet.sites
    assert.ok(site)
    mock.fleet.sites.push({ ...site, name: 'made-meanwhile' })
    await mock.up()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'made-meanwhile' }).waitFor()
    mock.fleet.sites.pop()
    await page.context().close()
  })

  test('a server that cannot write says why on every page, the overview in its list of what needs attention, until it can again', async () => {
    const page = await open('#/sites')
    const note = page.getByRole('alert').filter({ hasText: 'The server cannot write' })
    await page.getByRole('heading', { name: 'Sites' }).waitFor()
    assert.equal(await note.count(), 0)
    const full = {
      reason: 'full' as const,
      detail: 'the disk is full; free some space on it',
      since: '2026-11-22T08:00:00.000Z',
    }
    const overview = overviewOf(mock.fleet)
    mock.emit('overview', { ...overview, storageTrouble: full })
    await note.getByText('the disk is full; free some space on it').waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await page.goto(`${mock.url}#/`)
    await page.getByRole('region', { name: 'Attention' }).waitFor()
    assert.equal(await note.count(), 0, 'it is not said twice')
    await page.goto(`${mock.url}#/sites`)
    await note.waitFor()
    mock.emit('overview', overview)
    await note.waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('an address that leads nowhere says so', async () => {
    const page = await open('#/nowhere/at/all')
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
    await page.context().close()
  })

  test(`the first load weighs less than ${FIRST_LOAD_LIMIT_BYTES / 1000} kB gzipped`, async () => {
    const files = new Set<string>()
    const context = await browser.newContext()
    const page = await context.newPage()
    page.on('request', request => {
      const { pathname } = new URL(request.url())
      if (!pathname.startsWith('/api/')) files.add(pathname === '/' ? 'index.html' : pathname.slice(1))
    })
    await page.goto(mock.url)
    await page.getByRole('img', { name: /Bytes from stores/ }).waitFor()
    let total = 0
    for (const file of files) total += gzipSync(await readFile(join(mock.directory, file))).length
    assert.ok(files.size > 3, [...files].join())
    assert.ok(total < FIRST_LOAD_LIMIT_BYTES, `${total} bytes in ${[...files].join(', ')}`)
    await context.close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1440]) {
      test(`axe finds nothing serious: ${colorScheme}, ${width} px`, async () => {
        const loading = mock.fleet.devices.find(({ phase }) => phase === 'downloading')
        const pending = mock.fleet.devices.find(({ state }) => state === 'pending')
        const places = {
          '/': 'Overview',
          '/devices': 'Devices',
          [`/devices/${loading?.deviceId}`]: 'History',
          [`/devices/${pending?.deviceId}`]: 'This screen wants to belong here',
          '/sites': 'Sites',
          '/sites/berlin-alexanderplatz': 'Who gives to whom',
          '/packages': 'Packages',
          '/packages/lobby': 'Releases',
          '/publish': 'Publish a package',
        }
        const page = await open('', { colorScheme, viewport: { width, height: 900 } })
        for (const [path, heading] of Object.entries(places)) {
          await page.goto(`${mock.url}#${path}`)
          await page.getByRole('heading', { name: heading, exact: true }).waitFor()
          await settled(page)
          assert.deepEqual(await seriousFindings(page), [], path)
        }
        mock.session.authenticated = false
        await page.reload()
        await page.getByRole('heading', { name: 'Log in to Larder' }).waitFor()
        assert.deepEqual(await seriousFindings(page), [], 'way in')
        await page.context().close()
      })
    }
  }

  test('no page was in conflict with its content policy, and no error went uncaught', () => {
    assert.deepEqual(complaints, [])
  })
})

/** Web Awesome's elements render one after another; animations that fade in change contrasts. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await Promise.all(
      document
        .getAnimations()
        .map(animation =>
          animation.effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY
            ? null
            : animation.finished.catch(() => {}),
        ),
    )
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    let focused = document.activeElement
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
    return focused?.textContent?.trim() ?? ''
  })
}
