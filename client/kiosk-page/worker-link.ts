/**
 * The page's side of the service worker: registering it, keeping it new, hearing what it finds damaged and answering it
 * from stores that are only in this page's memory.
 */
import type { OpenedStores } from '../adapters/browser/open-stores.ts'
import type { Kiosk } from '../kiosk-api.ts'
import { isWorkerMessage, type ReadFromPageMessage } from './messages.ts'

/** A kiosk's page stays open for weeks; browsers look for a new worker only when it is opened. */
const UPDATE_CHECK_MS = 60 * 60 * 1000

export interface WorkerLink {
  /** From then on messages of the worker are answered for this kiosk. */
  serve(kiosk: Kiosk, stores: OpenedStores): void
}

/**
 * Resolves once a worker serves this page's folder; rejects with what to do where none can. `onNewPage`: a worker of
 * another build has taken over, so that a reload would show another page.
 */
export async function linkServiceWorker(onNewPage: () => void): Promise<WorkerLink> {
  const { serviceWorker } = navigator
  let served: { kiosk: Kiosk; stores: OpenedStores } | null = null
  serviceWorker.addEventListener('message', event => {
    if (!isWorkerMessage(event.data)) return
    if (event.data.type === 'larder-rotten-chunk') {
      served?.kiosk.chunkLost(event.data.digest)
      event.ports[0]?.postMessage(served !== null && isConnected(served.kiosk))
    }
    if (event.data.type === 'larder-rotten-manifest') served?.kiosk.storageLost()
    if (event.data.type === 'larder-read') void answer(event.data, event.ports[0], served?.stores)
  })
  let hadController = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    if (hadController) onNewPage()
    hadController = true
  })
  // Without network the registration fails, and the worker that is there goes on.
  const registered = await register(serviceWorker).catch(async error => {
    if (await serviceWorker.getRegistration('./')) return
    throw error
  })
  if (registered) setInterval(() => void registered.update().catch(() => {}), UPDATE_CHECK_MS)
  await (registered ? whenActive(registered) : serviceWorker.ready)
  return {
    serve: (kiosk, stores) => {
      served = { kiosk, stores }
    },
  }
}

/**
 * For all of the origin, so that apps that were built for `/` can live there; for this folder alone where the server's
 * answer does not allow more (a proxy that takes the header away).
 */
async function register(serviceWorker: ServiceWorkerContainer): Promise<ServiceWorkerRegistration> {
  try {
    const wide = await serviceWorker.register('./sw.js', { scope: '/', updateViaCache: 'none' })
    // Of a time when no more was allowed; it would go on to serve this folder.
    for (const other of await serviceWorker.getRegistrations())
      if (other !== wide && other.scope === new URL('./', location.href).href) await other.unregister()
    return wide
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'SecurityError') throw error
    return serviceWorker.register('./sw.js', { scope: './', updateViaCache: 'none' })
  }
}

/** Whether somebody is there who could send a lost chunk again. */
function isConnected(kiosk: Kiosk): boolean {
  const { connection, peers } = kiosk.status()
  return connection === 'online' || peers.some(({ state }) => state === 'open')
}

/** Resolves once the registration serves; rejects when its first worker could not be installed. */
function whenActive(registration: ServiceWorkerRegistration): Promise<void> {
  const first = registration.installing ?? registration.waiting
  if (registration.active || !first) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const check = () => {
      if (first.state === 'activating' || first.state === 'activated') resolve()
      if (first.state === 'redundant' && registration.active) resolve()
      else if (first.state === 'redundant')
        reject(new Error('the parts of this page could not all be fetched.'))
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
