/**
 * The service worker that gives out packages to a page of others: started when the kiosk is made, tried again while it
 * cannot be, and what to tell about it. Shows nothing itself.
 */
import { explainScriptFault } from '../kiosk-page/script-fault.ts'
import { linkServiceWorker, type ServedKiosk, type WorkerLink } from '../kiosk-page/worker-link.ts'

/** A server that is just being updated, or a network that is just coming up. */
const RETRY_MS = 60_000

export type AppWorkerState =
  | { readonly kind: 'starting' }
  /** A worker serves `app/`: frames may load. */
  | { readonly kind: 'active' }
  /** `message`: why not, and what to do, as sentences; it is tried again by itself. */
  | { readonly kind: 'failed'; readonly message: string }

export interface AppWorker {
  /** Calls `listener` at once and after every change. Returns the way to stop. */
  subscribe(listener: (state: AppWorkerState) => void): () => void
  /** Answers the worker's messages for this kiosk from now on; null: for none. */
  serve(kiosk: ServedKiosk | null): void
  stop(): void
}

/** `onFailed`: each time that it could not be started, with the sentences of the state. */
export function startAppWorker(script: URL, onFailed: (message: string) => void): AppWorker {
  const listeners = new Set<(state: AppWorkerState) => void>()
  let state: AppWorkerState = { kind: 'starting' }
  let link: WorkerLink | null = null
  let served: ServedKiosk | null = null
  let isStopped = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  function enter(next: AppWorkerState): void {
    state = next
    for (const listener of listeners) listener(next)
  }

  async function start(): Promise<void> {
    try {
      link = await linkServiceWorker(() => {}, { script, scopes: [new URL('app/', script).href] })
      if (isStopped) return
      link.serve(served)
      enter({ kind: 'active' })
    } catch (error) {
      const message = await messageFor(script, error)
      if (isStopped) return
      onFailed(message)
      enter({ kind: 'failed', message })
      retryTimer = setTimeout(() => void start(), RETRY_MS)
    }
  }
  void start()

  return {
    subscribe: listener => {
      listeners.add(listener)
      listener(state)
      return () => void listeners.delete(listener)
    },
    serve: next => {
      served = next
      link?.serve(next)
    },
    stop: () => {
      isStopped = true
      clearTimeout(retryTimer)
    },
  }
}

async function messageFor(script: URL, error: unknown): Promise<string> {
  const { kind, message } = await explainScriptFault(script.href, error)
  const isMissing = kind === 'web-page' || kind === 'status'
  const advice = isMissing
    ? ' Copy larder-worker.js of the larder-kiosk package to that address, beside this page.'
    : ''
  return `The service worker that shows packages could not be started. ${message}${advice} It is tried again every ${RETRY_MS / 1000} seconds.`
}
