/** The checks of a device over a running app: in the same tab, with a button back, and closed by themselves. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import { seriousFindings } from '../support/axe-check.ts'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { appOf, hears, pack, playKiosk, show } from '../support/played-kiosk.ts'

const executables = { chromium: await findChromium(), firefox: findFirefox() }

for (const engine of ['chromium', 'firefox'] as const) {
  const executablePath = executables[engine]
  describe(`checks of a device (${engine})`, { skip: !executablePath && `no ${engine} found` }, () => {
    let stage: KioskPageStage
    let page: Page

    before(async () => {
      stage = await openKioskPageStage(executablePath ?? '', engine)
      page = await stage.context.newPage()
      await page.clock.install()
      await page.goto(stage.url)
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
      await page.waitForFunction(() => window.larder !== undefined)
      await playKiosk(page)
      const release = await pack(1, 'window.startedAt = performance.now()')
      await storeRelease(page, release)
      await show(page, { app: appOf(release) })
      await hears(page, `loaded ${release.digest}`)
    })
    after(() => stage?.close())

    const panel = () => page.getByRole('dialog', { name: 'Status of this device' })
    const checks = () => page.getByRole('dialog', { name: 'Check of this device' })
    const startedAt = () =>
      page
        .frames()
        .at(-1)
        ?.evaluate(() => Reflect.get(window, 'startedAt') as number | undefined)

    async function openChecks(): Promise<void> {
      await page.keyboard.press('Control+Alt+L')
      await panel().getByRole('button', { name: 'Check this device' }).click()
      await checks().waitFor()
      await panel().waitFor({ state: 'detached' })
    }

    test('they open over the app in the same tab, and Back leads to the panel while the app goes on', async () => {
      const tabs = stage.context.pages().length
      const before = await startedAt()
      assert.ok(before)
      await openChecks()
      await checks().getByRole('heading', { level: 1 }).waitFor()
      assert.equal(stage.context.pages().length, tabs)
      assert.equal(page.url(), stage.url)
      assert.deepEqual(await seriousFindings(page), [])
      await checks().getByRole('button', { name: 'Back' }).click()
      await panel().waitFor()
      await checks().waitFor({ state: 'detached' })
      await page.keyboard.press('Escape')
      await panel().waitFor({ state: 'detached' })
      await openChecks()
      await page.keyboard.press('Escape')
      await checks().waitFor({ state: 'detached' })
      assert.equal(await startedAt(), before)
      await panel().getByRole('button', { name: 'Close' }).click()
    })

    test('nobody touches the screen for two minutes: checks and panel close by themselves', async () => {
      await openChecks()
      await page.clock.fastForward('01:50')
      await checks().waitFor()
      await page.clock.fastForward('00:12')
      await checks().waitFor({ state: 'detached' })
      assert.equal(await panel().count(), 0)
    })

    test('the page of the checks leads back to the kiosk page, by its button and by itself', async () => {
      const alone = await stage.context.newPage()
      await alone.clock.install()
      const address = `${stage.url}diagnostics`
      await alone.goto(address)
      await alone.getByRole('button', { name: 'Back' }).click()
      await alone.waitForURL(stage.url)
      await alone.goto(address)
      await alone.getByRole('button', { name: 'Back' }).waitFor()
      await alone.clock.fastForward('02:01')
      await alone.waitForURL(stage.url)
      await alone.close()
    })
  })
}
