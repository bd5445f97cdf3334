/** Puts the kiosk together for a browser: the only place that names the concrete adapters. */
import { createFetchOrigin } from '../adapters/browser/fetch-origin.ts'
import { createFrameDatabases } from '../adapters/browser/frame-databases.ts'
import { createIdentity, loadOrCreateIdentity } from '../adapters/browser/identity.ts'
import { type OpenedStores, openStores } from '../adapters/browser/open-stores.ts'
import { openSimplePeerLink } from '../adapters/browser/simple-peer-link.ts'
import { createStorageProbe } from '../adapters/browser/storage-probe.ts'
import { createWebPlatform } from '../adapters/browser/web-platform.ts'
import { openWebSocketLink, signalUrl } from '../adapters/browser/websocket-link.ts'
import { createWorkerTimers } from '../adapters/browser/worker-timers.ts'
import { createKioskEngine } from '../engine/kiosk-engine.ts'
import type { Kiosk } from '../kiosk-api.ts'
import type { KioskOptions } from '../options.ts'
import type { Platform } from '../ports.ts'
import { allChecks } from './diagnostics/checks.ts'
import { runChecks } from './diagnostics/finding.ts'
import { takeOrderlyEnd } from './orderly-end.ts'

export interface BrowserKiosk {
  readonly kiosk: Kiosk
  readonly stores: OpenedStores
  /** Lets go of the databases and the worker; after `kiosk.stop()`. */
  close(): void
  /** The same at once, ending what is being read and written. */
  abandon(): void
}

export interface BrowserKioskDeps {
  /** The server's root as the page sees it, with its final slash, so that prefixes of proxies hold. */
  readonly baseUrl: URL
  readonly platform: Platform
  /** Another tab has written as the one that runs the engine: this one must stop. */
  readonly onReplaced: () => void
}

/** The browser's clock and timers, which keep their pace when nobody sees the page. */
export function createPagePlatform(): Platform {
  try {
    const worker = new Worker(new URL('./timer-worker.ts', import.meta.url), { type: 'module' })
    return createWebPlatform(createWorkerTimers(worker, () => document.hidden))
  } catch {
    return createWebPlatform()
  }
}

/** Starts a kiosk with this browser profile's stores and identity. */
export async function createBrowserKiosk(
  { baseUrl, platform, onReplaced }: BrowserKioskDeps,
  options: Partial<KioskOptions> = {},
): Promise<BrowserKiosk> {
  let started: Kiosk | null = null
  const stores = await openStores({
    onLost: troubles => started?.storageLost(troubles),
    onSilent: createFrameDatabases,
    fence: { token: platform.randomId(), onReplaced },
    startChunkWorker: () => new Worker(new URL('./chunk-worker.ts', import.meta.url), { type: 'module' }),
  })
  const kiosk = createKioskEngine({
    chunks: stores.chunks,
    records: stores.records,
    openSignalLink: openWebSocketLink(signalUrl(baseUrl)),
    openPeerLink: openSimplePeerLink,
    origin: createFetchOrigin(baseUrl),
    platform,
    loadIdentity: loadOrCreateIdentity,
    createIdentity,
    takeOrderlyEnd,
    storage: createStorageProbe(),
    troubles: stores.troubles,
    diagnose: () =>
      runChecks(allChecks, { baseUrl, attended: false, view: async () => started?.view() ?? null }),
    options,
  })
  started = kiosk
  const close = () => {
    stores.chunks.close()
    stores.records.close()
  }
  const abandon = () => {
    // The worker ends in the middle of whatever it is doing, and its database with it.
    stores.chunks.close()
    stores.records.abandon()
  }
  return { kiosk, stores, close, abandon }
}
