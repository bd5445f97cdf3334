/**
 * A package as people make them, published from a folder and run in real browsers: pages in old encodings, pages that are linked
 * without their ending, a 404.html, names as macOS keeps them, and what file managers leave behind.
 */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import type { Frame } from 'playwright-core'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { assignPackages, startTestSite, type TestDevice, type TestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const page = (title: string, body = '') =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title>${body}`
/** `メニュー` in Shift_JIS. */
const MENU_IN_SHIFT_JIS = latin1('\x83\x81\x83\x6a\x83\x85\x81\x5b')

const FILES: Record<string, string | Uint8Array> = {
  // In windows-1252, where the euro sign is 0x80.
  'index.html': latin1(
    '<!doctype html><html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">' +
      '<title>Gr\xf6\xdfe \x80</title></head><body><a href="about">about</a>' +
      '<script src="words.js" charset="windows-1252"></script><img src="Gr%C3%B6%C3%9Fe.svg"></body></html>',
  ),
  'words.js': latin1('window.word = "M\xfcnchen"'),
  'menu.html': Buffer.concat([
    Buffer.from('<!doctype html><meta charset="shift_jis"><title>'),
    MENU_IN_SHIFT_JIS,
    Buffer.from('</title>'),
  ]),
  'about.html': page('about', '<a href="menu/drinks">drinks</a>'),
  'menu/drinks.html': page('drinks'),
  '404.html': page('not found'),
  ['Größe.svg'.normalize('NFD')]:
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20"/></svg>',
  '._index.html': 'x',
  '.DS_Store': 'x',
}

async function publish(site: TestSite): Promise<void> {
  const directory = join(site.root, 'app')
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  await site.publish(directory, '1.0.0')
  await assignPackages(site, 'lobby')
}

const frameOf = (kiosk: TestDevice): Promise<Frame> =>
  until('the frame of the app', () =>
    kiosk.browser.page
      .mainFrame()
      .childFrames()
      .find(frame => frame.url().startsWith('http')),
  )

for (const [engine, executablePath] of [
  ['chromium', null],
  ['firefox', findFirefox()],
] as const) {
  const skip = engine === 'firefox' && executablePath === null && 'no Firefox is installed here'
  test(`a package with old encodings, pages without endings and names from macOS runs in ${engine}`, {
    skip,
  }, async t => {
    const site = await startTestSite(t)
    await publish(site)
    const kiosk = await site.open({
      role: 'kiosk',
      ...(executablePath !== null && { browser: { engine, executablePath } }),
    })
    await kiosk.untilRuns(1, 'Größe €')
    await site.killServer()
    const frame = await frameOf(kiosk)
    assert.equal(await frame.evaluate(() => Reflect.get(window, 'word')), 'München')
    await until('the picture with an umlaut in its name', () =>
      frame.evaluate(() => document.querySelector('img')?.naturalWidth === 30),
    )
    async function goTo(address: string, title: string): Promise<void> {
      await frame.evaluate(to => {
        location.href = to
      }, address)
      await until(`${address} shows ${title}`, async () => (await frame.title().catch(() => '')) === title)
    }
    await frame.evaluate(() => document.querySelector('a')?.click())
    await until('about', async () => (await frame.title().catch(() => '')) === 'about')
    await goTo('menu/drinks', 'drinks')
    await goTo('../menu', 'メニュー')
    await goTo('map/52.5,13.4', 'not found')
  })
}
