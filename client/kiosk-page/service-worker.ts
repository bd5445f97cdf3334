/**
 * The kiosk's service worker: keeps the kiosk page available offline and serves packages below `app/`. Here is only the
 * wiring to the worker's events; what is answered is decided in `worker/`. Everything else goes to the network untouched.
 */
import { decodeEncodedChunk } from '../adapters/browser/zstd-decoder.ts'
import { createVerifiedChunks } from '../content/verified-chunks.ts'
import { createAppServer } from './worker/app-server.ts'
import { createPageFiles, type PageFile } from './worker/page-files.ts'
import { openWorkerStores } from './worker/page-stores.ts'
import { createReleasePins } from './worker/release-pins.ts'
import type { WorkerFetchEvent, WorkerScope } from './worker/worker-scope.ts'

/** Put in by the build: the page's files and a name that changes whenever one of them does. */
declare const __PAGE_FILES__: readonly PageFile[]
declare const __PAGE_VERSION__: string

const worker = globalThis as unknown as WorkerScope
const { scope } = worker.registration
const appScope = new URL('app/', scope).href

const pageFiles = createPageFiles(__PAGE_FILES__, __PAGE_VERSION__, scope, worker.caches)
const stores = openWorkerStores(kioskPages)
const pins = createReleasePins(stores.records)
const serveApp = createAppServer({
  records: stores.records,
  readChunk: createVerifiedChunks(stores.chunks, decodeEncodedChunk),
  pins,
  now: () => Date.now(),
  tellPage: async message => {
    for (const page of await kioskPages()) page.postMessage(message)
  },
})

async function kioskPages() {
  const windows = await worker.clients.matchAll({ includeUncontrolled: true, type: 'window' })
  return windows.filter(({ url }) => url.startsWith(scope) && !url.startsWith(appScope))
}

async function prunePins(): Promise<void> {
  const clients = await worker.clients.matchAll({ includeUncontrolled: true, type: 'all' })
  await pins.prune(new Set(clients.map(client => client.id)), Date.now())
}

worker.addEventListener('install', event => {
  event.waitUntil(pageFiles.install().then(() => worker.skipWaiting()))
})

worker.addEventListener('activate', event => {
  event.waitUntil(Promise.all([worker.clients.claim(), pageFiles.removeOld(), prunePins()]))
})

worker.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  const address = url.origin + url.pathname
  if (!address.startsWith(scope)) return
  if (address.startsWith(appScope)) {
    event.respondWith(answerFromPackage(event, address.slice(appScope.length)))
  } else if (event.request.method === 'GET') {
    const path = address
      .slice(scope.length)
      .replace(/^index\.html$/, '')
      .replace(/\.html$/, '')
    event.respondWith(pageFiles.find(path).then(file => file ?? fetch(event.request)))
  }
})

async function answerFromPackage(event: WorkerFetchEvent, path: string): Promise<Response> {
  const { request, clientId, resultingClientId } = event
  const { response, pinned } = await serveApp({ request, path, clientId, resultingClientId })
  event.waitUntil(pinned)
  if (request.mode === 'navigate') event.waitUntil(pinned.then(prunePins))
  return response
}
