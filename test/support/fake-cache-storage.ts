/** The browser's Cache Storage in memory, as far as the service worker uses it: whole bodies by address. */
export class FakeCacheStorage implements CacheStorage {
  readonly #caches = new Map<string, Map<string, Response>>()
  /** No cache takes anything: the disk is full. */
  isFull = false
  /** Nothing can be read: the browser has closed its databases. */
  isBroken = false

  async keys(): Promise<string[]> {
    this.#failIfBroken()
    return [...this.#caches.keys()]
  }

  async has(name: string): Promise<boolean> {
    return this.#caches.has(name)
  }

  async delete(name: string): Promise<boolean> {
    return this.#caches.delete(name)
  }

  async match(request: RequestInfo | URL, options?: MultiCacheQueryOptions): Promise<Response | undefined> {
    this.#failIfBroken()
    const { cacheName } = options ?? {}
    for (const [name, entries] of this.#caches) {
      if (cacheName !== undefined && name !== cacheName) continue
      const found = entries.get(String(request))
      if (found) return found.clone()
    }
    return undefined
  }

  async open(name: string): Promise<Cache> {
    this.#failIfBroken()
    const entries = this.#caches.get(name) ?? new Map<string, Response>()
    this.#caches.set(name, entries)
    const cache: Pick<Cache, 'put' | 'delete'> = {
      put: async (request, response) => {
        if (this.isFull) throw new DOMException('the disk is full', 'QuotaExceededError')
        entries.set(String(request), response)
      },
      delete: async request => entries.delete(String(request)),
    }
    return cache as Cache
  }

  #failIfBroken(): void {
    if (this.isBroken) throw new DOMException('closed', 'UnknownError')
  }
}
