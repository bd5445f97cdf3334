/** The chunk store over Chromium's own IndexedDB when the browser has no more room. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { findChromium } from '../../scripts/find-browsers.mjs'
import { bundleForBrowser } from '../support/browser-bundle.ts'

const executablePath = await findChromium()
const MIB = 1024 * 1024
const ORIGIN = 'http://localhost:7777'

test('a full disk refuses only what does not fit, and takes records again once there is room', {
  skip: !executablePath && 'no Chromium found',
}, async t => {
  const browser = await chromium.launch({ executablePath: executablePath ?? '' })
  t.after(() => browser.close())
  const page = await browser.newPage()
  await page.route('**/*', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
  await page.goto(ORIGIN)
  const session = await page.context().newCDPSession(page)
  const quota = (quotaSize: number) =>
    session.send('Storage.overrideQuotaForOrigin', { origin: ORIGIN, quotaSize })
  await quota(6 * MIB)
  await page.addScriptTag({ content: await bundleForBrowser('./chunk-store-browser-entry.ts', 'chunkStore') })
  const fill = (count: number): Promise<{ outcomes: string[]; readable: string[] }> =>
    page.evaluate(
      ([records, sizeBytes]) => Reflect.get(globalThis, 'chunkStore').fill(records, sizeBytes),
      [count, MIB],
    )

  const full = await fill(12)
  assert.deepEqual(new Set(full.outcomes), new Set(['ok', 'quota']), String(full.outcomes))
  const kept = full.outcomes.flatMap((outcome, index) => (outcome === 'ok' ? [`c${index}`] : []))
  assert.deepEqual(full.readable.toSorted(), kept.toSorted())

  await quota(100 * MIB)
  const roomy = await fill(12)
  assert.deepEqual(new Set(roomy.outcomes), new Set(['ok']))
  assert.equal(roomy.readable.length, 12)
})
