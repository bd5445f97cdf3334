/**
 * Keeps the kiosk page itself in the browser's cache, so that it opens without server and network. One cache per build;
 * the one before it stays, since a page of that build may still be loading its parts.
 */
export interface PageFile {
  /** Relative to the kiosk page; empty for the page itself. */
  readonly path: string
  readonly sha256: string
}

const CACHE_PREFIX = 'larder-page-'
/** The page has the same rights from the cache as from the server; lengths and encodings are the browser's business. */
const KEPT_HEADERS = ['content-type', 'content-security-policy', 'referrer-policy', 'x-content-type-options']

export interface PageFiles {
  /** Fetches every file; rejects, leaving the page as it is, unless each is exactly the one of this build. */
  install(): Promise<void>
  /** Removes the caches of older builds, up to the one before this. */
  removeOld(): Promise<void>
  /** The file at this path, or null when it is not one of the page's. */
  find(path: string): Promise<Response | null>
}

/** `scope`: address of the folder that holds the page, with its final slash. */
export function createPageFiles(
  files: readonly PageFile[],
  version: string,
  scope: string,
  caches: CacheStorage,
): PageFiles {
  const cacheName = CACHE_PREFIX + version
  const addressOf = (path: string) => new URL(path, scope).href

  async function fetchFile(file: PageFile): Promise<[string, Response]> {
    const url = addressOf(file.path)
    const response = await fetch(url, { cache: 'reload', credentials: 'same-origin' })
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    const body = await response.arrayBuffer()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
    const hex = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
    // The server may have moved on to another build between two answers; mixing them would break the page.
    if (hex !== file.sha256) throw new Error(`${url} is not of this build`)
    return [url, new Response(body, { headers: keptHeaders(response.headers) })]
  }

  return {
    install: async () => {
      const fetched = await Promise.all(files.map(fetchFile))
      const cache = await caches.open(cacheName)
      await Promise.all(fetched.map(([url, response]) => cache.put(url, response)))
    },
    removeOld: async () => {
      const names = (await caches.keys()).filter(name => name.startsWith(CACHE_PREFIX) && name !== cacheName)
      names.pop() // In order of making: the last one is the build before this.
      await Promise.all(names.map(name => caches.delete(name)))
    },
    find: async path => {
      const url = addressOf(path)
      if (files.some(file => file.path === path)) {
        return (await (await caches.open(cacheName)).match(url)) ?? null
      }
      // A part of the build before, for a page that was loading while this one took over.
      return path.startsWith('assets/') ? ((await caches.match(url)) ?? null) : null
    },
  }
}

function keptHeaders(from: Headers): Headers {
  const kept = new Headers()
  for (const name of KEPT_HEADERS) {
    const value = from.get(name)
    if (value !== null) kept.set(name, value)
  }
  return kept
}
