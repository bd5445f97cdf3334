/** The kiosk page around a running app, with a kiosk that a test plays: switches, errors, what people see. */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { KioskView } from '../../client/kiosk-api.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { seriousFindings } from '../support/axe-check.ts'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { appOf, heard, hears, pack, plainStatus, playKiosk, show } from '../support/played-kiosk.ts'
import { makeSmallRelease } from '../support/small-release.ts'

const executablePath = await findChromium()

const delivery = (have: number): PackageStatus => ({
  package: 'lobby',
  wantedRelease: 6,
  activeRelease: null,
  activeVersion: null,
  phase: 'downloading',
  update: 'downloading',
  reason: 'fetching-from-stores',
  detail: 'fetching 1.0.0 from stores',
  decision: { stores: 'open', server: 'open', nextChangeAt: null },
  chunks: { have, total: 400 },
  bytes: { fromStores: have * 100_000, fromServer: 0, reused: 0 },
})

/** What a page would be told while 200 chunks arrive. */
const views = (packageAt: (have: number) => PackageStatus) =>
  Array.from({ length: 200 }, (_, have) => ({
    enrolment: { state: 'enrolled', name: 'Window', site: 'berlin' },
    timeZone: 'Europe/Berlin',
    storage: 'disk',
    app: null as KioskView['app'],
    status: { ...plainStatus, packages: [packageAt(have + 1)] },
  }))

