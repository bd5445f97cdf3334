/** WebTorrent in a page, as it comes. Its functions run in the page, handed to `page.evaluate`. */
import { copyFile } from 'node:fs/promises'
import path from 'node:path'
import { otherSoftwareFile } from './other-software.ts'

export interface Torrent {
  readonly magnetURI: string
  readonly length: number
  readonly downloaded: number
  on(event: string, listener: () => void): void
  destroy(options: { destroyStore: boolean }, done: () => void): void
}
interface Client {
  seed(input: Blob, options: object, onSeed: (torrent: Torrent) => void): void
  add(torrent: string | Uint8Array, options: object): Torrent
  on(event: 'error', listener: (error: unknown) => void): void
}
export type TorrentWindow = typeof globalThis & { client: Client; torrent: Torrent }

const SCRIPT = 'webtorrent.js'

/** Puts the script beside the page, for {@link startClient}. Its address below the page's. */
export async function provideScript(folder: string): Promise<string> {
  await copyFile(otherSoftwareFile('webtorrent', 'dist', 'webtorrent.min.js'), path.join(folder, SCRIPT))
  return SCRIPT
}

/** There is no network to ask for addresses in, so no STUN server is named. */
export async function startClient(script: string): Promise<void> {
  const { default: WebTorrent } = (await import(new URL(script, document.baseURI).href)) as {
    default: new (options: object) => Client
  }
  const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } }, dht: false, lsd: false })
  client.on('error', error => console.error(String(error)))
  ;(globalThis as TorrentWindow).client = client
}

/** The page's torrent is gone, with what was stored of it. */
export function forgetTorrent(): Promise<void> {
  return new Promise(resolve =>
    (globalThis as TorrentWindow).torrent.destroy({ destroyStore: true }, () => resolve()),
  )
}
