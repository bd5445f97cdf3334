/** The kiosk page around a running app, with a kiosk that a test plays: switches, errors, what people see; diagnostics. */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { KioskView } from '../../client/kiosk-api.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { plainStorage } from '../support/default-fields.ts'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { makeSmallRelease, type SmallRelease } from '../support/small-release.ts'

const executablePath = await findChromium()

/** Gives the page a kiosk that only records; `show` is then its view. */
async function playKiosk(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = []
    const listeners: ((view: unknown) => void)[] = []
    const record =
      (name: string) =>
      (...args: unknown[]) =>
        void heard.push([name, ...args].join(' '))
    const kiosk = {
      subscribeView: (listener: (view: unknown) => void) => {
        listeners.push(listener)
        return () => {}
      },
      appLoaded: record('loaded'),
      appFailed: record('failed'),
      enrol: record('enrol'),
      retry: record('retry'),
    }
    Object.assign(window, { heard, listeners })
    Object.assign(document.querySelector('larder-kiosk') ?? {}, { kiosk })
  })
}

const heard = (page: Page) => page.evaluate(() => Reflect.get(window, 'heard') as string[])
const hears = (page: Page, part: string) =>
  page.waitForFunction(
    text => (Reflect.get(window, 'heard') as string[]).some(entry => entry.includes(text)),
    part,
  )

async function show(page: Page, part: Partial<KioskView>): Promise<void> {
  const view: KioskView = {
    enrolment: { state: 'enrolled', name: 'Window', site: 'berlin' },
    timeZone: 'Europe/Berlin',
    storage: 'disk',
    app: null,
    status: {
      deviceId: 'd-00',
      role: 'kiosk',
      site: 'berlin',
      connection: 'online',
      clockOffsetMs: 0,
      storage: plainStorage,
      packages: [],
      peers: [],
    },
    ...part,
  }
  await page.evaluate(shown => {
    for (const listener of Reflect.get(window, 'listeners') as ((view: unknown) => void)[]) listener(shown)
  }, view)
}

const appOf = ({ manifest, digest }: SmallRelease, confirmed = true): KioskView['app'] => ({
  package: manifest.package,
  release: manifest.release,
  version: manifest.version,
  digest,
  path: `app/${manifest.package}/index.html`,
  confirmed,
})

const pack = (release: number, script: string) =>
  makeSmallRelease(
    {
      'index.html': `<!doctype html><h2>release ${release}</h2><script src="a.js"></script>`,
      'a.js': script,
    },
    { release },
  )

