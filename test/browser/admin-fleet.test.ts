/** Devices and sites on the admin page over a made-up fleet of thousands: finding, changing, and staying fluid while live. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { DeviceRow } from '../../protocol/admin/devices.ts'
import { noLimits } from '../../protocol/assignment.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { type AdminMock, startAdminMock } from '../support/admin-mock.ts'
import { makeMockFleet } from '../support/admin-mock-data.ts'

const executablePath = await findChromium()
const DEVICES = 3_000
const SCRIPT = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>'
/** The server sends what changed twice a second: 200 devices a second. */
const CHANGED_AT_A_TIME = 100
const LONGEST_TASK_MS = 100

describe('admin page, fleet', { skip: !executablePath && 'no Chromium found' }, () => {
  let mock: AdminMock
  let browser: Browser
  let page: Page

  const failed = () => mock.fleet.devices.filter(({ phase }) => phase === 'failed')
  const rows = () => page.locator('larder-data-table .body [role=row]')
  const choose = async (label: string, option: string) => {
    await page.getByRole('combobox', { name: label }).press('ArrowDown')
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const goTo = async (hash: string) => {
    await page.goto('about:blank')
    await page.goto(mock.url + hash)
  }

  before(async () => {
    mock = await startAdminMock(0)
    browser = await chromium.launch({ executablePath: executablePath ?? '' })
  })
  beforeEach(async () => {
    mock.fleet = makeMockFleet(DEVICES)
    mock.changes.length = 0
    await page?.context().close()
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    page = await context.newPage()
  })
  after(async () => {
    await browser?.close()
    await mock?.close()
  })

  test('of thousands of devices only those in sight are in the document, from the first to the last', async () => {
    await goTo('#/devices')
    await page.getByText('3,000 devices').waitFor()
    await rows().first().waitFor()
    assert.ok((await rows().count()) < 80, `${await rows().count()} rows`)
    const table = page.getByRole('table', { name: 'Devices' })
    await page.waitForFunction(() => {
      const shell = document.querySelector('larder-admin')?.shadowRoot
      const tables = shell
        ?.querySelector('larder-devices-page')
        ?.shadowRoot?.querySelector('larder-data-table')
      return tables?.shadowRoot?.querySelector('[role=table]')?.getAttribute('aria-rowcount') === '3001'
    })
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    await table.locator('[aria-rowindex="3001"]').waitFor()
    assert.ok((await rows().count()) < 80)
  })

  test('search, filter and sort stand in the address and survive a reload', async () => {
    await goTo('#/devices')
    await page.getByText('3,000 devices').waitFor()
    await choose('State', 'Failed')
    await page.getByText(`${failed().length} devices found`).waitFor()
    assert.match(page.url(), /phase=failed/)
    await page.getByRole('searchbox', { name: 'Search' }).fill('lisboa')
    const inLisboa = failed().filter(({ site }) => site === 'lisboa-rossio').length
    await page.getByText(`${inLisboa} devices found`).waitFor()
    await page.getByRole('button', { name: 'Device', exact: true }).click()
    await page.waitForURL(/sort=name/)
    await page.reload()
    await page.getByText(`${inLisboa} devices found`).waitFor()
    assert.equal(
      await page.getByRole('columnheader', { name: 'Device' }).getAttribute('aria-sort'),
      'ascending',
    )
    await page.getByRole('button', { name: 'Show all devices' }).click()
    await page.getByText('3,000 devices').waitFor()
  })

  test('no device that fits, and no device at all, each say what to do', async () => {
    await goTo('#/devices?search=nothing-is-called-so')
    await page.getByRole('heading', { name: 'No device is like that' }).waitFor()
    mock.fleet = makeMockFleet(0)
    await goTo('#/devices')
    await page.getByRole('heading', { name: 'No device yet' }).waitFor()
    await page.getByRole('link', { name: 'Make an enrolment link' }).waitFor()
    await goTo('#/')
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
  })

  test('arrow keys go from row to row, Enter opens the device', async () => {
    await goTo('#/devices')
    await rows().first().waitFor()
    await rows().first().getByRole('link').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#\/devices\/d-/)
    await page.getByRole('heading', { name: 'History' }).waitFor()
  })

  test('what changes changes where it stands; what no longer fits is counted, not moved', async () => {
    await goTo('#/devices?phase=failed&sort=name')
    await page.getByText(`${failed().length} devices found`).waitFor()
    const first = failed().toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const shownId = (await rows().first().getByRole('link').getAttribute('href'))?.slice('#/devices/'.length)
    const device = first.find(({ deviceId }) => deviceId === shownId)
    assert.ok(device)
    const changed = { ...rowOf(device), phase: 'active' as const, detail: 'Runs what it should.' }
    mock.emit('devices', { devices: [changed], gone: [] })
    await rows().first().getByText('Runs what it should.').waitFor()
    assert.equal(
      (await rows().first().getByRole('link').getAttribute('href'))?.slice('#/devices/'.length),
      shownId,
    )
    await page.getByRole('button', { name: '1 changed, read the list again' }).waitFor()
  })

  test('a device that shows a code is accepted with name, site and role', async () => {
    const pending = mock.fleet.devices.find(({ state }) => state === 'pending')
    assert.ok(pending?.code)
    await goTo('#/')
    await page.getByRole('link', { name: '2 devices wait to be accepted' }).click()
    await page.getByRole('form', { name: `Accept ${pending.code}` }).waitFor()
    await goTo(`#/devices/${pending.deviceId}`)
    await page.getByRole('heading', { name: pending.code }).waitFor()
    await page.getByRole('button', { name: 'Accept' }).first().click()
    await page.getByLabel('Name').fill('Front door')
    await choose('Site', 'lisboa-rossio Europe/Lisbon')
    await page.getByRole('radio', { name: /^Store/ }).click()
    await page.locator('wa-dialog').getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('heading', { name: 'Front door' }).waitFor()
    assert.deepEqual(mock.changes, [
      {
        what: `PATCH /api/devices/${pending.deviceId}`,
        body: { name: 'Front door', site: 'lisboa-rossio', role: 'store', state: 'accepted' },
      },
    ])
  })

  test('revoking asks first, and Escape is no', async () => {
    const device = mock.fleet.devices[0]
    assert.ok(device)
    await goTo(`#/devices/${device.deviceId}`)
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog', { name: /^Revoke/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    assert.equal(mock.changes.length, 0)
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.locator('wa-dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('heading', { name: 'This device is revoked' }).waitFor()
    assert.equal(mock.changes.length, 1)
  })

  test('a site is made and changed', async () => {
    await goTo('#/sites')
    await page.getByRole('button', { name: 'New site' }).click()
    await page.getByLabel('Name').fill('porto-bolhao')
    await page.getByLabel('Time zone').fill('Europe/Nowhere')
    await page.getByText('Not a time zone').waitFor()
    await page.getByLabel('Time zone').fill('Europe/Lisbon')
    await page.getByRole('button', { name: 'Make the site' }).click()
    await page.getByRole('heading', { name: 'porto-bolhao' }).waitFor()
    await page.getByRole('heading', { name: 'No device here yet' }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('Stores to keep').fill('3')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('porto-bolhao was saved.').waitFor()
    assert.deepEqual(
      mock.changes.map(({ body }) => body),
      [
        { timeZone: 'Europe/Lisbon', storesWanted: 1, limits: noLimits },
        { timeZone: 'Europe/Lisbon', storesWanted: 3, limits: noLimits },
      ],
    )
  })

  test('the picture of a site shows who gives to whom, follows the live feed, and leads to its devices', async () => {
    mock.fleet = makeMockFleet(72)
    await goTo('#/sites/berlin-alexanderplatz')
    await page.locator('larder-exchange-graph path.moving').first().waitFor()
    const before = await page.locator('larder-exchange-graph path.moving').count()
    await page.getByText(`${before} transfers as a table`).waitFor()
    const [store, kiosk] = mock.fleet.devices.filter(({ site }) => site === 'berlin-alexanderplatz')
    assert.ok(store && kiosk)
    const devices = [store, kiosk].map(({ deviceId, name, role, phase }) => ({
      deviceId,
      name,
      role,
      phase,
      connection: 'online' as const,
      chunks: { have: 1, total: 2 },
    }))
    const links = [{ from: store.deviceId, to: kiosk.deviceId, bytesPerS: 5_000_000 }]
    mock.emit('site', { site: 'berlin-alexanderplatz', at: new Date().toISOString(), devices, links })
    await page.getByText('gives 5.0 MB/s').waitFor()
    await page.getByText('1 transfer as a table').waitFor()
    await page.locator('larder-exchange-graph a').first().click()
    await page.waitForURL(/#\/devices\/d-/)
  })

  test('script in names, codes, details and events is shown as text', async () => {
    const device = mock.fleet.devices[2]
    const status = device?.packages[0]
    assert.ok(device && status)
    const text = SCRIPT.slice(0, 79)
    Object.assign(device, { name: text, detail: SCRIPT, phase: 'failed' })
    Object.assign(status, { detail: SCRIPT, activeVersion: text.slice(0, 60) })
    device.events = [{ at: new Date().toISOString(), kind: 'out-of-space', detail: SCRIPT }]
    await goTo('#/devices?search=onerror')
    await rows().first().getByText(text).first().waitFor()
    await rows().first().getByRole('link').click()
    await page.getByRole('heading', { name: text }).waitFor()
    await page.getByText(SCRIPT).first().waitFor()
    await goTo(`#/sites/${device.site}`)
    await page.getByText('Who gives to whom').waitFor()
    await page.locator('larder-exchange-graph a').first().waitFor()
    assert.equal(await page.evaluate('globalThis.pwned'), undefined)
  })

  test(`with 200 devices a second reporting, no task takes longer than ${LONGEST_TASK_MS} ms`, async () => {
    await goTo('#/devices')
    await page.getByText('3,000 devices').waitFor()
    await rows().first().waitFor()
    await page.waitForFunction(() => document.readyState === 'complete')
    await page.evaluate(() => {
      const tasks: number[] = []
      Object.assign(globalThis, { longTasks: tasks })
      new PerformanceObserver(list =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        entryTypes: ['longtask'],
      })
    })
    const shown = new Set<string | null>()
    for (let round = 0; round < 8; round++) {
      const devices = mock.fleet.devices
        .slice(round * CHANGED_AT_A_TIME, (round + 1) * CHANGED_AT_A_TIME)
        .map(device => ({ ...rowOf(device), detail: `Round ${round}` }))
      // What is in sight changes every time.
      devices.push(
        ...mock.fleet.devices
          .filter(({ site }) => site === 'berlin-alexanderplatz')
          .slice(0, 60)
          .map(device => ({ ...rowOf(device), detail: `Round ${round}` })),
      )
      mock.emit('devices', { devices, gone: [] })
      await page.getByText(`Round ${round}`).first().waitFor()
      shown.add(await rows().first().textContent())
    }
    assert.ok(shown.size > 1)
    const longest = Math.max(0, ...(await page.evaluate<number[]>('globalThis.longTasks')))
    assert.ok(longest <= LONGEST_TASK_MS, `the longest task took ${longest} ms`)
  })
})

function rowOf({
  peers: _,
  events: __,
  clockOffsetMs: ___,
  ...row
}: AdminMock['fleet']['devices'][number]): DeviceRow {
  return row
}
