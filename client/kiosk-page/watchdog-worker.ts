/**
 * Watches the page's own thread from beside it. An app in a frame shares that thread: one that never returns stops
 * everything, so this is the only place from which a hang can be noticed. It asks the service worker to end it.
 */
import { createWatch } from './watchdog-count.ts'

interface WatchdogScope {
  postMessage(message: 'ping'): void
  addEventListener(type: 'message', listener: (event: MessageEvent<readonly string[]>) => void): void
}

const PING_MS = 1_000

const scope = globalThis as unknown as WatchdogScope
const watch = createWatch()
/** What is in frames of the page. */
let releases: readonly string[] = []

scope.addEventListener('message', ({ data }) => {
  releases = data
  watch.answered()
})
setInterval(() => {
  if (watch.tick(performance.now()) && releases.length > 0) {
    // This script lies in a folder of the page's own parts.
    const url = new URL('../rescue', location.href)
    url.searchParams.set('releases', releases.join(','))
    void fetch(url).catch(() => {})
  }
  scope.postMessage('ping')
}, PING_MS)
