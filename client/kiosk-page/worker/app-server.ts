/**
 * Answers what pages of apps ask for from the chunk store: below `app/<package>/`, and, for a page of an app, anywhere
 * else on its origin where the app has a file. A page gets the active release, and all that it asks for comes from that
 * same one. Knows requests and answers, no worker globals: the clock and the way to the page are arguments.
 */

import * as v from 'valibot'
import { packageNameSchema } from '../../../protocol/primitives.ts'
import { encodePath, resolvePath } from '../../content/resolve-path.ts'
import { readActiveRelease } from '../../content/stored-release.ts'
import type { ReadChunk } from '../../content/verified-chunks.ts'
import type { RecordStore } from '../../ports.ts'
import type { ReleaseRef } from '../../records.ts'
import { fileResponse } from './file-response.ts'
import { createOpenReleases, type OpenRelease } from './open-releases.ts'
import type { ReleasePins } from './release-pins.ts'
import type { FindOwner, OwnedRequest, Owner } from './request-owner.ts'
import { notFound, type StatusPage, statusResponse } from './status-pages.ts'

export interface AppServerDeps {
  readonly records: Pick<RecordStore, 'get'>
  readonly readChunk: ReadChunk
  readonly pins: ReleasePins
  readonly ownerOf: FindOwner
  readonly now: () => number
  /** The manifest of a release that is to be served cannot be read. */
  readonly onRottenManifest: (releaseDigest: string) => void
  /** Whether this worker is asked for all of its origin, so that apps that were built for `/` can live there. */
  readonly servesRoot: boolean
  /** Loads a page in its frame again, from this address; false when that cannot be done. Never rejects. */
  readonly openAgain: (clientId: string, address: string) => Promise<boolean>
  /** Address of the folder of packages. */
  readonly appFolder: string
}

export interface AppRequest {
  readonly request: Request
  readonly facts: OwnedRequest
  /** `app`: the path follows `app/`; `root`: it follows the origin. Percent-encoded, without query. */
  readonly below: 'app' | 'root'
  readonly path: string
}

/** `pinned` settles when the page's release is remembered durably; the worker should live until then. */
export interface AppAnswer {
  readonly response: Response
  readonly pinned: Promise<void>
}

/** Never rejects. Null, only for requests below the root: no app has such a file, or no app asks. */
export type ServeApp = (request: AppRequest) => Promise<AppAnswer | null>

const nothingActive: StatusPage = {
  status: 503,
  title: 'Nothing to show yet',
  text: 'This package has not been delivered to this device. It appears here by itself as soon as it has.',
}
const broken: StatusPage = {
  status: 500,
  title: 'A part of this package is damaged',
  text: 'What is stored on this device is not what was published. The damaged part is being fetched again.',
}
const wrongMethod: StatusPage = {
  status: 405,
  title: 'This cannot be done here',
  text: 'Packages are read only: GET and HEAD.',
}

