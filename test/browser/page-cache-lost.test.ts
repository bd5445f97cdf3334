/**
 * The cache that holds the kiosk page is lost, in part or whole: it is filled again while there is a server, and without one
 * what is there still starts.
 */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const firefoxPath = findFirefox()

/** Paths that the page's cache holds. */
const keptFiles = (kiosk: TestDevice) =>
  kiosk.browser.page.evaluate(async () => {
    const names = (await caches.keys()).filter(name => name.startsWith('larder-page-'))
    const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })

/** Removes what matches; true for all, caches included. */
const removeFiles = (kiosk: TestDevice, pattern: string | true) =>
  kiosk.browser.page.evaluate(async wanted => {
    for (const name of await caches.keys()) {
      if (wanted === true) await caches.delete(name)
      const cache = wanted === true ? null : await caches.open(name)
      for (const request of (await cache?.keys()) ?? [])
        if (new RegExp(String(wanted)).test(new URL(request.url).pathname)) await cache?.delete(request)
    }
  }, pattern)

const isKioskPage = (kiosk: TestDevice) =>
  kiosk.browser.page.evaluate(() => document.querySelector('larder-kiosk') !== null).catch(() => false)

/** Where Chromium keeps caches. */
const cacheFolder = ({ profile }: TestDevice) => join(profile, 'Default', 'Service Worker', 'CacheStorage')

for (const engine of ['chromium', 'firefox'] as const) {
  const skip =
    engine === 'firefox' && firefoxPath === null
      ? 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'
      : false

  test(`the lost cache of the kiosk page is filled again, and without a server what is there starts (${engine})`, {
    skip,
  }, async t => {
    const site = await startTestSite(t)
    await site.publish(await writeTestPackage(join(site.root, 'app'), { title: 'App 1' }), '1.0.0')
    await assignPackages(site, 'lobby')
    const browser = engine === 'firefox' && firefoxPath ? { engine, executablePath: firefoxPath } : undefined
    const kiosk = await site.open({ role: 'kiosk', ...(browser && { browser }) })
    await kiosk.untilRuns(1, 'App 1')
    await until('confirmed', async () => (await kiosk.package())?.update === 'confirmed')
    const events = async () => {
      const { deviceId = '' } = (await kiosk.status()) ?? {}
      const answer = await (await site.api(`api/devices/${deviceId}`)).json()
      const all = (answer as { events: { detail: string }[] }).events
      return all.flatMap(({ detail }) => (/files of the kiosk page/.test(detail) ? [detail] : []))
    }
    const complete = (await keptFiles(kiosk)).sort()
    assert.ok(complete.length > 7)
    assert.deepEqual(await events(), [])

    // A minute is too long for a test.
    await kiosk.browser.page.clock.install()
    await kiosk.browser.page.reload()
    await kiosk.untilRuns(1, 'App 1')
    await kiosk.untilOnline()
    const refilled = async () => {
      await kiosk.browser.page.clock.fastForward('01:01')
      await until('every file is kept again', async () => (await keptFiles(kiosk)).length === complete.length)
      assert.deepEqual((await keptFiles(kiosk)).sort(), complete)
    }
    await removeFiles(kiosk, true)
    await refilled()
    const [told] = await until('the administrator is told', async () => {
      const found = await events()
      return found.length > 0 && found
    })
    assert.match(told ?? '', /removed or changed files of the kiosk page .*index\.html.* fetched again/)
    await removeFiles(kiosk, 'diagnostics')
    await refilled()
    if (engine === 'chromium') {
      await rm(cacheFolder(kiosk), { recursive: true })
      await refilled()
    }
    assert.equal((await events()).length, 1, 'each file is told once')

    await site.killServer()
    await removeFiles(kiosk, 'diagnostics')
    await kiosk.close()
    await kiosk.start()
    await kiosk.untilRuns(1, 'App 1')
    await kiosk.browser.page.goto(`${site.server.kioskUrl}diagnostics`)
    assert.equal(await kiosk.browser.page.title(), 'The kiosk page is not complete')
    const text = await kiosk.browser.page.innerText('body')
    assert.match(
      text,
      /diagnostics, diagnostics\.js.*cannot be fetched now: the server does not answer.*tries again every 10 s/s,
    )

    await removeFiles(kiosk, 'chunk-worker')
    await kiosk.close()
    if (engine === 'chromium') await rm(cacheFolder(kiosk), { recursive: true })
    await kiosk.start()
    await until('the app is shown without the kiosk page', async () => {
      return (await kiosk.browser.appTitle()) === 'App 1'
    })
    assert.equal(await isKioskPage(kiosk), false)
    await site.restartServer()
    await until('the kiosk page is back by itself', () => isKioskPage(kiosk))
    await kiosk.untilRuns(1, 'App 1')
    await until('every file is kept again', async () => (await keptFiles(kiosk)).length === complete.length)
  })
}
