/** The LAN loses packets, so that a store's line is silent for longer than a stall, and the server is closed. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { countCancels, interruptedLan } from '../support/faulty-links.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite } from '../support/test-site.ts'

after(() => assertNothingLeaks())

test('I9 W4 a kiosk keeps its only store through seven silent seconds and takes nothing back', async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 4_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  await assignPackages(site, 'lobby')
  await site.windows({ enforce: 'P1D' })
  const store = await site.open({ role: 'store', initScript: interruptedLan(8, 7_000) })
  await store.untilRuns(1, 'App 1')
  const kiosk = await site.open({ role: 'kiosk', initScript: countCancels })
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  assert.deepEqual([bytes.fromStores, bytes.fromServer], [encodedBytes, 0])
  assert.equal(await kiosk.browser.page.evaluate(() => Reflect.get(window, 'cancels')), 0)
})