/** Shows one view after another, 200 a second; how often the page was drawn for it. */
function countDraws(page: Page, all: readonly unknown[]): Promise<{ draws: number; tookMs: number }> {
  return page.evaluate(async shown => {
    const shell = document.querySelector('larder-kiosk') as unknown as { performUpdate(): void }
    const perform = shell.performUpdate
    let draws = 0
    const beganAt = performance.now()
    shell.performUpdate = function (this: unknown) {
      draws++
      return perform.call(this as never)
    }
    for (const view of shown) {
      for (const listener of Reflect.get(window, 'listeners') as ((view: unknown) => void)[]) listener(view)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    shell.performUpdate = perform
    return { draws, tookMs: performance.now() - beganAt }
  }, all)
}

describe('kiosk page around an app', { skip: !executablePath && 'no Chromium found' }, () => {
  let stage: KioskPageStage
  let page: Page

  before(async () => {
    stage = await openKioskPageStage(executablePath ?? '')
  })
  after(() => stage?.close())

  test('starts a real kiosk: not enrolled, with an identity, and a public interface', async () => {
    page = await stage.openKiosk()
    // It asks for a code by itself, and nobody answers here.
    await page.getByRole('heading', { name: 'No answer from the server' }).waitFor()
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
    await other.getByRole('heading', { name: 'No answer from the server' }).waitFor()
    page = other
  })

  test('a new screen shows its code at once; its form takes a link and refuses what is none', async () => {
    await playKiosk(page)
    const acceptUrl = 'https://admin.example/#/enrolment?code=K7QX-2MPA'
    await show(page, { enrolment: { state: 'pending', code: 'K7QX-2MPA', acceptUrl, refusal: null } })
    await page.getByText('K7QX-2MPA', { exact: true }).waitFor()
    const encoded = await page
      .locator('larder-qr-code')
      .evaluate(element => [
        Reflect.get(element, 'text'),
        element.shadowRoot?.querySelectorAll('path').length,
      ])
    assert.deepEqual(encoded, [acceptUrl, 1])
    assert.deepEqual(await seriousFindings(page), [])

    await page.getByRole('button', { name: 'Use an enrolment link instead' }).click()
    const input = page.getByLabel('Enrolment link or token')
    await input.fill('nonsense')
    await page.getByRole('button', { name: 'Enrol' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /neither/)
    await input.fill('http://x/kiosk/?enrol=aaaaaaaaaaaaaaaaaaaaaaaa')
    await page.getByRole('button', { name: 'Enrol' }).click()
    assert.deepEqual(await heard(page), ['enrol aaaaaaaaaaaaaaaaaaaaaaaa'])
  })

  test('a link that was not taken: why, and a code all the same', async () => {
    const refusal = 'This enrolment link is used up.'
    await show(page, { enrolment: { state: 'pending', code: 'K7QX-2MPA', acceptUrl: null, refusal } })
    await page.getByRole('alert').getByText(refusal).waitFor()
    const text = await page.locator('larder-qr-code').evaluate(element => Reflect.get(element, 'text'))
    assert.equal(text, 'K7QX-2MPA')
  })

  test('a delivery is drawn a few times a second, however often it changes', async () => {
    await show(page, { status: { ...plainStatus, packages: [delivery(1)] } })
    await page.getByRole('progressbar', { name: 'Progress of lobby' }).waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    const { draws, tookMs } = await countDraws(page, views(delivery))
    // Four times for the view and once for the clock.
    assert.ok(draws >= 2 && draws <= 1 + (tookMs / 1000) * 5, `${draws} times in ${tookMs} ms`)
    await page.getByText('50 %').waitFor()
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
    await hears(page, `failed ${three.digest} threw Unhandled: late`)
    await hears(page, 'nowhere is not defined')

    const gone = await makeSmallRelease({ 'index.html': '<script src="gone.js"></script>' }, { release: 4 })
    await storeRelease(page, gone)
    await show(page, { app: appOf(gone, false) })
    await hears(page, `failed ${gone.digest} failed-load Could not be loaded`)

    const absent = await makeSmallRelease({ 'index.html': 'x' }, { package: 'absent' })
    await show(page, { app: appOf(absent, false) })
    await hears(page, `failed ${absent.digest} did-not-load Nothing to show yet (503)`)
  })

  test('a script that throws at once is not missed, nor one in a page that the app goes on to', async () => {
    const inline = '<!doctype html><script>atOnce()</script>'
    for (let release = 20; release < 25; release++) {
      const eager = await makeSmallRelease({ 'index.html': inline }, { release })
      await storeRelease(page, eager)
      await show(page, { app: appOf(eager, false) })
      await hears(page, `failed ${eager.digest} threw`)
    }
    const walker = await makeSmallRelease(
      {
        'index.html': '<!doctype html><script>setTimeout(() => location.assign("next.html"), 100)</script>',
        'next.html': '<!doctype html><script src="next.js"></script>',
        'next.js': 'setTimeout(() => onTheNextPage(), 100)',
      },
      { release: 30 },
    )
    await storeRelease(page, walker)
    await show(page, { app: appOf(walker, false) })
    await hears(page, 'onTheNextPage is not defined')
  })

  test('an app that cannot register a service worker of its own has not failed', async () => {
    const own = await pack(
      9,
      'navigator.serviceWorker.register("./own.js"); addEventListener("unhandledrejection", () => setTimeout(() => nowhere(), 100))',
    )
    await storeRelease(page, own)
    await show(page, { app: appOf(own, false) })
    await hears(page, 'nowhere is not defined')
    assert.deepEqual(
      (await heard(page)).filter(entry => entry.includes(own.digest) && entry.includes('ServiceWorker')),
      [],
    )
  })

  test('over an app there is nothing, also when somebody uses it, and nothing is drawn', async () => {
    const five = await pack(5, 'addEventListener("click", () => document.body.append(" clicked"))')
    await storeRelease(page, five)
    await show(page, { app: appOf(five) })
    await hears(page, `loaded ${five.digest}`)
    const frame = page.frameLocator('iframe.shown >> nth=-1')
    await frame.getByText('release 5').click()
    await frame.getByText('clicked').waitFor()
    await page.keyboard.press('?')
    const shell = () =>
      page.evaluate(() => document.querySelector('larder-kiosk')?.shadowRoot?.children.length ?? -1)
    assert.equal(await shell(), 0)
    const running = views(have => ({ ...delivery(have), activeRelease: 5 })).map(status => ({
      ...status,
      app: appOf(five),
    }))
    assert.equal((await countDraws(page, running)).draws, 0)
  })

  test('a key combination, or a long press in the corner, opens the panel; the app keeps its corner', async () => {
    const panel = page.getByRole('dialog', { name: 'Status of this device' })
    await page.keyboard.press('Control+Alt+L')
    await panel.getByText('Europe/Berlin').waitFor()
    assert.deepEqual(await seriousFindings(page), [])
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })

    const clicks = () =>
      page
        .frameLocator('iframe.shown >> nth=-1')
        .locator('body')
        .evaluate(body => (body.textContent ?? '').split('clicked').length - 1)
    const before = await clicks()
    const height = page.viewportSize()?.height ?? 0
    await page.mouse.click(30, height - 30)
    assert.equal(await clicks(), before + 1)
    await page.mouse.move(300, 300)
    await page.mouse.down()
    await page.mouse.move(30, height - 30)
    await page.mouse.up()
    await page.mouse.down()
    await panel.waitFor()
    await page.mouse.up()
    await panel.getByRole('button', { name: 'Close' }).click()
    await panel.waitFor({ state: 'detached' })
  })

  test('a device that was revoked shows no app, and says so', async () => {
    const message = 'An administrator has taken this screen out of service.'
    const six = await pack(6, '')
    await storeRelease(page, six)
    await show(page, { app: appOf(six), enrolment: { state: 'revoked', message } })
    await page.getByRole('heading', { name: 'Out of service' }).waitFor()
    await page.getByText(message).waitFor()
    assert.equal(await page.locator('iframe').count(), 0)
    assert.deepEqual(await seriousFindings(page), [])
  })

  test('a second tab shows the same and says who does the work', async () => {
    const first = await stage.openKiosk()
    const second = await stage.openKiosk()
    await second.getByRole('heading', { name: 'No answer from the server' }).waitFor()
    assert.match(
      (await second.evaluate(() => Reflect.get(document.querySelector('larder-kiosk') ?? {}, 'note'))) ?? '',
      /Another tab/,
    )
    await first.close()
    await second.close()
  })
})
