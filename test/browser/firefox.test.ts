/** Chromium and Firefox serve each other: the protocol is no browser's own. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const firefoxPath = findFirefox()
const skip =
  firefoxPath === null ? 'no Firefox is installed here; set LARDER_FIREFOX to one to run this' : false

for (const [storeEngine, kioskEngine] of [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
] as const) {
  test(`store in ${storeEngine}, kiosk in ${kioskEngine}`, { skip }, async t => {
    const site = await startTestSite(t)
    const directory = await writeTestPackage(join(site.root, 'app'), {
      title: 'App 1',
      weightBytes: 3_000_000,
    })
    const { encodedBytes } = await site.publish(directory, '1.0.0')
    await assignPackages(site, 'lobby')
    const browserOf = (engine: 'chromium' | 'firefox') =>
      engine === 'firefox' && firefoxPath !== null ? { browser: { engine, executablePath: firefoxPath } } : {}
    const store = await site.openOnline({ role: 'store', ...browserOf(storeEngine) })
    const kiosk = await site.open({ role: 'kiosk', ...browserOf(kioskEngine) })
    await store.untilRuns(1, 'App 1')
    const status = await kiosk.untilRuns(1, 'App 1')
    assert.deepEqual(status.bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
    assert.equal(await site.originBytes(), encodedBytes)
  })
}
