/** Requests to the server that wait for their answer: which release each was for. A new session knows none of them. */
import type { Platform } from '../ports.ts'

export type ServerRequest = { readonly type: 'introduce' | 'grant'; readonly release: string }

export class ServerRequests {
  readonly #platform: Platform
  readonly #send: (message: ServerRequest & { readonly requestId: string }) => boolean
  readonly #waiting = new Map<string, ServerRequest>()

  constructor(
    platform: Platform,
    send: (message: ServerRequest & { readonly requestId: string }) => boolean,
  ) {
    this.#platform = platform
    this.#send = send
  }

  ask(type: ServerRequest['type'], release: string): void {
    const requestId = this.#platform.randomId()
    if (this.#send({ type, requestId, release })) this.#waiting.set(requestId, { type, release })
  }

  /** The request that an answer belongs to; each is answered once. */
  take(requestId: string): ServerRequest | undefined {
    const request = this.#waiting.get(requestId)
    this.#waiting.delete(requestId)
    return request
  }

  forgetAll(): void {
    this.#waiting.clear()
  }
}
