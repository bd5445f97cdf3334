/**
 * WebTorrent as it comes: one seeder and its leechers in Chromium pages, a tracker of its own on loopback. It verifies pieces
 * and stores them where it does by default. Its time begins when the first leecher has connected to a peer.
 */
import type { BenchContext } from '../support/bench-context.ts'
import { openPage } from '../support/browsers.ts'
import { startTracker } from '../support/tracker.ts'
import { forgetTorrent, provideScript, startClient, type TorrentWindow } from '../support/webtorrent-page.ts'
import { type Delivery, measured } from './delivery.ts'
import type { Place } from './place.ts'

export interface Swarm {
  /** A new torrent of so many random bytes. @throws Error unless every leecher has all of it from a peer */
  deliver(bytes: number): Promise<Delivery>
  close(): Promise<void>
}

/** `folder` is served at `url`: the script is put there. */
export async function openSwarm(
  context: BenchContext,
  place: Place,
  folder: string,
  url: string,
  leecherCount: number,
): Promise<Swarm> {
  const script = await provideScript(folder)
  const tracker = await startTracker(place.serverHost, place.prefix)
  context.onClose(() => tracker.close())
  const announce = [`ws://${place.serverName}:${tracker.port}`]
  const open = async (name: string, host: number) => {
    const opened = await openPage(
      context,
      await place.browser(`webtorrent-${leecherCount}-${name}`, host),
      url,
    )
    await opened.page.evaluate(startClient, script)
    return opened
  }
  const seeder = await open('seeder', 1)
  const leechers = await Promise.all(
    Array.from({ length: leecherCount }, (_, at) => open(`leecher-${at}`, 2 + at)),
  )
  const all = [seeder, ...leechers]

  return {
    deliver: async bytes => {
      const magnet = await seeder.page.evaluate(seed, [bytes, announce] as const)
      const delivery = await measured(all, async () => {
        const times = await Promise.all(
          leechers.map(({ page }) => page.evaluate(leech, [magnet, announce, bytes] as const)),
        )
        return {
          startedAt: Math.min(...times.map(time => time.startedAt)),
          endedAt: Math.max(...times.map(time => time.endedAt)),
        }
      })
      await Promise.all(all.map(({ page }) => page.evaluate(forgetTorrent)))
      return delivery
    },
    close: async () => {
      await Promise.all(all.map(({ close }) => close()))
      await tracker.close()
    },
  }
}

/** Runs in the page. */
function seed([bytes, announce]: readonly [number, readonly string[]]): Promise<string> {
  const content = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536)
    crypto.getRandomValues(content.subarray(at, Math.min(at + 65_536, bytes)))
  const file = new File([content], `content-${crypto.randomUUID()}.bin`)
  return new Promise(resolve => {
    ;(globalThis as TorrentWindow).client.seed(file, { announce }, torrent => {
      ;(globalThis as TorrentWindow).torrent = torrent
      resolve(torrent.magnetURI)
    })
  })
}

/** Runs in the page. */
function leech([magnet, announce, bytes]: readonly [string, readonly string[], number]): Promise<{
  startedAt: number
  endedAt: number
}> {
  const now = () => performance.timeOrigin + performance.now()
  return new Promise((resolve, reject) => {
    const torrent = (globalThis as TorrentWindow).client.add(magnet, { announce })
    ;(globalThis as TorrentWindow).torrent = torrent
    let startedAt = Number.NaN
    torrent.on('wire', () => {
      if (Number.isNaN(startedAt)) startedAt = now()
    })
    torrent.on('done', () => {
      const endedAt = now()
      if (torrent.length !== bytes || torrent.downloaded < bytes)
        reject(new Error(`${torrent.downloaded} of ${torrent.length} bytes were downloaded`))
      else resolve({ startedAt, endedAt })
    })
  })
}
