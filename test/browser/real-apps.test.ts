/**
 * Web apps nobody here wrote, published as npm has them and run from the chunk store with the server gone and the browser
 * started again: single-page apps built for `/`, one that works on a video, one on PDF files (real-package.test.ts).
 */
import assert from 'node:assert/strict'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Frame } from 'playwright-core'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

const installed = (path: string) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url))

after(() => assertNothingLeaks())

/** Publishes a directory, waits until a kiosk shows it, takes the server away and starts the browser again. */
async function runOffline(site: TestSite, directory: string, name: string, entry = 'index.html') {
  await site.publish(directory, '1.0.0', name, '--entry', entry)
  await assignPackages(site, name)
  const kiosk = await site.open({ role: 'kiosk' })
  await until(`${name} is shown`, () => kiosk.browser.appTitle().then(title => title !== null))
  await kiosk.untilPackage('confirmed', ({ update }) => update === 'confirmed', name)
  await site.killServer()
  await kiosk.close()
  await kiosk.start()
  return kiosk
}

const frameOf = (kiosk: TestDevice): Promise<Frame> =>
  until('the frame of the app', () =>
    kiosk.browser.page
      .mainFrame()
      .childFrames()
      .find(frame => frame.url().startsWith('http')),
  )

const pathOf = (frame: Frame) => frame.evaluate(() => location.pathname).catch(() => '')

test('AirDC++ Web Client: built for /, routes by the address, parts loaded on demand', async t => {
  const site = await startTestSite(t)
  const kiosk = await runOffline(site, installed('airdcpp-webui/dist'), 'airdcpp')
  const frame = await frameOf(kiosk)
  // Its router goes from / to its own login page, with a part of the app that is loaded only for it.
  await until('its route', async () => (await pathOf(frame)) === '/login')
  await frame.locator('input[type=password]').waitFor()
  await frame.evaluate(() => {
    Object.assign(window, { isOld: true })
    location.reload()
  })
  await until('loaded again', () => frame.evaluate(() => !('isOld' in window)).catch(() => false))
  await frame.locator('input[type=password]').fill('anything')
  assert.equal(await pathOf(frame), '/login')
})

test('Altair GraphQL client: <base href="/">, an editor, dialogs, state of its own', async t => {
  const site = await startTestSite(t)
  const directory = join(site.root, 'altair')
  await cp(installed('altair-static/build/dist'), directory, { recursive: true })
  // What its own renderer puts in: the page starts with the call that has its options.
  const page = await readFile(join(directory, 'index.html'), 'utf8')
  const start = '<script>addEventListener("load", () => AltairGraphQL.init())</script>'
  await writeFile(join(directory, 'index.html'), page.replace('</body>', `${start}</body>`))
  const kiosk = await runOffline(site, directory, 'altair')
  const frame = await frameOf(kiosk)
  assert.equal(await pathOf(frame), '/')
  const editor = frame.locator('.cm-content').first()
  await editor.click()
  await kiosk.browser.page.keyboard.type('query Departures')
  await until('what was typed', async () => (await editor.textContent())?.includes('query Departures'))
})

test('tracking.js: finds colours in a video that plays and seeks', async t => {
  const site = await startTestSite(t)
  // Its page expects the library of its sliders beside it, as package managers put it.
  const directory = join(site.root, 'site')
  await mkdir(directory)
  await cp(installed('tracking'), join(directory, 'tracking'), { recursive: true })
  await cp(installed('dat.gui'), join(directory, 'dat-gui'), { recursive: true })
  const kiosk = await runOffline(site, directory, 'tracking', 'tracking/examples/color_video.html')
  const frame = await frameOf(kiosk)
  await until('the video plays', () =>
    frame.evaluate(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5).catch(() => false),
  )
  const inkAt = async (seconds: number) => {
    await frame.evaluate(at => {
      const video = document.querySelector('video')
      if (!video) return
      return new Promise(resolve => {
        video.addEventListener('seeked', resolve, { once: true })
        video.currentTime = at
      })
    }, seconds)
    return frame.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
  }
  for (const at of [50, 5, 30]) assert.ok(Math.abs((await inkAt(at)) - at) < 3, `seeks to ${at} s`)
  // The frames that it draws are around what it has found in the picture.
  await until('something was found', () =>
    frame.evaluate(() => {
      const canvas = document.querySelector('canvas')
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      return pixels.some(value => value > 0)
    }),
  )
})
