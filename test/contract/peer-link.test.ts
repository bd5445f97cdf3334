/** The PeerLink contract over the fake, and over simple-peer in a real browser where one is installed. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { createFakePeerLinks } from '../support/fake-peer-link.ts'
import { peerLinkCases } from '../support/peer-link-contract.ts'

describe('PeerLink over the fake', () => {
  for (const [title, run] of Object.entries(peerLinkCases)) {
    test(title, async () => {
      const links = createFakePeerLinks()
      await run(links.open)
      assert.equal(links.live(), 0)
    })
  }
})

const executablePath = await findChromium()

describe('PeerLink over simple-peer in Chromium', { skip: !executablePath && 'no Chromium found' }, () => {
  let browser: Browser
  let page: Page
  const pageErrors: string[] = []

  before(async () => {
    const [script, launched] = await Promise.all([
      bundleContract(),
      chromium.launch({ executablePath: executablePath ?? '' }),
    ])
    browser = launched
    page = await browser.newPage()
    page.on('pageerror', error => pageErrors.push(error.message))
    await page.addScriptTag({ content: script })
  })
  after(() => browser?.close())

  for (const title of Object.keys(peerLinkCases)) {
    test(title, async () => {
      await page.evaluate(name => Reflect.get(globalThis, 'peerLinkContract').run(name), title)
      assert.deepEqual(pageErrors, [])
    })
  }
})

async function bundleContract(): Promise<string> {
  const entry = fileURLToPath(new URL('../support/peer-link-browser-entry.ts', import.meta.url))
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'peerLinkContract' } },
  })
  const [bundle] = [output].flat()
  const [chunk] = bundle && 'output' in bundle ? bundle.output : []
  return chunk?.type === 'chunk' ? chunk.code : ''
}
