/**
 * The page's side of the service worker: registering it, keeping it new, hearing what it finds damaged and answering it
 * from stores that are only in this page's memory.
 */
import type { OpenedStores } from '../adapters/browser/open-stores.ts'
import type { Kiosk } from '../kiosk-api.ts'
import { createBuildLook } from './build-look.ts'
import {
  type CheckPageFilesMessage,
  type InstallFailedMessage,
  isWorkerMessage,
  type ReadFromPageMessage,
} from './messages.ts'
import { createPageFileWatch } from './page-file-watch.ts'
import type { PageFilesCheck } from './worker/page-files.ts'

/** A kiosk's page stays open for weeks; browsers look for a new worker only when it is opened. */
const UPDATE_CHECK_MS = 60 * 60 * 1000

/** A browser whose disk was full may have thrown the worker away with all else; until it is back no app can be shown. */
const PRESENCE_CHECK_MS = 10_000

/** How often the files of the page are looked at: what is lost is here again before the next start needs it. */
const PAGE_FILES_CHECK_MS = 60_000
/** Before it answers the worker fetches what is lost, over a slow line too; the next look is due then. */
const CHECK_ANSWER_TIMEOUT_MS = PAGE_FILES_CHECK_MS

/** The message in which a worker says why it could not be installed may come after the event that says that it was not. */
const INSTALL_FAULT_WAIT_MS = 1_000
const unknownInstallFault = 'The browser could not install it and does not say why.'

/** Where the worker's script is, and what it is to serve: the scopes to ask for, the widest first. */
export interface WorkerPlace {
  readonly script: string | URL
  readonly scopes: readonly string[]
}

/** For all of the origin, so that apps that were built for `/` can live there; else for the kiosk page's folder alone. */
const kioskPagePlace: WorkerPlace = { script: './sw.js', scopes: ['/', './'] }

/** A kiosk that runs in this tab, and what it keeps. */
export interface ServedKiosk {
  readonly kiosk: Kiosk
  readonly stores: OpenedStores
}

export interface WorkerLink {
  /** From then on messages of the worker are answered for this kiosk; null: for none. */
  serve(served: ServedKiosk | null): void
  /** Looks whether the server has a worker of another build, unless that was done a moment ago. */
  lookForNewBuild(): void
}

/**
 * Resolves once a worker serves this page's folder; rejects with what to do where none can. `onNewPage`: a worker of
 * another build has taken over, so that a reload would show another page.
 */
export async function linkServiceWorker(
  onNewPage: () => void,
  place: WorkerPlace = kioskPagePlace,
): Promise<WorkerLink> {
  const { serviceWorker } = navigator
  let served: ServedKiosk | null = null
  const failed = new AbortController()
  const installFault = Promise.withResolvers<string>()
  const toldAltered = new Set<string>()
  const onInstallFailed = ({ message, isAltered }: InstallFailedMessage) => {
    installFault.resolve(message)
    // The page that runs goes on, so the screen would not show that it cannot be updated any more.
    if (served === null || !isAltered || toldAltered.has(message)) return
    toldAltered.add(message)
    served.kiosk.reportStorageFailure(`a new build of the kiosk page could not be installed: ${message}`)
  }
  const onMessage = (event: MessageEvent) => {
    if (!isWorkerMessage(event.data)) return
    if (event.data.type === 'larder-rotten-chunk') {
      served?.kiosk.chunkLost(event.data.digest)
      event.ports[0]?.postMessage(served !== null && isConnected(served.kiosk))
    }
    if (event.data.type === 'larder-rotten-manifest') served?.kiosk.storageLost()
    if (event.data.type === 'larder-install-failed') onInstallFailed(event.data)
    if (event.data.type === 'larder-read') void answer(event.data, event.ports[0], served?.stores)
  }
  serviceWorker.addEventListener('message', onMessage, { signal: failed.signal })
  let hadController = serviceWorker.controller !== null
  const onController = () => {
    if (hadController) onNewPage()
    hadController = true
  }
  serviceWorker.addEventListener('controllerchange', onController, { signal: failed.signal })
  let registered: ServiceWorkerRegistration
  try {
    registered = await registerOrKeep(serviceWorker, place)
    await whenActive(registered, installFault.promise)
  } catch (error) {
    failed.abort()
    throw error
  }
  setInterval(() => void registered.update().catch(() => {}), UPDATE_CHECK_MS)
  // One that comes back takes this page over as one of another build does, and the page is loaded anew.
  setInterval(async () => {
    const known = await serviceWorker.getRegistrations().catch(() => [registered])
    if (known.some(({ scope }) => scope === registered.scope)) return
    registered = await register(serviceWorker, place).catch(() => registered)
  }, PRESENCE_CHECK_MS)
  const lookForNewBuild = createBuildLook(
    () => void registered.update().catch(() => {}),
    () => performance.now(),
  )
  const lookAtPageFiles = createPageFileWatch({
    check: () => checkPageFiles(serviceWorker.controller ?? registered.active),
    report: detail => served?.kiosk.reportStorageFailure(detail),
    lookForNewBuild,
  })
  // One tab looks, the one that can tell the administrator.
  setInterval(() => {
    if (served !== null) void lookAtPageFiles()
  }, PAGE_FILES_CHECK_MS)
  return {
    serve: next => {
      served = next
      if (next !== null) void lookAtPageFiles()
    },
    lookForNewBuild,
  }
}

