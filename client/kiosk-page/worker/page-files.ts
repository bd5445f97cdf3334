/**
 * The kiosk page itself, kept in the browser's cache so that it opens without server and network. A package can write to
 * that cache, so nothing in it is trusted: each file is hashed and compared with the digest in this worker's script before
 * it is served, and headers come from the script. What is missing or changed is fetched again. Knows no events and no
 * packages (docs/decisions/0029).
 */
import { type Bytes, sha256Hex } from '../../../protocol/keys.ts'
import { kioskPageHeaders } from '../../../protocol/kiosk-page-headers.ts'
import { pageMediaType } from '../page-file-names.ts'
import { bodyOf } from './bounded-body.ts'
import { createFetchPageFile, type FetchedPageFile, type FetchPageFileDeps } from './fetch-page-file.ts'
import { installFaultWords, mainFault, type PageFileFault } from './page-file-fault.ts'

/** One file of this build, put into the worker's script by the build. */
export interface PageFile {
  /** Relative to the kiosk page; empty for the page itself. */
  readonly path: string
  readonly sha256: string
  readonly mediaType: string
  /** Of a page: the paths of all that has to be there before it works. Empty for every other file. */
  readonly needs: readonly string[]
}

export type PageAnswer =
  | { readonly kind: 'file'; readonly response: Response }
  /** It is one of the page's, but these files are not here and could not be fetched. */
  | { readonly kind: 'missing'; readonly paths: readonly string[]; readonly fault: PageFileFault }

export interface PageFilesCheck {
  /** Found missing or changed since the last check, also while serving. */
  readonly lost: readonly string[]
  /** Still missing. */
  readonly missing: readonly string[]
  /** Why those could not be fetched; null when none is missing. */
  readonly fault: PageFileFault | null
}

export interface PageFiles {
  /**
   * Fetches every file; rejects with a PageInstallError, leaving the page as it is, unless each is exactly the one of this
   * build.
   */
  install(): Promise<void>
  /** Removes the caches of older builds, up to the last. */
  removeOld(): Promise<void>
  /** What to answer at this path; null when it is not one of the page's. Never rejects. */
  find(path: string): Promise<PageAnswer | null>
  /** Looks at every file and fetches again what is missing or changed. Never rejects. */
  check(): Promise<PageFilesCheck>
}

const CACHE_PREFIX = 'larder-page-'
/** The build names parts after the first 128 bits of the SHA-256 of their content (`vite.content-names.ts`). */
const CONTENT_NAME = /^assets\/[^/]+-([0-9a-f]{32})\.(?:js|css)$/

export interface PageFilesDeps extends FetchPageFileDeps {
  readonly files: readonly PageFile[]
  /** Changes whenever a file does. */
  readonly version: string
  readonly caches: CacheStorage
}

/** `message`: why and what to do, for people. */
export class PageInstallError extends Error {
  readonly fault: PageFileFault

  constructor(message: string, fault: PageFileFault) {
    super(message)
    this.fault = fault
  }
}

type ReadFile = { readonly path: string } & FetchedPageFile

export function createPageFiles({ files, version, caches, ...server }: PageFilesDeps): PageFiles {
  const { folder } = server
  const fetchFile = createFetchPageFile(server)
  const cacheName = CACHE_PREFIX + version
  const byPath = new Map(files.map(file => [file.path, file]))
  const fetching = new Map<string, Promise<FetchedPageFile>>()
  let lost = new Set<string>()
  const addressOf = (path: string) => new URL(path, folder).href

  async function keep(file: PageFile, body: Bytes): Promise<void> {
    const cache = await caches.open(cacheName)
    await cache.put(addressOf(file.path), responseOf(body, file.mediaType))
  }

  /** What this cache holds at this path; null when there is nothing that can be read. */
  async function keptIn(name: string, path: string): Promise<Bytes | null> {
    try {
      const found = await caches.match(addressOf(path), { cacheName: name })
      return found ? await bodyOf(found) : null
    } catch {
      return null
    }
  }

  /** Once for all who wait for it. */
  function fetchAgain(file: PageFile): Promise<FetchedPageFile> {
    const underWay = fetching.get(file.path)
    if (underWay) return underWay
    const begun = fetchFile(file)
      .then(async fetched => {
        // A full disk keeps nothing; the file is served all the same.
        if (fetched.ok) await keep(file, fetched.body).catch(() => {})
        return fetched
      })
      .finally(() => fetching.delete(file.path))
    fetching.set(file.path, begun)
    return begun
  }

  /** The file, verified, from the cache or else from the server. */
  async function read(file: PageFile): Promise<FetchedPageFile> {
    const kept = await keptIn(cacheName, file.path)
    if (kept !== null && (await sha256Hex(kept)) === file.sha256) return { ok: true, body: kept }
    lost.add(file.path)
    return fetchAgain(file)
  }

  const readAll = (paths: readonly string[]): Promise<readonly ReadFile[]> =>
    Promise.all(
      paths.flatMap(path => {
        const file = byPath.get(path)
        return file ? [read(file).then(result => ({ path, ...result }))] : []
      }),
    )

  /**
   * A part of the build before this, for a page of that build that is still open. This worker was built without knowing
   * its digest, but the name tells it. Where a package stored it or in which cache does not matter: what fits the name is
   * what the page of that build asks for. Only scripts and styles have such names, so no page can come from here.
   */
  async function findOlderPart(path: string): Promise<PageAnswer | null> {
    const digestStart = CONTENT_NAME.exec(path)?.[1]
    if (digestStart === undefined) return null
    for (const name of await pageCaches()) {
      const kept = await keptIn(name, path)
      if (kept !== null && (await sha256Hex(kept)).startsWith(digestStart))
        return { kind: 'file', response: responseOf(kept, pageMediaType(path)) }
    }
    return null
  }

  const pageCaches = async () =>
    (await caches.keys().catch(() => [])).filter(name => name.startsWith(CACHE_PREFIX))

  return {
    install: async () => {
      const fetched = await Promise.all(
        files.map(async file => ({ file, path: file.path, ...(await fetchFile(file)) })),
      )
      const { paths, fault } = missingOf(fetched)
      if (fault !== null) throw new PageInstallError(installFaultWords(paths, fault), fault)
      await Promise.all(fetched.map(result => (result.ok ? keep(result.file, result.body) : undefined)))
    },
    removeOld: async () => {
      const names = (await pageCaches()).filter(name => name !== cacheName)
      // In order of making: the last one is the build before this. A package can make a later one, as it can delete all;
      // nothing worse comes of either than that parts of the old build are not here.
      names.pop()
      await Promise.all(names.map(name => caches.delete(name)))
    },
    find: async path => {
      const file = byPath.get(path)
      if (file === undefined) return findOlderPart(path)
      const all = await readAll([path, ...file.needs])
      const { paths, fault } = missingOf(all)
      if (fault !== null) return { kind: 'missing', paths, fault }
      const [first] = all
      return first?.ok ? { kind: 'file', response: responseOf(first.body, file.mediaType) } : null
    },
    check: async () => {
      const { paths, fault } = missingOf(await readAll([...byPath.keys()]))
      const found = lost
      lost = new Set()
      return { lost: [...found], missing: paths, fault }
    },
  }
}

function missingOf(files: readonly ReadFile[]) {
  const missing = files.flatMap(file => (file.ok ? [] : [file]))
  return { paths: missing.map(({ path }) => path), fault: mainFault(missing.map(({ fault }) => fault)) }
}

const responseOf = (body: Bytes, mediaType: string) =>
  new Response(body, { headers: { ...kioskPageHeaders, 'content-type': mediaType } })
