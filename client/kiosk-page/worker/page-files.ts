/**
 * The kiosk page itself, kept in the browser's cache so that it opens without server and network. A package can write to
 * that cache, so nothing in it is trusted: each file is hashed and compared with the digest in this worker's script before
 * it is served, and headers come from the script. What is missing or changed is fetched again. Knows no events and no
 * packages (docs/decisions/0029).
 */
import { type Bytes, sha256Hex } from '../../../protocol/keys.ts'
import { kioskPageHeaders } from '../../../protocol/kiosk-page-headers.ts'
import { MIB } from '../../../protocol/limits.ts'
import { pageMediaType } from '../page-file-names.ts'

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
  /** It is one of the page's, but these files are not here and the server does not give them. */
  | { readonly kind: 'missing'; readonly paths: readonly string[] }

export interface PageFilesCheck {
  /** Found missing or changed since the last check, also while serving. */
  readonly lost: readonly string[]
  /** Still missing: the server does not answer, or has another build by now. */
  readonly missing: readonly string[]
}

export interface PageFiles {
  /** Fetches every file; rejects, leaving the page as it is, unless each is exactly the one of this build. */
  install(): Promise<void>
  /** Removes the caches of older builds, up to the last. */
  removeOld(): Promise<void>
  /** What to answer at this path; null when it is not one of the page's. Never rejects. */
  find(path: string): Promise<PageAnswer | null>
  /** Looks at every file and fetches again what is missing or changed. Never rejects. */
  check(): Promise<PageFilesCheck>
}

const CACHE_PREFIX = 'larder-page-'
/**
 * Without a byte for so long a network counts as silent: a kiosk that starts shows nothing until then. A slow one may take
 * longer altogether.
 */
const SILENCE_MS = 10_000
/** The largest file has a quarter of a MiB. A package may have put gigabytes in its place, which no memory holds. */
const MAX_FILE_BYTES = 4 * MIB
/** The build names parts after the first 128 bits of the SHA-256 of their content (`vite.content-names.ts`). */
const CONTENT_NAME = /^assets\/[^/]+-([0-9a-f]{32})\.(?:js|css)$/

export interface PageFilesDeps {
  readonly files: readonly PageFile[]
  /** Changes whenever a file does. */
  readonly version: string
  /** Address of the folder that holds the page, with its final slash. */
  readonly folder: string
  readonly caches: CacheStorage
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
}

export function createPageFiles({ files, version, folder, caches, fetch }: PageFilesDeps): PageFiles {
  const cacheName = CACHE_PREFIX + version
  const byPath = new Map(files.map(file => [file.path, file]))
  const fetching = new Map<string, Promise<Bytes | null>>()
  let lost = new Set<string>()
  const addressOf = (path: string) => new URL(path, folder).href

  /** @throws Error unless the server gives out exactly this file. */
  async function fetchFile(file: PageFile): Promise<Bytes> {
    const url = addressOf(file.path)
    const silence = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const onSign = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
    }
    onSign()
    try {
      const { signal } = silence
      const response = await fetch(url, { cache: 'reload', credentials: 'same-origin', signal })
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      const body = await bodyOf(response, onSign)
      // The server may have moved on to another build between two answers; mixing them would break the page.
      if (body === null || (await sha256Hex(body)) !== file.sha256)
        throw new Error(`${url} is not of this build`)
      return body
    } finally {
      clearTimeout(timer)
    }
  }

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
  function fetchAgain(file: PageFile): Promise<Bytes | null> {
    const underWay = fetching.get(file.path)
    if (underWay) return underWay
    const begun = fetchFile(file)
      .then(
        async body => {
          // A full disk keeps nothing; the file is served all the same.
          await keep(file, body).catch(() => {})
          return body
        },
        () => null,
      )
      .finally(() => fetching.delete(file.path))
    fetching.set(file.path, begun)
    return begun
  }

  /** The file, verified, from the cache or else from the server. */
  async function read(file: PageFile): Promise<Bytes | null> {
    const kept = await keptIn(cacheName, file.path)
    if (kept !== null && (await sha256Hex(kept)) === file.sha256) return kept
    lost.add(file.path)
    return fetchAgain(file)
  }

  async function readAll(paths: readonly string[]) {
    const bodies = await Promise.all(
      paths.map(path => {
        const file = byPath.get(path)
        return file ? read(file) : null
      }),
    )
    return { first: bodies[0] ?? null, missing: paths.filter((_, index) => bodies[index] === null) }
  }

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
      const fetched = await Promise.all(files.map(fetchFile))
      await Promise.all(files.map((file, index) => keep(file, fetched[index] as Bytes)))
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
      const { first, missing } = await readAll([path, ...file.needs])
      return first === null || missing.length > 0
        ? { kind: 'missing', paths: missing }
        : { kind: 'file', response: responseOf(first, file.mediaType) }
    },
    check: async () => {
      const { missing } = await readAll([...byPath.keys()])
      const found = lost
      lost = new Set()
      return { lost: [...found], missing }
    },
  }
}

const responseOf = (body: Bytes, mediaType: string) =>
  new Response(body, { headers: { ...kioskPageHeaders, 'content-type': mediaType } })

/** Null for a body that no file of the page has: it is not read to its end. `onBytes`: some have come. */
async function bodyOf(response: Response, onBytes = () => {}): Promise<Bytes | null> {
  const reader = response.body?.getReader()
  const pieces: Bytes[] = []
  let sizeBytes = 0
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    onBytes()
    sizeBytes += next.value.byteLength
    if (sizeBytes > MAX_FILE_BYTES) {
      // Not awaited: it settles only when every copy of the response is cancelled.
      void reader?.cancel().catch(() => {})
      return null
    }
    pieces.push(next.value)
  }
  const body = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    body.set(piece, at)
    at += piece.byteLength
  }
  return body
}