/** Null: no worker, or one of a build that does not know the question. */
function checkPageFiles(worker: ServiceWorker | null): Promise<PageFilesCheck | null> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    const settle = (answer: PageFilesCheck | null) => {
      clearTimeout(timer)
      port1.close()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(null), CHECK_ANSWER_TIMEOUT_MS)
    port1.onmessage = event => settle(event.data)
    const message: CheckPageFilesMessage = { type: 'larder-check-page-files' }
    if (worker === null) settle(null)
    else worker.postMessage(message, [port2])
  })
}

/** Without network the registration fails, and the worker that is there goes on. */
async function registerOrKeep(
  serviceWorker: ServiceWorkerContainer,
  place: WorkerPlace,
): Promise<ServiceWorkerRegistration> {
  try {
    return await register(serviceWorker, place)
  } catch (error) {
    const known = await serviceWorker.getRegistration(place.scopes.at(-1))
    if (known?.active) return known
    throw error
  }
}

/** In the first scope that the server's answer allows (a proxy may take the header away that allows a wide one). */
async function register(
  serviceWorker: ServiceWorkerContainer,
  { script, scopes: [scope, ...narrower] }: WorkerPlace,
): Promise<ServiceWorkerRegistration> {
  try {
    const made = await serviceWorker.register(script, { scope: scope ?? './', updateViaCache: 'none' })
    // Of a time when no more was allowed, or made by an app for its own folder: they would go on to serve that.
    const own = new URL(script, location.href).href
    for (const other of await serviceWorker.getRegistrations()) {
      const its = other.active ?? other.waiting ?? other.installing
      const isInside = other.scope !== made.scope && other.scope.startsWith(made.scope)
      if (isInside && its?.scriptURL === own) await other.unregister()
    }
    return made
  } catch (error) {
    const refused = error instanceof DOMException && error.name === 'SecurityError'
    if (!refused || narrower.length === 0) throw error
    return register(serviceWorker, { script, scopes: narrower })
  }
}

/** Whether somebody is there who could send a lost chunk again. */
function isConnected(kiosk: Kiosk): boolean {
  const { connection, peers } = kiosk.status()
  return connection === 'online' || peers.some(({ state }) => state === 'open')
}

/** Resolves once the registration serves; rejects with `fault` when its first worker could not be installed. */
function whenActive(registration: ServiceWorkerRegistration, fault: Promise<string>): Promise<void> {
  const first = registration.installing ?? registration.waiting
  if (registration.active || !first) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const rejectWith = async () => {
      const unknown = new Promise<string>(tell =>
        setTimeout(tell, INSTALL_FAULT_WAIT_MS, unknownInstallFault),
      )
      reject(new Error(await Promise.race([fault, unknown])))
    }
    const check = () => {
      if (first.state === 'activating' || first.state === 'activated') resolve()
      if (first.state === 'redundant' && registration.active) resolve()
      else if (first.state === 'redundant') void rejectWith()
    }
    first.addEventListener('statechange', check)
    check()
  })
}

/** Only what is in memory: whatever is on disk the worker has read for itself. */
async function answer(
  message: ReadFromPageMessage,
  port: MessagePort | undefined,
  stores: OpenedStores | undefined,
): Promise<void> {
  let value: unknown = null
  try {
    if (message.store === 'chunk' && stores?.chunks.kind === 'memory')
      value = await stores.chunks.peek(message.key)
    if (message.store === 'record' && stores?.kind === 'memory') value = await stores.records.get(message.key)
  } finally {
    port?.postMessage(value)
  }
}
