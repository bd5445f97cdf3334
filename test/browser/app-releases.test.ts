/**
 * Never half of one release and half of another: every part of a running app, in frames and workers of every kind, while
 * the pointer moves on, over restarts of the service worker, and in Firefox.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Frame, Page } from 'playwright-core'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import { type KioskPageStage, openKioskPageStage, storeRelease } from '../support/kiosk-page-stage.ts'
import { type ProbeAnswers, probeApp } from '../support/release-probe.ts'
import { makeSmallRelease } from '../support/small-release.ts'
import { until } from '../support/test-site.ts'

const engines = [
  ['chromium', await findChromium(), 'no Chromium found'],
  ['firefox', findFirefox(), 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'],
] as const

/** What a browser does not let a service worker answer, and so no release can be told of. */
const notAsked: Record<string, readonly string[]> = {
  // The script of a worker's worker never reaches a service worker there (docs/decisions/0013).
  firefox: ['worker of a worker'],
  chromium: [],
}

const pack = (packageName: string, release: number, at: '/' | './') =>
  makeSmallRelease(probeApp(release, at), { package: packageName, release, chunkBytes: 700 })

for (const [engine, executablePath, missing] of engines) {
  describe(`parts of an app in ${engine}`, { skip: executablePath === null && missing }, () => {
    let stage: KioskPageStage
    let kiosk: Page

    before(async () => {
      stage = await openKioskPageStage(executablePath ?? '', engine)
      kiosk = await stage.openKiosk()
    })
    after(() => stage?.close())

    /** Opens an app in a frame as the kiosk page does. */
    async function openFrame(packageName: string, title: string): Promise<Frame> {
      const before = new Set(kiosk.mainFrame().childFrames())
      await kiosk.evaluate(address => {
        const element = document.createElement('iframe')
        element.src = address
        document.body.append(element)
      }, `app/${packageName}/`)
      const frame = await until('the app in its frame', async () => {
        const found = kiosk
          .mainFrame()
          .childFrames()
          .find(candidate => !before.has(candidate))
        return found && (await found.title().catch(() => '')) === title ? found : null
      })
      // The title is there before the script that settles.
      await frame.waitForFunction(() => 'settled' in window)
      assert.equal(await frame.evaluate(() => Reflect.get(window, 'settled')), true)
      return frame
    }

    async function probe(frame: Frame): Promise<ProbeAnswers> {
      const all = await frame.evaluate(() => Object.keys(Reflect.get(window, 'parts') as object))
      const names = all.filter(name => !notAsked[engine]?.includes(name))
      return frame.evaluate(
        asked => (Reflect.get(window, 'probe') as (names: string[]) => Promise<ProbeAnswers>)(asked),
        names,
      )
    }

    function assertAllOf(release: number, answers: ProbeAnswers): void {
      assert.ok(Object.keys(answers).length > 10)
      for (const [part, answer] of Object.entries(answers)) {
        assert.match(answer, new RegExp(`^r${release}( r${release})*$`), part)
      }
    }

    for (const [packageName, at] of [
      ['relative', './'],
      ['rooted', '/'],
    ] as const) {
      test(`${packageName} addresses: each page keeps to its release while the pointer moves on`, async () => {
        await storeRelease(kiosk, await pack(packageName, 1, at))
        const old = await openFrame(packageName, 'probe 1')
        assert.equal(new URL(old.url()).pathname, at === '/' ? '/' : `/kiosk/app/${packageName}/`)
        assertAllOf(1, await probe(old))
        await storeRelease(kiosk, await pack(packageName, 2, at))
        // Nobody else is loading: whatever comes into being now is the old page's.
        assertAllOf(1, await probe(old))
        const fresh = await openFrame(packageName, 'probe 2')
        assertAllOf(2, await probe(fresh))
      })
    }
  })
}
