/** Puts the kiosk together for a browser: the only place that names the concrete adapters. */
import { createFetchOrigin } from '../adapters/browser/fetch-origin.ts'
import { loadOrCreateIdentity } from '../adapters/browser/identity.ts'
import { type OpenedStores, openStores } from '../adapters/browser/open-stores.ts'
import { openSimplePeerLink } from '../adapters/browser/simple-peer-link.ts'
import { createStorageProbe } from '../adapters/browser/storage-probe.ts'
import { createWebPlatform } from '../adapters/browser/web-platform.ts'
import { openWebSocketLink } from '../adapters/browser/websocket-link.ts'
import { createKiosk, type Kiosk, type KioskOptions } from '../index.ts'

export interface BrowserKiosk {
  readonly kiosk: Kiosk
  readonly stores: OpenedStores
}

/**
 * Starts a kiosk with this browser profile's stores and identity. `baseUrl`: the server's root as the page sees it, with
 * its final slash, so that prefixes of proxies hold.
 */
export async function createBrowserKiosk(
  baseUrl: URL,
  options: Partial<KioskOptions> = {},
): Promise<BrowserKiosk> {
  let started: Kiosk | null = null
  const stores = await openStores({
    onLost: () => started?.storageLost(),
    startChunkWorker: () => new Worker(new URL('./chunk-worker.ts', import.meta.url), { type: 'module' }),
  })
  const platform = createWebPlatform()
  const kiosk = createKiosk({
    chunks: stores.chunks,
    records: stores.records,
    openSignalLink: openWebSocketLink(signalUrl(baseUrl)),
    openPeerLink: openSimplePeerLink,
    origin: createFetchOrigin(baseUrl),
    platform,
    loadIdentity: loadOrCreateIdentity,
    storage: createStorageProbe(),
    troubles: stores.troubles,
    options,
  })
  started = kiosk
  return { kiosk, stores }
}

/** The signaling socket beside the other paths, secure exactly where they are. */
export function signalUrl(baseUrl: URL): string {
  const url = new URL('signal', baseUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
