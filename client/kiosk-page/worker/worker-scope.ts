/**
 * The parts of the service-worker scope that are used here. TypeScript's `webworker` library cannot be loaded beside
 * `dom`, which the pages need.
 */
export interface WorkerClient {
  readonly id: string
  readonly url: string
  readonly type: string
  /** Of pages alone, as is `navigate`. */
  readonly frameType?: string
  /** Sends a page to an address of this origin; rejects when it could not. */
  navigate?(address: string): Promise<unknown>
  postMessage(message: unknown, transfer?: Transferable[]): void
}

export interface WorkerFetchEvent extends Event {
  readonly request: Request
  readonly clientId: string
  readonly resultingClientId: string
  respondWith(response: Promise<Response> | Response): void
  waitUntil(work: Promise<unknown>): void
}

export interface WorkerMessageEvent extends Event {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
  waitUntil(work: Promise<unknown>): void
}

interface WorkerLifecycleEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

export interface WorkerScope {
  readonly location: { readonly href: string }
  readonly registration: { readonly scope: string }
  readonly caches: CacheStorage
  readonly clients: {
    claim(): Promise<void>
    matchAll(options: {
      includeUncontrolled: boolean
      type: 'all' | 'window'
    }): Promise<readonly WorkerClient[]>
    get(id: string): Promise<WorkerClient | undefined>
  }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerLifecycleEvent) => void): void
  addEventListener(type: 'message', listener: (event: WorkerMessageEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: WorkerFetchEvent) => void): void
}
