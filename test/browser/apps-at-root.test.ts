/** An app that was built for `/` runs unchanged in the kiosk's frame: files, routes, links, reloads, its own backend. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Frame, Page } from 'playwright-core'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { type RoutedAppOptions, routedApp } from '../support/routed-app.ts'
import { makeSmallRelease } from '../support/small-release.ts'
import { until } from '../support/test-site.ts'

const engines = [
  ['chromium', await findChromium(), 'no Chromium found'],
  ['firefox', findFirefox(), 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'],
] as const

for (const [engine, executablePath, missing] of engines) {
  describe(`apps at the root in ${engine}`, { skip: executablePath === null && missing }, () => {
    let stage: KioskPageStage
    let kiosk: Page

    before(async () => {
      stage = await openKioskPageStage(executablePath ?? '', engine)
      kiosk = await stage.openKiosk()
    })
    after(() => stage?.close())

    async function openApp(
      packageName: string,
      options: RoutedAppOptions | Record<string, string> = {},
      path = 'index.html',
    ): Promise<Frame> {
      const files = 'index.html' in options ? options : routedApp(options)
      await storeRelease(kiosk, await makeSmallRelease(files, { package: packageName }))
      await kiosk.evaluate(address => {
        document.querySelector('iframe')?.remove()
        const element = document.createElement('iframe')
        element.src = address
        document.body.append(element)
      }, `app/${packageName}/${path}`)
      return until('the frame', () => kiosk.mainFrame().childFrames().at(-1))
    }
    function goTo(frame: Frame, address: string): Promise<void> {
      return frame.evaluate(to => {
        location.href = to
      }, address)
    }
    async function isAt(frame: Frame, path: string, title: string): Promise<void> {
      let at: readonly string[] = []
      await until(`${title} at ${path}`, async () => {
        at = await frame.evaluate(() => [location.pathname, document.title]).catch(() => [])
        return at[0] === path && at[1] === title
      }).catch(error => {
        throw new Error(`${error.message}; is ${at[1]} at ${at[0]}`)
      })
    }

    test('its page finds itself at /, with its files, its data and its routes', async () => {
      const frame = await openApp('spa')
      await isAt(frame, '/', 'Home of the package')
      await frame.evaluate(() => (Reflect.get(window, 'go') as (path: string) => void)('/rooms/2'))
      await isAt(frame, '/rooms/2', 'Room 2 of the package')
    })

    test('a reload on a route, a link and the way back are the app’s', async () => {
      const frame = kiosk.mainFrame().childFrames()[0] as Frame
      await frame.evaluate(() => {
        Object.assign(window, { isOld: true })
        location.reload()
      })
      await until('a new page', () => frame.evaluate(() => !('isOld' in window)).catch(() => false))
      await isAt(frame, '/rooms/2', 'Room 2 of the package')
      await frame.evaluate(() => document.querySelector('a')?.click())
      await isAt(frame, '/rooms', 'Rooms of the package')
      await frame.evaluate(() => {
        location.href = '/about'
      })
      await isAt(frame, '/about/', 'About')
      await frame.evaluate(() => history.back())
      await isAt(frame, '/rooms', 'Rooms of the package')
    })

    test('a route that the kiosk page’s folder is named like is still a route', async () => {
      const frame = await openApp('spa', {}, 'kiosk/help')
      await isAt(frame, '/kiosk/help', 'Help of the package')
    })

    test('what is not in the package is its own server’s', async () => {
      const frame = await openApp('spa', {}, 'rooms')
      await isAt(frame, '/rooms', 'Rooms of the package')
      const get = (path: string) =>
        frame.evaluate(
          address => (Reflect.get(window, 'get') as (path: string) => Promise<[number, string]>)(address),
          path,
        )
      const [status, text] = await get('/time')
      assert.equal(status, 200)
      assert.match(text, /serverTime/)
      assert.equal((await get('/api/nothing'))[0], 404)
    })

    test('a route with a dot is a route; a missing file is said in a page, never in a problem document', async () => {
      const frame = await openApp('spa', {}, 'rooms')
      await isAt(frame, '/rooms', 'Rooms of the package')
      await goTo(frame, '/map/52.5,13.4')
      await isAt(frame, '/map/52.5,13.4', 'no route /map/52.5,13.4 of the package')
      await goTo(frame, '/missing.pdf')
      await isAt(frame, '/missing.pdf', 'There is no such page')
      await goTo(frame, '/kiosk/missing.pdf')
      await isAt(frame, '/kiosk/missing.pdf', 'There is no such page')
    })

    const page = (title: string, body = '') => `<!doctype html><title>${title}</title>${body}`
    const PAGES = {
      'about.html': page('about'),
      'menu/drinks.html': page('drinks', '<a href="./">up</a>'),
      '404.html': page('not found'),
    }

    test('pages are found without their ending, and 404.html stands for what is not there, at the root', async () => {
      const home = page('home', '<a href="/about">about</a><script src="/s.js"></script>')
      const frame = await openApp('clean', { ...PAGES, 'index.html': home, 's.js': '' })
      await isAt(frame, '/', 'home')
      await frame.evaluate(() => document.querySelector('a')?.click())
      await isAt(frame, '/about', 'about')
      await goTo(frame, '/menu/drinks')
      await isAt(frame, '/menu/drinks', 'drinks')
      await goTo(frame, '/about/')
      await isAt(frame, '/about', 'about')
      await goTo(frame, '/nothing/here')
      await isAt(frame, '/nothing/here', 'not found')
      const status = () =>
        performance.getEntriesByType('navigation').map(one => Reflect.get(one, 'responseStatus'))
      if (engine === 'chromium') assert.deepEqual(await frame.evaluate(status), [404])
    })

    test('pages are found without their ending also below the folder of packages', async () => {
      const frame = await openApp('cleanrel', {
        ...PAGES,
        'index.html': page('home', '<a href="about">about</a>'),
      })
      await isAt(frame, '/kiosk/app/cleanrel/index.html', 'home')
      await frame.evaluate(() => document.querySelector('a')?.click())
      await isAt(frame, '/kiosk/app/cleanrel/about', 'about')
      await goTo(frame, 'nothing')
      await isAt(frame, '/kiosk/app/cleanrel/nothing', 'not found')
    })

    test('a page that finds its script only by running is moved to / before it has run', async () => {
      const frame = await openApp('hidden', { hidden: true }, 'rooms')
      await isAt(frame, '/rooms', 'Rooms of the package')
    })

    test('all of that without a server; and an address of nobody says so', async () => {
      await stage.serverDown()
      const frame = await openApp('offline')
      await isAt(frame, '/', 'Home of the package')
      await frame.evaluate(() => {
        location.href = '/rooms/2'
      })
      await isAt(frame, '/rooms/2', 'Room 2 of the package')
      await frame.evaluate(() => {
        location.href = '/missing.pdf'
      })
      await isAt(frame, '/missing.pdf', 'This page cannot be reached')
      await stage.serverUp()
    })

    test('the server’s front door leads to the kiosk page also without the server', async () => {
      await stage.serverDown()
      const page = await stage.context.newPage()
      await page.goto(new URL('/', stage.url).href)
      assert.equal(page.url(), stage.url)
      await page.close()
      await stage.serverUp()
    })
  })
}
