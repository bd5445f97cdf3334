/**
 * The kiosk page while its browser has no service worker (Chromium throws it away with its databases): nothing that a server has
 * at an app's address is taken for the app, and the app comes back by itself.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { appOf, heard, hears, pack, playKiosk, show } from '../support/played-kiosk.ts'
import { makeSmallRelease, type SmallRelease } from '../support/small-release.ts'

const executablePath = await findChromium()

const unregister = (page: Page) =>
  page.evaluate(async () => {
    for (const known of await navigator.serviceWorker.getRegistrations()) await known.unregister()
  })

const forgetPackage = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('larder-records')
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const transaction = request.result.transaction('keyval', 'readwrite')
          transaction.objectStore('keyval').delete('package:lobby')
          transaction.oncomplete = () => {
            request.result.close()
            resolve()
          }
          transaction.onabort = () => reject(transaction.error)
        }
      }),
  )

describe('without a service worker', { skip: !executablePath && 'no Chromium found' }, () => {
  let stage: KioskPageStage
  let page: Page
  let number = 0

  before(async () => {
    stage = await openKioskPageStage(executablePath ?? '')
  })
  after(() => stage?.close())
  beforeEach(async () => {
    await page?.close()
    page = await stage.openKiosk()
    await playKiosk(page)
  })

  const onScreen = (text: string) => page.frameLocator('iframe.shown:not([inert])').getByText(text)
  const aboutOf = async ({ digest }: SmallRelease) =>
    (await heard(page)).filter(entry => entry.includes(digest)).map(entry => entry.replace(` ${digest}`, ''))

  /** Its page loads itself anew when somebody clicks it. */
  async function running(): Promise<SmallRelease> {
    const release = await pack(++number, 'addEventListener("click", () => location.reload())')
    await storeRelease(page, release)
    await show(page, { app: appOf(release) })
    await hears(page, `loaded ${release.digest}`)
    return release
  }

  test('a new release: the one before stays until the worker is back', async () => {
    const before = await running()
    const next = await pack(++number, '')
    await storeRelease(page, next)
    await unregister(page)
    await show(page, { app: appOf(next, false) })
    await hears(page, `not served ${next.digest}`)
    await onScreen(`release ${before.manifest.release}`).waitFor()
    await hears(page, `loaded ${next.digest}`)
    await onScreen(`release ${next.manifest.release}`).waitFor()
    assert.deepEqual([...new Set(await aboutOf(next))], ['not served', 'loaded'])
  })

  test('an app that loads itself anew at that moment, and finds its records later than its worker', async () => {
    const release = await running()
    const { release: shown } = release.manifest
    await unregister(page)
    await forgetPackage(page)
    await onScreen(`release ${shown}`).click()
    await page.getByRole('heading', { name: 'One moment' }).waitFor()
    await page.frameLocator('iframe').getByText('Nothing to show yet').waitFor({ state: 'attached' })
    await storeRelease(page, release)
    await onScreen(`release ${shown}`).waitFor()
    await page.getByRole('heading', { name: 'One moment' }).waitFor({ state: 'detached' })
    assert.deepEqual([...new Set(await aboutOf(release))], ['loaded', 'not served'])
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'IFRAME')
  })

  test('the server is gone too: the app comes back with it', async () => {
    const release = await running()
    await unregister(page)
    await stage.serverDown()
    await onScreen(`release ${release.manifest.release}`).click()
    await page.waitForFunction(() => document.querySelector('iframe')?.contentDocument === null)
    await hears(page, `not served ${release.digest}`)
    await stage.serverUp()
    await onScreen(`release ${release.manifest.release}`).waitFor()
    assert.deepEqual([...new Set(await aboutOf(release))], ['loaded', 'not served'])
  })

  test('an app that was built for `/`, whose address then is the server’s', async () => {
    const release = await makeSmallRelease(
      {
        'index.html': '<!doctype html><h2>at the root</h2><script src="/a.js"></script>',
        'a.js': 'addEventListener("click", () => location.reload())',
      },
      { release: ++number },
    )
    await storeRelease(page, release)
    await show(page, { app: appOf(release) })
    await hears(page, `loaded ${release.digest}`)
    await unregister(page)
    await onScreen('at the root').click()
    await hears(page, `not served ${release.digest}`)
    await page.getByRole('heading', { name: 'One moment' }).waitFor()
    await onScreen('at the root').waitFor()
    assert.deepEqual([...new Set(await aboutOf(release))], ['loaded', 'not served'])
  })
})
