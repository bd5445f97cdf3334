/**
 * A store in a tab that nobody sees, in a browser with all of its throttling: it fetches and serves like one in front.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { findChromiumWithTabs } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks, temporaryDirectory } from '../support/cleanup.ts'
import { startRawChromium } from '../support/raw-chromium.ts'
import { writeTestPackage } from '../support/test-packages.ts'
import { assignPackages, startTestSite, until } from '../support/test-site.ts'

after(() => assertNothingLeaks())

const chromiumPath = findChromiumWithTabs()
const skip =
  chromiumPath === null ? 'no Chromium with tabs is installed here, only a headless shell or none' : false

/** What somebody works with in front of the store. */
const OTHER_PAGE = 'data:text/html,<title>In front</title><h1>In front</h1>'

test('a store in a hidden tab fetches and serves, and its timers keep their pace', { skip }, async t => {
  const site = await startTestSite(t)
  const app = await writeTestPackage(join(site.root, 'app'), { title: 'App 1', weightBytes: 12_000_000 })
  const { encodedBytes } = await site.publish(app, '1.0.0')
  const chromium = await startRawChromium(t, chromiumPath ?? '', await temporaryDirectory(t))
  const store = await chromium.openTab(await site.enrolmentLink('store'))
  const status = () => store.evaluate<DeviceStatus | null>('window.larder?.status() ?? null')
  await until('the store is online', async () => (await status())?.connection === 'online')
  await chromium.openTab(OTHER_PAGE)
  await until('it is hidden', () => store.evaluate<boolean>('document.hidden'))

  // The page's own timers are slowed down to one a second: that is what the engine has to live with.
  const turns = await store.evaluate<number>(`new Promise(resolve => {
    let turns = 0
    const until = performance.now() + 3000
    const turn = () => (turns++, performance.now() < until ? setTimeout(turn, 50) : resolve(turns))
    turn()
  })`)
  assert.ok(turns <= 6, `${turns} turns of a timer of 50 ms within 3 s: this tab is not throttled`)

  await assignPackages(site, 'lobby')
  const kiosk = await site.open({ role: 'kiosk' })
  const since = performance.now()
  const { bytes } = await kiosk.untilRuns(1, 'App 1')
  t.diagnostic(`12 MB through the hidden store in ${Math.round(performance.now() - since)} ms`)
  assert.deepEqual(bytes, { fromStores: encodedBytes, fromServer: 0, reused: 0 })
  assert.equal(await site.originBytes(), encodedBytes)
  assert.equal(await store.evaluate('document.visibilityState'), 'hidden', 'all the while')
  await until('the store runs it too', async () => (await status())?.packages[0]?.phase === 'active')
})
