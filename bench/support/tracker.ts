/**
 * A BitTorrent tracker for pages (WebSocket) in a process of its own. Run as a program: `tracker.ts HOST`; it prints its port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { otherSoftwareFile } from './other-software.ts'

const THIS = fileURLToPath(import.meta.url)

export interface Tracker {
  readonly port: number
  close(): Promise<void>
}

interface TrackerServer {
  readonly http: { address(): AddressInfo }
  listen(port: number, hostname: string, onListening: () => void): void
}

/** @param prefix put before the command, such as `ip netns exec origin` */
export async function startTracker(host: string, prefix: readonly string[] = []): Promise<Tracker> {
  const [program = process.execPath, ...args] = [...prefix, process.execPath, THIS, host]
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', text => resolve(Number(text)))
    child.once('error', reject)
    child.once('close', () => reject(new Error('the tracker ended before it listened')))
  })
  return {
    port,
    close: async () => {
      child.kill()
      await closed
    },
  }
}

if (process.argv[1] === THIS) {
  const { default: Server } = (await import(
    pathToFileURL(otherSoftwareFile('bittorrent-tracker', 'server.js')).href
  )) as { default: new (options: object) => TrackerServer }
  const tracker = new Server({ udp: false, http: true, ws: true, stats: false })
  tracker.listen(0, process.argv[2] ?? '127.0.0.1', () => console.log(tracker.http.address().port))
}