describe('kiosk page around an app', { skip: !executablePath && 'no Chromium found' }, () => {
  let stage: KioskPageStage
  let page: Page

  before(async () => {
    stage = await openKioskPageStage(executablePath ?? '')
  })
  after(() => stage?.close())

  test('starts a real kiosk: not enrolled, with an identity, and a public interface', async () => {
    page = await stage.openKiosk()
    await page.locator('larder-enrol-form').waitFor()
    const status = await page.evaluate(() => {
      const { larder } = window
      const { deviceId = '', connection = '' } = larder?.status() ?? {}
      return { id: deviceId, connection, names: Object.keys(larder ?? {}) }
    })
    assert.match(status.id, /^d-[0-9a-f]{32}$/)
    assert.equal(status.connection, 'offline')
    assert.deepEqual(status.names.sort(), [
      'enrol',
      'ready',
      'retry',
      'status',
      'subscribe',
      'subscribeView',
      'view',
    ])
  })

  test('a link in the address is used and removed from it', async () => {
    const other = await stage.context.newPage()
    const asked = other.waitForRequest(request => request.url().endsWith('/enrol'))
    await page.close()
    await other.goto(`${stage.url}?enrol=abcdefghijklmnopqrstuvwx&x=1`)
    assert.equal(JSON.parse((await asked).postData() ?? '').token, 'abcdefghijklmnopqrstuvwx')
    assert.equal(other.url(), `${stage.url}?x=1`)
    await other.locator('larder-enrol-form >> [role=alert]').waitFor()
    page = other
  })

  test('the form takes a link and refuses what is none', async () => {
    await playKiosk(page)
    await show(page, { enrolment: { state: 'none' } })
    await page.locator('larder-enrol-form >> input').fill('nonsense')
    await page.getByRole('button', { name: 'Enrol' }).click()
    assert.match((await page.locator('larder-enrol-form >> [role=alert]').textContent()) ?? '', /neither/)
    await page.locator('larder-enrol-form >> input').fill('http://x/kiosk/?enrol=aaaaaaaaaaaaaaaaaaaaaaaa')
    await page.getByRole('button', { name: 'Enrol' }).click()
    await page.getByRole('button', { name: 'Show a code' }).click()
    assert.deepEqual(await heard(page), ['enrol aaaaaaaaaaaaaaaaaaaaaaaa', 'enrol '])
  })

  test('a release takes the place of the one before only when it has loaded', async () => {
    await playKiosk(page)
    const one = await pack(1, '')
    await storeRelease(page, one)
    await show(page, { app: appOf(one) })
    await hears(page, `loaded ${one.digest}`)
    await page.frameLocator('iframe.shown').getByText('release 1').waitFor()

    const two = await pack(2, 'document.body.append(" ran")')
    await storeRelease(page, two)
    await show(page, { app: appOf(two, false) })
    await show(page, { app: appOf(two, false) })
    await hears(page, `loaded ${two.digest}`)
    await page.frameLocator('iframe.shown >> nth=-1').getByText('ran').waitFor()
    await page.waitForFunction(() => document.querySelectorAll('iframe').length === 1)
    assert.equal((await heard(page)).length, 2)
  })

  test('what goes wrong in a release is reported: errors, rejections, missing parts', async () => {
    const three = await pack(3, 'Promise.reject(new Error("late")); setTimeout(() => nowhere())')
    await storeRelease(page, three)
    await show(page, { app: appOf(three, false) })
    await hears(page, `failed ${three.digest} Unhandled: late`)
    await hears(page, 'nowhere is not defined')

    const gone = await makeSmallRelease({ 'index.html': '<script src="gone.js"></script>' }, { release: 4 })
    await storeRelease(page, gone)
    await show(page, { app: appOf(gone, false) })
    await hears(page, `failed ${gone.digest} Could not be loaded`)

    const absent = await makeSmallRelease({ 'index.html': 'x' }, { package: 'absent' })
    await show(page, { app: appOf(absent, false) })
    await hears(page, `failed ${absent.digest} Nothing to show yet (503)`)
  })

  test('over an app there is nothing until somebody moves; ? opens the panel, Escape closes it', async () => {
    const five = await pack(5, '')
    await storeRelease(page, five)
    await show(page, { app: appOf(five) })
    await hears(page, `loaded ${five.digest}`)
    const indicator = page.locator('larder-kiosk >> .indicator')
    const frame = page.frameLocator('iframe >> nth=-1').getByText('release 5')
    await frame.hover()
    await page.locator('larder-kiosk >> .indicator.visible').waitFor()
    assert.equal((await indicator.textContent())?.trim(), 'Up to date')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Europe/Berlin').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('a second tab shows the same and says who does the work', async () => {
    const first = await stage.openKiosk()
    const second = await stage.openKiosk()
    await second.locator('larder-enrol-form').waitFor()
    assert.match(
      (await second.evaluate(() => Reflect.get(document.querySelector('larder-kiosk') ?? {}, 'note'))) ?? '',
      /Another tab/,
    )
    await first.close()
    await second.close()
  })

  test('diagnostics find what works, and what to mend', async () => {
    const diagnostics = await stage.context.newPage()
    await diagnostics.goto(`${stage.url}diagnostics`)
    await diagnostics.locator('larder-diagnostics >> text=Check again').isEnabled()
    await diagnostics.waitForFunction(() => {
      const root = document.querySelector('larder-diagnostics')?.shadowRoot
      return root?.querySelector('li') && !root.querySelector('[data-state=waiting]')
    })
    const found = await diagnostics.evaluate(() => {
      const root = document.querySelector('larder-diagnostics')?.shadowRoot
      return [...(root?.querySelectorAll('li') ?? [])].map(row => [
        row.querySelector('strong')?.textContent ?? '',
        row.dataset.state ?? '',
        row.textContent ?? '',
      ])
    })
    const stateOf = (title: string) => found.find(([name]) => name === title)?.[1]
    for (const title of [
      'Secure connection',
      'Service worker',
      'Storage (IndexedDB)',
      'Signatures (Ed25519)',
      'Unpacking',
      'Peer connections (WebRTC)',
      'Clock',
    ]) {
      assert.equal(stateOf(title), 'good', title)
    }
    assert.equal(stateOf('Signaling'), 'bad', 'there is no signaling behind this page')
    assert.match(found.find(([name]) => name === 'Signaling')?.[2] ?? '', /WebSockets/)
  })
})
