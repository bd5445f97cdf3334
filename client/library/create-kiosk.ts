/**
 * A kiosk for a page of one's own: identity, stores, worker, signaling and peers with good defaults, one engine per
 * browser however many tabs are open, typed events, and the files of what runs.
 */
import { createFrameDatabases } from '../adapters/browser/frame-databases.ts'
import { CHUNK_DATABASE, createIdbChunkStore } from '../adapters/browser/idb-chunk-store.ts'
import { openIdbDatabase } from '../adapters/browser/idb-database.ts'
import { createIdbRecordStore, RECORD_DATABASE } from '../adapters/browser/idb-record-store.ts'
import { decodeEncodedChunk } from '../adapters/browser/zstd-decoder.ts'
import type { Kiosk } from '../kiosk-api.ts'
import { createBrowserKiosk, createPagePlatform } from '../kiosk-page/compose.ts'
import { markOrderlyEnd, watchOrderlyEnd } from '../kiosk-page/orderly-end.ts'
import { createSharedKiosk, VIEW_CHANNEL } from '../kiosk-page/shared-kiosk.ts'
import type { ServedKiosk } from '../kiosk-page/worker-link.ts'
import type { KioskOptions } from '../options.ts'
import { isInAppFrame, startedInAppFrame } from './app-frame-around.ts'
import { type AppWorker, startAppWorker } from './app-worker.ts'
import { eventsBetween, type KioskEvents } from './kiosk-events.ts'
import { createPackageFiles, type FileStores } from './package-files.ts'

export interface CreateKioskOptions {
  /** The Larder server as this page reaches it, on the page's own origin, such as `/larder/` behind a proxy. */
  readonly baseUrl: string | URL
  /**
   * The file `larder-worker.js` of this package, served beside the page: it gives out packages below `app/`. Null: none,
   * for a page that reads what it shows with `file()`.
   */
  readonly serviceWorker?: string | URL | null
  /** Of an enrolment link. Without one, and unless `options.enrolByCode` is off, the browser asks for a code. */
  readonly enrolmentToken?: string
  readonly options?: Partial<KioskOptions>
}

/** What `createKiosk()` returns; the package exports it as `Kiosk` too. */
export interface LarderKiosk extends Kiosk {
  /** Whether packages can be shown in frames: there is a service worker to give them out. */
  readonly showsApps: boolean
  /** @internal For `showApp()`; null where there is none. */
  readonly appWorker: AppWorker | null
  /** Calls `listener` when it happens, never at once. Returns the way to stop. */
  on<K extends keyof KioskEvents>(type: K, listener: (event: KioskEvents[K]) => void): () => void
  /**
   * A file of the release of this package that runs, by its path in the package, verified; null when there is none.
   * Rejects with a sentence when what is on the disk is damaged; it is then fetched again.
   */
  file(packageName: string, path: string): Promise<Response | null>
}

type Listeners = { [K in keyof KioskEvents]: Set<(event: KioskEvents[K]) => void> }

/**
 * Starts a kiosk in this page; what ran before runs again without any server.
 * @throws TypeError when `baseUrl` is on another origin, the worker is not beside the page, or this page is itself in a
 *   frame in which Larder shows an app
 */
