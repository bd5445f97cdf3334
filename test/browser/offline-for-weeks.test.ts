/** Server and network gone: a kiosk that is started again and again shows its app, its video seeks, and nothing storms. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Frame } from 'playwright-core'
import { findFirefox } from '../../scripts/find-browsers.mjs'
import { assertNothingLeaks } from '../support/cleanup.ts'
import { writeFiles } from '../support/test-packages.ts'
import { assignPackages, startTestSite, type TestDevice, until } from '../support/test-site.ts'
import { seekTo, videoApp } from '../support/video-app.ts'

after(() => assertNothingLeaks())

/** Long enough for a loop without pauses to show; the pauses between tries are then up to 16 s. */
const WATCHED_MS = 20_000
/** With full jitter between growing bounds a fair number of tries in that time is some six. */
const MOST_LINES = 20

const firefoxPath = findFirefox()

for (const engine of ['chromium', 'firefox'] as const) {
  const skip =
    engine === 'firefox' && firefoxPath === null
      ? 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'
      : false
  test(`three starts of ${engine} without server and network`, { skip }, async t => {
    const site = await startTestSite(t)
    const directory = await writeFiles(join(site.root, 'app'), await videoApp('App 1'))
    await site.publish(directory, '1.0.0')
    await assignPackages(site, 'lobby')
    const browser = engine === 'firefox' && firefoxPath ? { engine, executablePath: firefoxPath } : undefined
    const kiosk = await site.open({ role: 'kiosk', ...(browser && { browser }) })
    await kiosk.untilRuns(1, 'App 1')
    await until('confirmed', async () => (await kiosk.package())?.update === 'confirmed')
    await site.killServer()

    for (const start of [1, 2, 3]) {
      await (start === 2 ? kiosk.kill() : kiosk.close())
      kiosk.console.length = 0
      await kiosk.start()
      await kiosk.untilRuns(1, 'App 1')
      const video = await frameOf(kiosk)
      assert.deepEqual(await seekTo(video, 10.5), { color: 'blue', error: null }, `start ${start}`)
      assert.deepEqual(await seekTo(video, 1.5), { color: 'red', error: null }, `start ${start}`)
    }
    assert.equal((await kiosk.status())?.connection, 'offline')
    await delay(WATCHED_MS)
    const lines = kiosk.console
    assert.ok(lines.length <= MOST_LINES, `${lines.length} lines:\n${lines.join('\n')}`)
    t.diagnostic(`${lines.length} console lines in ${WATCHED_MS / 1000} s without a server`)
  })
}

const frameOf = (kiosk: TestDevice): Promise<Frame> =>
  until('the frame of the app', () =>
    kiosk.browser.page
      .mainFrame()
      .childFrames()
      .find(frame => frame.url().includes('/kiosk/app/lobby/')),
  )
