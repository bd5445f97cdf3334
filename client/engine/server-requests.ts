/** Requests to the server that wait for their answer: which release each was for. A new session knows none of them. */
import type { Platform } from '../ports.ts'

export type ServerRequest = { readonly type: 'introduce' | 'grant'; readonly release: string }
/** `subject`: the digest of the download that asked; that of the release, or of a patch set that leads to it. */
export type WaitingRequest = ServerRequest & { readonly subject: string }

export class ServerRequests {
  readonly #platform: Platform
  readonly #send: (message: ServerRequest & { readonly requestId: string }) => boolean
  readonly #waiting = new Map<string, WaitingRequest>()

  constructor(
    platform: Platform,
    send: (message: ServerRequest & { readonly requestId: string }) => boolean,
  ) {
    this.#platform = platform
    this.#send = send
  }

  ask(type: ServerRequest['type'], release: string, subject = release): void {
    const requestId = this.#platform.randomId()
    if (this.#send({ type, requestId, release })) this.#waiting.set(requestId, { type, release, subject })
  }

  /** The request that an answer belongs to; each is answered once. */
  take(requestId: string): WaitingRequest | undefined {
    const request = this.#waiting.get(requestId)
    this.#waiting.delete(requestId)
    return request
  }

  forgetAll(): void {
    this.#waiting.clear()
  }
}
