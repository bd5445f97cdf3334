/** The PeerLink contract over the fake, and over simple-peer in a real browser where one is installed. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { bundleForBrowser } from '../support/browser-bundle.ts'
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
      bundleForBrowser('./peer-link-browser-entry.ts', 'peerLinkContract'),
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
