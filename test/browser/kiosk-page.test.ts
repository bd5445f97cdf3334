/** The service worker and the kiosk page in a real browser: what is served, without network, and across a switch. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import {
  type KioskPageStage,
  openKioskPageStage,
  putRecords,
  storeRelease,
} from '../support/kiosk-page-stage.ts'
import { makeSmallRelease } from '../support/small-release.ts'
import { until } from '../support/test-site.ts'

const executablePath = await findChromium()

const video = new Uint8Array(50_000).map((_, index) => (index * 7) % 251)
const site = (release: number) => ({
  'index.html': `<!doctype html><title>release ${release}</title><script src="app.js"></script><p id="who"></p>`,
  'app.js': `document.title += ' ran'; document.querySelector('#who').textContent = ${release}`,
  'about/index.html': '<!doctype html><title>about</title>',
  'media/clip.mp4': video,
  'which.txt': `release ${release}`,
})
const pack = (release: number) =>
  makeSmallRelease(site(release), { release, chunkBytes: 9_000, zstd: raw => zstdCompressSync(raw) })

interface FetchOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly bytes: number[]
  readonly text: string
  readonly url: string
}

function get(page: Page, path: string, init: FetchOptions = {}): Promise<Answer> {
  return page.evaluate(
    async ([address, options]) => {
      const response = await fetch(address, options)
      const bytes = [...new Uint8Array(await response.arrayBuffer())]
      const text = new TextDecoder().decode(new Uint8Array(bytes))
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        bytes,
        text,
        url: response.url,
      }
    },
    [path, init] as const,
  )
}

describe('kiosk page', { skip: !executablePath && 'no Chromium found' }, () => {
  let stage: KioskPageStage
  let kiosk: Page

  before(async () => {
    stage = await openKioskPageStage(executablePath ?? '')
    kiosk = await stage.openKiosk()
  })
  after(() => stage?.close())

  test('a package that is not here yet answers with a readable page', async () => {
    const page = await stage.context.newPage()
    const response = await page.goto(`${stage.url}app/lobby/`)
    assert.equal(response?.status(), 503)
    assert.match((await page.textContent('h1')) ?? '', /Nothing to show yet/)
    await page.close()
  })

  test('files have their types, lengths and release; unknown ones do not exist', async () => {
    await storeRelease(kiosk, await pack(1))
    const index = await get(kiosk, 'app/lobby/')
    assert.equal(index.status, 200)
    assert.equal(index.headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(index.headers['x-larder-release'], '1')
    assert.equal(Number(index.headers['content-length']), index.bytes.length)
    assert.match(index.text, /release 1/)
    assert.equal((await get(kiosk, 'app/lobby/media/clip.mp4')).headers['content-type'], 'video/mp4')
    assert.equal((await get(kiosk, 'app/lobby/missing.png')).status, 404)
    assert.equal((await get(kiosk, 'app/other/')).status, 503)
    assert.equal((await get(kiosk, 'app/..%2f/')).status, 404)
    assert.equal((await get(kiosk, 'app/lobby/', { method: 'POST' })).status, 405)
    const head = await get(kiosk, 'app/lobby/media/clip.mp4', { method: 'HEAD' })
    assert.deepEqual([head.status, head.bytes.length], [200, 0])
    assert.equal(head.headers['content-length'], '50000')
  })

  test('one range is answered exactly, what cannot be is refused', async () => {
    const range = (value: string) => get(kiosk, 'app/lobby/media/clip.mp4', { headers: { range: value } })
    const middle = await range('bytes=8990-9010')
    assert.equal(middle.status, 206)
    assert.equal(middle.headers['content-range'], 'bytes 8990-9010/50000')
    assert.deepEqual(middle.bytes, [...video.slice(8990, 9011)])
    assert.deepEqual((await range('bytes=-5')).bytes, [...video.slice(-5)])
    assert.equal((await range('bytes=0-')).headers['content-length'], '50000')
    const beyond = await range('bytes=50000-')
    assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */50000'])
    const { etag = '' } = middle.headers
    const conditional = await get(kiosk, 'app/lobby/media/clip.mp4', { headers: { 'if-none-match': etag } })
    assert.equal(conditional.status, 304)
    const outdated = { range: 'bytes=0-1', 'if-range': '"another"' }
    assert.equal((await get(kiosk, 'app/lobby/media/clip.mp4', { headers: outdated })).status, 200)
  })

  test('folders, single-page routes and unknown pages', async () => {
    const page = await stage.context.newPage()
    const titleAt = async (path: string) => {
      const response = await page.goto(`${stage.url}app/${path}`)
      return [response?.status(), await page.title(), page.url().slice(stage.url.length)]
    }
    assert.deepEqual(await titleAt('lobby'), [200, 'release 1 ran', 'app/lobby/'])
    assert.deepEqual(await titleAt('lobby/about?x=1'), [200, 'about', 'app/lobby/about/?x=1'])
    assert.deepEqual(await titleAt('lobby/rooms'), [200, 'release 1 ran', 'app/lobby/rooms'])
    assert.equal((await titleAt('lobby/none.html'))[0], 404)
    await page.close()
  })

  test('a page keeps its release while the pointer moves on, also over a restart of the worker', async () => {
    const old = await stage.context.newPage()
    await old.goto(`${stage.url}app/lobby/`)
    await storeRelease(kiosk, await pack(2))
    const fresh = await stage.context.newPage()
    await fresh.goto(`${stage.url}app/lobby/`)
    assert.equal(await fresh.title(), 'release 2 ran')
    assert.equal((await get(old, 'which.txt')).text, 'release 1')
    assert.equal((await get(fresh, 'which.txt')).text, 'release 2')

    const session = await stage.context.newCDPSession(kiosk)
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    assert.equal((await get(old, 'which.txt')).text, 'release 1')
    assert.equal((await get(fresh, 'which.txt')).text, 'release 2')
    await old.reload()
    assert.equal((await get(old, 'which.txt')).text, 'release 2')
    await old.close()
    await fresh.close()
  })

  test('a rotten chunk becomes an error and is told to the kiosk page', async () => {
    const release = await makeSmallRelease(
      { 'index.html': 'sound', 'x.txt': 'rotten' },
      { package: 'rot', chunkBytes: 5 },
    )
    await storeRelease(kiosk, release)
    const bad = release.manifest.chunks[1]?.digest ?? ''
    await putRecords(kiosk, 'larder-chunks', [[bad, [0, 1, 2, 3, 4, 5]]])
    const told = kiosk.evaluate(
      () =>
        new Promise(resolve => {
          navigator.serviceWorker.addEventListener('message', event => {
            if (event.data.type === 'larder-rotten-chunk') resolve(event.data.digest)
          })
        }),
    )
    assert.equal((await get(kiosk, 'app/rot/x.txt')).status, 500)
    assert.equal(await told, bad)
    assert.equal((await get(kiosk, 'app/rot/index.html')).text, 'sound')
  })

  test('page and package open without a server, and a new build of the page takes over', async () => {
    const chunkWorker = () => kiosk.workers().filter(worker => worker.url().includes('/chunk-worker-')).length
    assert.equal(chunkWorker(), 1)
    await stage.serverDown()
    await kiosk.reload()
    await until('the chunk worker runs without a server', () => chunkWorker() === 1)
    const page = await stage.context.newPage()
    await page.goto(stage.url)
    assert.equal(await page.title(), 'Larder kiosk')
    await page.locator('larder-kiosk >> h1').waitFor()
    assert.match((await get(page, 'app/lobby/')).text, /release 2/)
    assert.equal((await page.goto(`${stage.url}diagnostics`))?.status(), 200)
    await page.close()

    await stage.serverUp('Newer kiosk')
    await kiosk.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
    })
    // No app is shown, so the page reloads itself into the new build.
    await kiosk.waitForFunction(() => document.title === 'Newer kiosk')
    const caches = () => kiosk.evaluate(() => globalThis.caches.keys().then(names => names.length))
    assert.ok((await caches()) <= 2)
  })
})