export function createKiosk(settings: CreateKioskOptions): LarderKiosk {
  if (isInAppFrame()) throw new TypeError(startedInAppFrame)
  const baseUrl = serverRoot(settings.baseUrl)
  const workerScript = workerAddress(settings.serviceWorker)
  const listeners: Listeners = {
    status: new Set(),
    connection: new Set(),
    enrolment: new Set(),
    staged: new Set(),
    activated: new Set(),
    confirmed: new Set(),
    'rolled-back': new Set(),
    trouble: new Set(),
  }
  const tell = <K extends keyof KioskEvents>(type: K, event: KioskEvents[K]) => {
    for (const listener of listeners[type]) listener(event)
  }
  const trouble = (what: string, error: unknown) =>
    tell('trouble', { message: `${what}: ${error instanceof Error ? error.message : String(error)}` })

  let leading: ServedKiosk | null = null
  const appWorker =
    workerScript !== null && 'serviceWorker' in navigator
      ? startAppWorker(workerScript, message => tell('trouble', { message }))
      : null
  const serve = () => appWorker?.serve(leading)
  const platform = createPagePlatform()
  let leads = false
  const stopWatchingEnd = watchOrderlyEnd(() => leads)
  const shared = createSharedKiosk({
    locks: navigator.locks,
    openChannel: () => new BroadcastChannel(VIEW_CHANNEL),
    platform,
    createKiosk: async onReplaced => {
      const made = await createBrowserKiosk({ baseUrl, platform, onReplaced }, settings.options)
      leading = made
      serve()
      return made
    },
    onLeading: isLeading => {
      leads = isLeading
      if (leads) return
      leading = null
      serve()
    },
    onFailed: error => trouble('The kiosk could not be started', error),
  })
  if (settings.enrolmentToken !== undefined) void shared.enrol(settings.enrolmentToken)

  let before = shared.view()
  const stopEvents = shared.subscribeView(view => {
    const events = view === before ? [] : eventsBetween(before, view)
    before = view
    for (const { type, event } of events) tell(type, event as never)
  })
  const onNetwork = () => shared.networkBack()
  const onFreeze = () => shared.freeze()
  const onResume = () => shared.resume()
  addEventListener('online', onNetwork)
  document.addEventListener('freeze', onFreeze)
  document.addEventListener('resume', onResume)

  const onDisk = lazily(openDisk)
  const inUse = (): FileStores =>
    leading === null
      ? onDisk()
      : { records: leading.stores.records, chunks: { get: digest => chunkOf(leading, digest) } }
  const file = createPackageFiles({
    stores: inUse,
    decode: decodeEncodedChunk,
    onLost: digest => shared.chunkLost(digest),
    onLostManifest: () => shared.storageLost(),
  })

  return {
    ...shared,
    showsApps: appWorker !== null,
    appWorker,
    on: (type, listener) => {
      listeners[type].add(listener)
      return () => void listeners[type].delete(listener)
    },
    file,
    stop: async () => {
      removeEventListener('online', onNetwork)
      document.removeEventListener('freeze', onFreeze)
      document.removeEventListener('resume', onResume)
      stopEvents()
      stopWatchingEnd()
      if (leads) markOrderlyEnd()
      appWorker?.stop()
      await shared.stop()
    },
  }
}

const chunkOf = async (leading: ServedKiosk | null, digest: string) =>
  (await leading?.stores.chunks.peek(digest)) ?? null

/** In a tab that only follows: the same databases, read. */
function openDisk(): FileStores {
  const otherWay = () => ({ onSilent: createFrameDatabases() })
  return {
    records: createIdbRecordStore(openIdbDatabase(RECORD_DATABASE, otherWay())),
    chunks: createIdbChunkStore(openIdbDatabase(CHUNK_DATABASE, otherWay())),
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function serverRoot(address: string | URL): URL {
  const url = new URL(address, document.baseURI)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  if (url.origin !== location.origin)
    throw new TypeError(
      `baseUrl ${url.href} is on another origin than this page (${location.origin}). Let the web server of the page pass a path such as /larder/ on to Larder, and name that path.`,
    )
  return url
}

/** Packages are given out below `app/` of the worker's folder, which is where the page's frames look for them. */
function workerAddress(address: string | URL | null | undefined): URL | null {
  if (address === null) return null
  const url = new URL(address ?? './larder-worker.js', document.baseURI)
  if (new URL('./', url).href !== new URL('./', document.baseURI).href)
    throw new TypeError(`The worker ${url.href} must lie beside this page (${document.baseURI}).`)
  return url
}
