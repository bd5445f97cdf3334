/**
 * Serves `app/<package>/…` from the chunk store: a page gets the active release, and all that the page asks for comes from
 * that same release. Knows requests and answers, no worker globals: the clock and the way to the page are arguments.
 */

import * as v from 'valibot'
import { packageNameSchema } from '../../../protocol/primitives.ts'
import { createReleaseFiles, type ReleaseFiles } from '../../content/release-files.ts'
import { encodePath, resolvePath } from '../../content/resolve-path.ts'
import { readActiveRelease, readManifest } from '../../content/stored-release.ts'
import type { ReadChunk } from '../../content/verified-chunks.ts'
import type { RecordStore } from '../../ports.ts'
import type { ReleaseRef } from '../../records.ts'
import type { RottenChunkMessage, RottenManifestMessage } from '../messages.ts'
import { fileResponse } from './file-response.ts'
import type { ReleasePins } from './release-pins.ts'
import { type StatusPage, statusResponse } from './status-pages.ts'

/** A release under trial, the one before it, and the one of a second package. */
const KEPT_RELEASES = 3

export interface AppServerDeps {
  readonly records: Pick<RecordStore, 'get'>
  readonly readChunk: ReadChunk
  readonly pins: ReleasePins
  readonly now: () => number
  readonly tellPage: (message: RottenChunkMessage | RottenManifestMessage) => void
}

interface AppRequest {
  readonly request: Request
  /** What follows `app/` in the address, still percent-encoded, without query. */
  readonly path: string
  /** Of the page that asks; empty when there is none. */
  readonly clientId: string
  /** Of the page or worker that the answer will become; empty when it becomes none. */
  readonly resultingClientId: string
}

/** `pinned` settles when the page's release is remembered durably; the worker should live until then. */
interface AppAnswer {
  readonly response: Response
  readonly pinned: Promise<void>
}

/** Never rejects. */
export type ServeApp = (request: AppRequest) => Promise<AppAnswer>

const nothingActive: StatusPage = {
  status: 503,
  title: 'Nothing to show yet',
  text: 'This package has not been delivered to this device. It appears here by itself as soon as it has.',
}
const notFound: StatusPage = {
  status: 404,
  title: 'There is no such page',
  text: 'The package that runs on this screen has no page at this address.',
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
  const { records, readChunk, pins, tellPage } = deps
  const releases = new Map<string, Promise<ReleaseFiles | null>>()

  /** The release's files; a manifest that cannot be read is tried again the next time. */
  function open(digest: string): Promise<ReleaseFiles | null> {
    const opened =
      releases.get(digest) ??
      readManifest(records, digest).then(manifest => manifest && createReleaseFiles(manifest, readChunk))
    releases.delete(digest)
    releases.set(digest, opened)
    const forget = () => releases.delete(digest)
    opened.then(files => files ?? forget(), forget)
    for (const oldest of releases.keys()) {
      if (releases.size <= KEPT_RELEASES) break
      releases.delete(oldest)
    }
    return opened
  }

  async function serve(appRequest: AppRequest): Promise<AppAnswer> {
    const { request, path, clientId, resultingClientId } = appRequest
    const isNavigation = request.mode === 'navigate'
    const refuse = (page: StatusPage, headers?: Record<string, string>) => ({
      response: statusResponse(page, isNavigation, headers),
      pinned: Promise.resolve(),
    })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(wrongMethod, { allow: 'GET, HEAD' })

    const slash = path.indexOf('/')
    const packageName = slash < 0 ? path : path.slice(0, slash)
    if (!v.is(packageNameSchema, packageName)) return refuse(notFound)
    if (slash < 0) return redirect(request, `${packageName}/`, packageName)

    const release = await releaseFor(packageName, isNavigation ? '' : clientId)
    if (!release) return refuse(nothingActive)
    const files = await open(release.digest)
    if (!files) {
      tellPage({ type: 'larder-rotten-manifest', digest: release.digest })
      return refuse(broken)
    }
    const headers = { 'x-larder-release': String(release.release) }
    const resolved = resolvePath(files, path.slice(slash + 1), isNavigation)
    if (resolved.kind === 'none') return refuse(notFound, headers)
    if (resolved.kind === 'redirect') {
      return redirect(request, `${packageName}/${encodePath(resolved.path)}`, path)
    }
    const report = (digest: string) => tellPage({ type: 'larder-rotten-chunk', digest })
    const response = await fileResponse(files, resolved.file, request, chunk => report(chunk.digest))
    if (!(response instanceof Response)) {
      report(response.digest)
      return refuse(broken, headers)
    }
    const pinned =
      resultingClientId === ''
        ? Promise.resolve()
        : pins.pin(resultingClientId, packageName, release, deps.now())
    return { response, pinned }
  }

  async function releaseFor(packageName: string, clientId: string): Promise<ReleaseRef | null> {
    return (await pins.find(clientId, packageName)) ?? (await readActiveRelease(records, packageName))
  }

  return async appRequest => {
    try {
      return await serve(appRequest)
    } catch {
      const response = statusResponse(broken, appRequest.request.mode === 'navigate')
      return { response, pinned: Promise.resolve() }
    }
  }
}

/** To another path under `app/`, keeping the query; `path` is the present one as it stands in the address. */
function redirect(request: Request, newPath: string, path: string): AppAnswer {
  const url = new URL(request.url)
  url.pathname = url.pathname.slice(0, url.pathname.length - path.length) + newPath
  return { response: Response.redirect(url.href, 302), pinned: Promise.resolve() }
}
