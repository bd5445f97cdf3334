/** A video from the chunk store: it seeks, reads only the chunks it needs, and survives a rotten one where it can. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Frame, Page } from 'playwright-core'
import { findChromium, findFirefox } from '../../scripts/find-browsers.mjs'
import {
  type KioskPageStage,
  openKioskPageStage,
  putRecords,
  storeRelease,
} from '../support/kiosk-page-stage.ts'
import { makeSmallRelease } from '../support/small-release.ts'
import { until } from '../support/test-site.ts'
import { seekTo, videoApp } from '../support/video-app.ts'

const engines = [
  ['chromium', await findChromium(), 'no Chromium found'],
  ['firefox', findFirefox(), 'no Firefox is installed here; set LARDER_FIREFOX to one to run this'],
] as const

for (const [engine, executablePath, missing] of engines) {
  describe(`video in ${engine}`, { skip: executablePath === null && missing }, () => {
    let stage: KioskPageStage
    let kiosk: Page

    before(async () => {
      stage = await openKioskPageStage(executablePath ?? '', engine)
      kiosk = await stage.openKiosk()
      await storeRelease(
        kiosk,
        await makeSmallRelease(await videoApp(), { package: 'video', chunkBytes: 10_000 }),
      )
      await stage.serverDown()
    })
    after(() => stage?.close())

    async function openVideo(): Promise<Frame> {
      await kiosk.evaluate(() => {
        document.querySelector('iframe')?.remove()
        const element = document.createElement('iframe')
        element.src = 'app/video/'
        document.body.append(element)
      })
      return until('the video', async () => {
        const found = kiosk.mainFrame().childFrames().at(-1)
        return found && (await found.title().catch(() => '')) === 'video' ? found : null
      })
    }

    /** The same video cut otherwise, so that nothing of it was read before; one of its chunks is rubbish. */
    async function storeRotten(packageName: string, chunkBytes: number) {
      const rotten = await makeSmallRelease(await videoApp(), { package: packageName, chunkBytes })
      await storeRelease(kiosk, rotten)
      const digest = rotten.manifest.chunks[Math.floor(90_000 / chunkBytes)]?.digest ?? ''
      const put = (bytes: readonly number[]) => putRecords(kiosk, 'larder-chunks', [[digest, bytes]])
      await put([0, 1, 2, 3])
      return { digest, mend: () => put([...(rotten.chunks.get(digest) ?? [])]) }
    }
    const getMiddle = (packageName: string) =>
      kiosk.evaluate(async name => {
        const range = { headers: { range: 'bytes=65000-115000' } }
        const response = await fetch(`app/${name}/media/clip.webm`, range)
        return [response.status, [...new Uint8Array(await response.arrayBuffer())]] as const
      }, packageName)

    test('seeks forwards and back without a server', async () => {
      const video = await openVideo()
      for (const [at, color] of [
        [10.5, 'blue'],
        [1.5, 'red'],
        [5.5, 'green'],
      ] as const) {
        assert.deepEqual(await seekTo(video, at), { color, error: null }, `at ${at} s`)
      }
    })

    test('a rotten chunk in the middle of a range never reaches the app: it waits while the kiosk can fetch it', async () => {
      const { digest, mend } = await storeRotten('mended', 9_000)
      // The engine here has no server. In its place another page of the kiosk's promises the chunk, and it comes later.
      const helper = await stage.context.newPage()
      await helper.goto(`${stage.url}diagnostics`)
      // It listens before anything is asked for: what the worker says is said once.
      await helper.evaluate(lost => {
        navigator.serviceWorker.addEventListener('message', event => {
          if (event.data.type !== 'larder-rotten-chunk' || event.data.digest !== lost) return
          event.ports[0]?.postMessage(true)
          Object.assign(globalThis, { told: lost })
        })
        navigator.serviceWorker.startMessages()
      }, digest)
      const fetched = getMiddle('mended')
      await helper.waitForFunction(() => 'told' in globalThis)
      await mend()
      const [status, bytes] = await fetched
      const clip = (await videoApp())['media/clip.webm'] as Uint8Array
      assert.equal(status, 206)
      assert.deepEqual(Buffer.from(bytes), Buffer.from(clip.subarray(65_000, 115_001)))
      await helper.close()
    })

    test('without any source the range is an error at once, and the rest of the video still plays', async () => {
      const { mend } = await storeRotten('unmended', 8_000)
      const startedAt = performance.now()
      const [status, bytes] = await getMiddle('unmended')
      assert.equal(status, 500)
      assert.match(Buffer.from(bytes).toString(), /damaged/)
      assert.ok(performance.now() - startedAt < 10_000, 'there is nothing to wait for')
      await mend()
      assert.equal((await getMiddle('unmended'))[0], 206)
    })
  })
}
