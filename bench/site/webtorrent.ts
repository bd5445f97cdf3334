/**
 * WebTorrent on the same site, as one would use it there: a tracker and a web seed at the origin, every device a page that
 * fetches from the web seed and from the others. It keeps the pieces in memory.
 */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BenchContext } from '../support/bench-context.ts'
import { type BenchPage, chromiumPath, openPage } from '../support/browsers.ts'
import type { SiteNetwork } from '../support/network/site-network.ts'
import { installOtherSoftware, otherSoftwareFile } from '../support/other-software.ts'
import { randomBytes } from '../support/random-package.ts'
import { startTracker } from '../support/tracker.ts'
import { forgetTorrent, provideScript, startClient, type TorrentWindow } from '../support/webtorrent-page.ts'
import type { Delivery } from './delivery.ts'

const FILE = 'webtorrent.bin'
const TORRENT = 'webtorrent.torrent'

type CreateTorrent = (
  file: string,
  options: object,
  onDone: (error: Error | null, torrent: Uint8Array) => void,
) => void

export interface SiteSwarm {
  /** So many random bytes to a page on each host, fresh browsers each time. @throws Error unless every one gets all of it */
  deliver(bytes: number): Promise<Delivery>
}

/** `folder` is served at the origin's port `port`, with an `index.html` in it. */
export async function openSiteSwarm(
  context: BenchContext,
  network: SiteNetwork,
  { folder, port, hosts }: { readonly folder: string; readonly port: number; readonly hosts: number },
): Promise<SiteSwarm> {
  await installOtherSoftware(context.log)
  const script = await provideScript(folder)
  const { default: createTorrent } = (await import(
    pathToFileURL(otherSoftwareFile('create-torrent', 'index.js')).href
  )) as { default: CreateTorrent }
  // Plain HTTP is a secure context, without which it cannot hash, only for names of this kind.
  const origin = `http://origin.localhost:${port}`
  const tracker = await startTracker(network.originAddress, network.atOrigin)
  context.onClose(() => tracker.close())
  const announceList = [[`ws://origin.localhost:${tracker.port}`]]

  async function open(host: number) {
    const opened = await openPage(
      context,
      {
        name: `webtorrent-${host}`,
        executablePath: await network.browserIn(host, await chromiumPath()),
        args: [`--host-resolver-rules=MAP origin.localhost ${network.originAddress}`],
      },
      `${origin}/index.html`,
    )
    await opened.page.evaluate(startClient, script)
    return opened
  }

  return {
    deliver: async bytes => {
      const file = path.join(folder, FILE)
      await writeFile(file, randomBytes(`webtorrent ${Date.now()}`)(bytes))
      const torrent = await new Promise<Uint8Array>((resolve, reject) =>
        createTorrent(file, { announceList, urlList: [`${origin}/${FILE}`] }, (error, made) =>
          error ? reject(error) : resolve(made),
        ),
      )
      await writeFile(path.join(folder, TORRENT), torrent)
      const pages: BenchPage[] = []
      for (let host = 1; host <= hosts; host++) pages.push(await open(host))
      const usages = () => Promise.all(pages.map(page => page.usage()))
      const cpuMs = async () => (await usages()).reduce((sum, usage) => sum + usage.cpuMs, 0)
      const before = { link: await network.stats(), cpuMs: await cpuMs() }
      const startedAt = performance.now()
      await Promise.all(pages.map(({ page }) => page.evaluate(download, [TORRENT, bytes] as const)))
      const seconds = (performance.now() - startedAt) / 1000
      const linkBytes = (await network.stats()).down.bytes - before.link.down.bytes
      const cpuSeconds = ((await cpuMs()) - before.cpuMs) / 1000
      await Promise.all(pages.map(({ page }) => page.evaluate(forgetTorrent)))
      await Promise.all(pages.map(({ close }) => close()))
      return { seconds, linkBytes, cpuSeconds }
    },
  }
}

/** Runs in the page. */
async function download([address, bytes]: readonly [string, number]): Promise<void> {
  const file = new Uint8Array(await (await fetch(address)).arrayBuffer())
  await new Promise<void>((resolve, reject) => {
    const torrent = (globalThis as TorrentWindow).client.add(file, {})
    ;(globalThis as TorrentWindow).torrent = torrent
    torrent.on('done', () => {
      if (torrent.length === bytes) resolve()
      else reject(new Error(`${torrent.length} bytes instead of ${bytes}`))
    })
  })
}
