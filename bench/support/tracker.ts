/**
 * A BitTorrent tracker for pages (WebSocket) in a process of its own. Run as a program: `tracker.ts HOST`; it prints its port.
 */
import type { AddressInfo } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { otherSoftwareFile } from './other-software.ts'
import { type PortProgram, startPortProgram } from './port-program.ts'

const THIS = fileURLToPath(import.meta.url)

interface TrackerServer {
  readonly http: { address(): AddressInfo }
  listen(port: number, hostname: string, onListening: () => void): void
}

/** @param prefix put before the command, such as `ip netns exec origin` */
export function startTracker(host: string, prefix: readonly string[] = []): Promise<PortProgram> {
  return startPortProgram(THIS, [host], prefix)
}

if (process.argv[1] === THIS) {
  const { default: Server } = (await import(
    pathToFileURL(otherSoftwareFile('bittorrent-tracker', 'server.js')).href
  )) as { default: new (options: object) => TrackerServer }
  const tracker = new Server({ udp: false, http: true, ws: true, stats: false })
  tracker.listen(0, process.argv[2] ?? '127.0.0.1', () => console.log(tracker.http.address().port))
}
