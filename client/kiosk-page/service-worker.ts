/**
 * The kiosk's service worker: keeps the kiosk page available offline and serves packages. Here is only the wiring to the
 * worker's events; what is answered is decided in `worker/`. Everything else goes to the network untouched.
 */
import { PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts'
import { decodeEncodedChunk } from '../adapters/browser/zstd-decoder.ts'
import { createVerifiedChunks } from '../content/verified-chunks.ts'
import { type InstallFailedMessage, isCheckPageFilesMessage } from './messages.ts'
import { type AppRequest, createAppServer } from './worker/app-server.ts'
import { incompletePage, packageToShow } from './worker/incomplete-page.ts'
import { createMendedChunks } from './worker/mended-chunks.ts'
import { createPageFiles, type PageFile, PageInstallError } from './worker/page-files.ts'
import { askPages, openWorkerStores } from './worker/page-stores.ts'
import { createReleasePins } from './worker/release-pins.ts'
import { createRequestOwner, type OwnedRequest } from './worker/request-owner.ts'
import { routeOf } from './worker/request-route.ts'
import { RESCUE_PATH, RESTART_PATH, rescue, restartPage } from './worker/rescue.ts'
import { notFound, statusResponse, unreachable } from './worker/status-pages.ts'
import type { WorkerFetchEvent, WorkerScope } from './worker/worker-scope.ts'

/** Put in by the build: the page's files and a name that changes whenever one of them does. */
declare const __PAGE_FILES__: readonly PageFile[]
declare const __PAGE_VERSION__: string

const worker = globalThis as unknown as WorkerScope
/** Of the kiosk page; the scope is wider where the server allows it. */
const folder = new URL('./', worker.location.href).href
const appFolder = new URL('app/', folder).href
const { scope } = worker.registration

const pageFiles = createPageFiles({
  files: __PAGE_FILES__,
  version: __PAGE_VERSION__,
  folder,
  script: worker.location.href,
  caches: worker.caches,
  fetch: (url, init) => fetch(url, init),
})
const stores = openWorkerStores(kioskPages)
const pins = createReleasePins(stores.own)
const now = () => Date.now()
const serveApp = createAppServer({
  records: stores.records,
  readChunk: createMendedChunks(createVerifiedChunks(stores.chunks, decodeEncodedChunk), {
    reportLost: async digest =>
      (await askPages(kioskPages, { type: 'larder-rotten-chunk', digest }, answer => answer === true)) ===
      true,
    delay: ms => new Promise(resolve => setTimeout(resolve, ms)),
  }),
  pins,
  ownerOf: createRequestOwner({
    pins,
    clients: {
      ids: clientIds,
      urlOf: async id => (await worker.clients.get(id))?.url ?? null,
    },
    now,
    folder,
  }),
  now,
  onRottenManifest: async digest => {
    for (const page of await kioskPages()) page.postMessage({ type: 'larder-rotten-manifest', digest })
  },
  servesRoot: scope === new URL('/', scope).href,
  openAgain,
  appFolder,
})

/** Only in a frame: a page in a tab of its own stays where somebody opened it. */
async function openAgain(clientId: string, address: string): Promise<boolean> {
  const client = await worker.clients.get(clientId)
  if (client?.frameType !== 'nested' || !client.navigate) return false
  return client.navigate(address).then(
    () => true,
    () => false,
  )
}

async function kioskPages() {
  const windows = await worker.clients.matchAll({ includeUncontrolled: true, type: 'window' })
  return windows.filter(({ url }) => url.startsWith(folder) && !url.startsWith(appFolder))
}

async function clientIds(): Promise<ReadonlySet<string>> {
  const clients = await worker.clients.matchAll({ includeUncontrolled: true, type: 'all' })
  return new Set(clients.map(client => client.id))
}

async function prunePins(): Promise<void> {
  await pins.prune(await clientIds(), now())
}

worker.addEventListener('install', event => {
  event.waitUntil(
    pageFiles.install().then(
      () => worker.skipWaiting(),
      async error => {
        const message: InstallFailedMessage = {
          type: 'larder-install-failed',
          message: error instanceof Error ? error.message : String(error),
          isAltered: error instanceof PageInstallError && error.fault === 'altered',
        }
        // Browsers tell a page only that its worker failed, not why.
        for (const page of await kioskPages()) page.postMessage(message)
        throw error
      },
    ),
  )
})

worker.addEventListener('activate', event => {
  event.waitUntil(Promise.all([worker.clients.claim(), pageFiles.removeOld(), prunePins()]))
})

worker.addEventListener('fetch', event => {
  const { request } = event
  const route = routeOf(factsOf(event), folder)
  switch (route.kind) {
    case 'package':
      return event.respondWith(
        answerAsApp(event, 'app', route.path).then(answer => answer ?? Response.error()),
      )
    case 'app-or-network':
      return event.respondWith(
        answerAsApp(event, 'root', route.path).then(answer => answer ?? fromNetwork(request)),
      )
    case 'page':
      return event.respondWith(answerBelowPage(event, route.path))
    case 'front-door':
      // As the server answers there, without asking it: the login page of a network would else stay on the screen.
      return event.respondWith(Response.redirect(folder + new URL(request.url).search, 302))
    case 'network':
      return
  }
})

worker.addEventListener('message', event => {
  if (!isCheckPageFilesMessage(event.data)) return
  event.waitUntil(pageFiles.check().then(answer => event.ports[0]?.postMessage(answer)))
})

/** One of the page's files, else a file that the app has at this address. An app's file never takes the place of the page's. */
async function answerBelowPage(event: WorkerFetchEvent, path: string): Promise<Response> {
  if (path === RESTART_PATH) return restartPage()
  if (path === RESCUE_PATH) return rescue(event.request.url, { records: stores.own, kioskPages, folder })
  const answer = await pageFiles.find(path)
  if (answer?.kind === 'file') return answer.response
  if (answer?.kind === 'missing') {
    const app = path === '' ? await packageToShow(stores.own) : null
    return incompletePage(answer.paths, answer.fault, app === null ? null : `app/${app}/`)
  }
  const rootPath = new URL(event.request.url).pathname.slice(1)
  return (await answerAsApp(event, 'root', rootPath)) ?? fromNetwork(event.request)
}

async function answerAsApp(
  event: WorkerFetchEvent,
  below: AppRequest['below'],
  path: string,
): Promise<Response | null> {
  const { request } = event
  const answer = await serveApp({ request, facts: factsOf(event), below, path })
  if (!answer) return null
  event.waitUntil(answer.pinned)
  if (request.mode === 'navigate') event.waitUntil(answer.pinned.then(prunePins))
  return answer.response
}

/** People get a page that says why nothing is there, never a problem document; to a script the answer is the network's. */
async function fromNetwork(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    const isProblem = response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) === true
    return request.mode === 'navigate' && isProblem && response.status === notFound.status
      ? statusResponse(notFound, true)
      : response
  } catch (error) {
    if (request.mode !== 'navigate') throw error
    return statusResponse(unreachable, true)
  }
}

function factsOf({ request, clientId, resultingClientId }: WorkerFetchEvent): OwnedRequest {
  const { url, method, mode, destination, cache, referrer } = request
  const isReload = 'isReloadNavigation' in request && request.isReloadNavigation === true
  return { url, method, mode, destination, cache, referrer, clientId, resultingClientId, isReload }
}
