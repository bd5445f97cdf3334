/**
 * WebTorrent as it comes: one seeder and its leechers in Chromium pages, a tracker of its own on loopback. It verifies pieces
 * and stores them where it does by default. Its time begins when the first leecher has connected to a peer.
 */
import { copyFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BenchContext } from '../support/bench-context.ts'
import { openPage } from '../support/browsers.ts'
import { otherSoftwareFile } from '../support/other-software.ts'
import { type Delivery, measured } from './delivery.ts'

export interface Swarm {
  /** A new torrent of so many random bytes. @throws Error unless every leecher has all of it from a peer */
  deliver(bytes: number): Promise<Delivery>
  close(): Promise<void>
}

interface Tracker {
  readonly http: { address(): AddressInfo }
  listen(port: number, hostname: string, onListening: () => void): void
  close(onClosed: () => void): void
}

interface Torrent {
  readonly magnetURI: string
  readonly length: number
  readonly downloaded: number
  on(event: string, listener: () => void): void
  destroy(options: { destroyStore: boolean }, done: () => void): void
}
interface Client {
  seed(input: Blob, options: object, onSeed: (torrent: Torrent) => void): void
  add(magnet: string, options: object): Torrent
  on(event: 'error', listener: (error: unknown) => void): void
}
type SwarmWindow = typeof globalThis & { client: Client; torrent: Torrent }

/** `folder` is served at `url`: the script is put there. */
export async function openSwarm(
  context: BenchContext,
  folder: string,
  url: string,
  leecherCount: number,
): Promise<Swarm> {
  await copyFile(
    otherSoftwareFile('webtorrent', 'dist', 'webtorrent.min.js'),
    path.join(folder, 'webtorrent.js'),
  )
  const tracker = await startTracker()
  const endTracker = () => new Promise<void>(resolve => tracker.close(resolve))
  context.onClose(endTracker)
  const announce = [`ws://127.0.0.1:${tracker.http.address().port}`]
  const open = async (name: string) => {
    const opened = await openPage(context, { name: `webtorrent-${leecherCount}-${name}` }, url)
    await opened.page.evaluate(startClient, new URL('webtorrent.js', url).href)
    return opened
  }
  const seeder = await open('seeder')
  const leechers = await Promise.all(Array.from({ length: leecherCount }, (_, at) => open(`leecher-${at}`)))
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
      await Promise.all(all.map(({ page }) => page.evaluate(forget)))
      return delivery
    },
    close: async () => {
      await Promise.all(all.map(({ close }) => close()))
    },
  }
}

async function startTracker(): Promise<Tracker> {
  const { default: Server } = (await import(
    pathToFileURL(otherSoftwareFile('bittorrent-tracker', 'server.js')).href
  )) as { default: new (options: object) => Tracker }
  const tracker = new Server({ udp: false, http: true, ws: true, stats: false })
  await new Promise<void>(resolve => tracker.listen(0, '127.0.0.1', resolve))
  return tracker
}

/** Runs in the page. There is no network to ask for addresses in, so no STUN server is named. */
async function startClient(script: string): Promise<void> {
  const { default: WebTorrent } = (await import(script)) as { default: new (options: object) => Client }
  const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } }, dht: false, lsd: false })
  client.on('error', error => console.error(String(error)))
  ;(globalThis as SwarmWindow).client = client
}

/** Runs in the page. */
function seed([bytes, announce]: readonly [number, readonly string[]]): Promise<string> {
  const content = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536)
    crypto.getRandomValues(content.subarray(at, Math.min(at + 65_536, bytes)))
  const file = new File([content], `content-${crypto.randomUUID()}.bin`)
  return new Promise(resolve => {
    ;(globalThis as SwarmWindow).client.seed(file, { announce }, torrent => {
      ;(globalThis as SwarmWindow).torrent = torrent
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
    const torrent = (globalThis as SwarmWindow).client.add(magnet, { announce })
    ;(globalThis as SwarmWindow).torrent = torrent
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

/** Runs in the page. */
function forget(): Promise<void> {
  return new Promise(resolve =>
    (globalThis as SwarmWindow).torrent.destroy({ destroyStore: true }, () => resolve()),
  )
}