export function createAppServer(deps: AppServerDeps): ServeApp {
  const { records, pins, ownerOf, now } = deps
  const openRelease = createOpenReleases(records, deps.readChunk)

  async function serve(appRequest: AppRequest): Promise<AppAnswer | null> {
    const { request, facts, below, path } = appRequest
    const isNavigation = request.mode === 'navigate'
    if (below === 'app') {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return refusal(wrongMethod, isNavigation, { allow: 'GET, HEAD' })
      const slash = path.indexOf('/')
      const packageName = slash < 0 ? path : path.slice(0, slash)
      if (!v.is(packageNameSchema, packageName)) return refusal(notFound, isNavigation)
      if (slash < 0) return redirect(request, path, `${packageName}/`)
    }
    const owner = await ownerOf(facts)
    if (!owner) return below === 'app' ? refusal(notFound, isNavigation) : null
    const release = owner.release ?? (await readActiveRelease(records, owner.package))
    if (!release) return below === 'app' ? refusal(nothingActive, isNavigation) : null

    const answer = await serveFrom(release, owner, appRequest)
    if (owner.release === null || !isNavigation || answer?.response.status !== 500) return answer
    // A page rather goes on into a newer release than into one that is no longer here; its files cannot.
    const active = await readActiveRelease(records, owner.package)
    return active && active.digest !== release.digest ? serveFrom(active, owner, appRequest) : answer
  }

  async function serveFrom(
    release: ReleaseRef,
    owner: Owner,
    { request, facts, below, path }: AppRequest,
  ): Promise<AppAnswer | null> {
    const isNavigation = request.mode === 'navigate'
    const headers = { 'x-larder-release': String(release.release) }
    const opened = await openRelease(release.digest)
    if (!opened) {
      deps.onRottenManifest(release.digest)
      return refusal(broken, isNavigation, headers)
    }
    const pin = () => pinFor(facts, owner, release)
    const inPackage = below === 'app' ? path.slice(owner.package.length + 1) : path
    if (below === 'app' && (await livesAtRoot(opened, facts))) {
      // Known before the browser comes back for the new address.
      await pin()
      const isEntry = inPackage === encodePath(opened.files.manifest.entry)
      return redirect(request, new URL(request.url).pathname, isEntry ? '/' : `/${inPackage}`)
    }
    const resolved = resolvePath(opened.files, inPackage, isNavigation)
    if (resolved.kind === 'none') return below === 'app' ? refusal(notFound, isNavigation, headers) : null
    if (resolved.kind === 'redirect') {
      return redirect(request, inPackage, encodePath(resolved.path))
    }
    if (below === 'root' && (await moveToRoot(opened, facts)))
      return { response: Response.error(), pinned: settled }
    const found = await fileResponse(opened.files, resolved.file, request)
    const response = resolved.kind === 'not-found-page' ? found && withStatus(found, 404) : found
    return response ? { response, pinned: pin() } : refusal(broken, isNavigation, headers)
  }

  /** In a frame an app built for `/` finds itself there: its links, its routes and its history are as it expects. */
  async function livesAtRoot(opened: OpenRelease, { mode, destination }: OwnedRequest): Promise<boolean> {
    const isFrame = mode === 'navigate' && (destination === 'iframe' || destination === 'frame')
    return isFrame && deps.servesRoot && (await opened.builtForRoot())
  }

  /**
   * A page whose script comes from `/` was built to be there, though its text did not tell. Before the script has run,
   * the page is opened again, and this time goes to the root.
   */
  async function moveToRoot(opened: OpenRelease, { clientId, destination }: OwnedRequest): Promise<boolean> {
    if (!deps.servesRoot || destination !== 'script' || (await opened.builtForRoot())) return false
    const page = await pins.find(clientId)
    if (!page || page.inside || !page.url.startsWith(deps.appFolder)) return false
    opened.noteBuiltForRoot()
    return deps.openAgain(clientId, page.url)
  }

  async function pinFor(facts: OwnedRequest, owner: Owner, release: ReleaseRef): Promise<void> {
    const clientId = facts.resultingClientId
    if (clientId === '') return
    const url = withoutFragment(facts.url)
    await pins.pin(clientId, { package: owner.package, release, url, inside: owner.inside, pinnedAt: now() })
  }

  return async appRequest => {
    try {
      return await serve(appRequest)
    } catch {
      return refusal(broken, appRequest.request.mode === 'navigate')
    }
  }
}

const settled = Promise.resolve()

const withStatus = ({ body, headers }: Response, status: number) => new Response(body, { status, headers })

function refusal(page: StatusPage, isNavigation: boolean, headers?: Record<string, string>): AppAnswer {
  return { response: statusResponse(page, isNavigation, headers), pinned: settled }
}

/** To an address whose path ends in `to` instead of `from`, keeping the query. */
function redirect(request: Request, from: string, to: string): AppAnswer {
  const url = new URL(request.url)
  url.pathname = url.pathname.slice(0, url.pathname.length - from.length) + to
  return { response: Response.redirect(url.href, 302), pinned: settled }
}

const withoutFragment = (address: string) => address.replace(/#.*$/, '')
