/**
 * What answers is not always the server: the login page of a network (a captive portal) with status 200, and a proxy that
 * changes pages. The kiosk page neither stays on such a page nor runs it, and says what is in between.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import { type Intercept, type KioskPageStage, openKioskPageStage } from '../support/kiosk-page-stage.ts'

const executables = { chromium: await findChromium(), firefox: findFirefox() }

const html = { headers: { 'content-type': 'text/html; charset=utf-8' } }
const portal: Intercept = () => new Response('<title>Log in</title><h1>Log in to the network</h1>', html)

const addsScript: Intercept = async (path, pass) => {
  const answer = await pass()
  if (path !== '/kiosk/') return answer
  return new Response((await answer.text()).replace('</head>', '<script>void 0</script></head>'), html)
}
const withholds: Intercept = (path, pass) =>
  path.startsWith('/kiosk/assets/chunk-worker') ? new Response('blocked', { status: 403 }) : pass()

for (const engine of ['chromium', 'firefox'] as const) {
  const executablePath = executables[engine]
  describe(`behind something that is not the server (${engine})`, {
    skip: !executablePath && `no ${engine} found`,
  }, () => {
    let stage: KioskPageStage
    before(async () => {
      stage = await openKioskPageStage(executablePath ?? '', engine)
    })
    after(() => stage?.close())

    const firstVisits: readonly [title: string, intercept: Intercept, words: RegExp][] = [
      [
        'a proxy that changes the page',
        addsScript,
        /\(index\.html\): something between this device and the server changes them on the way, such as a proxy or a content filter\. Have it pass on/,
      ],
      [
        'a proxy that refuses a part of it',
        withholds,
        /\(chunk-worker\.js\): the server, or a proxy before it, refuses/,
      ],
      [
        'a login page in place of the worker’s script',
        (path, pass) => (path === '/kiosk/sw.js' ? portal(path, pass) : pass()),
        /A web page answers at http.*sw\.js in place of the script/,
      ],
    ]
    for (const [title, intercept, words] of firstVisits) {
      test(`${title}: a screen that starts for the first time names the cause`, async () => {
        await stage.serverDown()
        await stage.serverUpBehind(intercept)
        const page = await stage.context.newPage()
        await page.goto(stage.url)
        await page.getByRole('heading', { name: 'This page cannot run here' }).waitFor()
        assert.match((await page.locator('larder-kiosk main .content p').first().textContent()) ?? '', words)
        await page.close()
        await stage.serverDown()
        await stage.serverUp()
      })
    }

    test('every address that leads to the kiosk page opens it from the device, not the login page', async () => {
      await (await stage.openKiosk()).close()
      await stage.serverDown()
      await stage.serverUpBehind(portal)
      for (const path of ['/', '/kiosk', '/kiosk/', '/?x=1']) {
        const page = await stage.context.newPage()
        await page.goto(new URL(path, stage.url).href)
        assert.equal(page.url(), stage.url + new URL(path, stage.url).search, path)
        assert.equal(await page.title(), 'Larder kiosk', path)
        await page.close()
      }
      await stage.serverDown()
      await stage.serverUp()
    })

    test('a lost file of the page is not replaced by the login page, which is named', async () => {
      const page = await stage.openKiosk()
      await page.evaluate(async () => {
        for (const name of await caches.keys()) await caches.delete(name)
      })
      await stage.serverDown()
      await stage.serverUpBehind(portal)
      await page.goto(`${stage.url}diagnostics`)
      assert.equal(await page.title(), 'The kiosk page is not complete')
      assert.match(
        await page.innerText('body'),
        /cannot be fetched now: a web page answers in place of the server.*Log in to the network/s,
      )
      await stage.serverDown()
      await stage.serverUp()
      await page.locator('larder-diagnostics').waitFor()
      await page.close()
    })
  })
}
