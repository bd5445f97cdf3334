/**
 * What the page and its chunk worker say to each other. Both are of one build, so nothing is checked at this boundary.
 * Messages that are said in one turn travel in one post; byte buffers are transferred, not copied.
 */
import type { ManifestChunk } from '../../../protocol/manifest.ts'
import type { ChunkStore, PartRecipe } from '../../ports.ts'

export type ChunkRequest = { readonly id: number } & (
  | { readonly type: 'digests' }
  | {
      readonly type: 'ingest'
      readonly chunk: ManifestChunk
      readonly encoded: Uint8Array<ArrayBuffer>
      /** The page wants it back as soon as it is verified, to serve it. */
      readonly share: boolean
    }
  | { readonly type: 'read'; readonly chunk: ManifestChunk }
  | { readonly type: 'held'; readonly chunks: readonly ManifestChunk[] }
  | { readonly type: 'try-put'; readonly sizeBytes: number }
  | { readonly type: 'make'; readonly recipe: PartRecipe }
  | { readonly type: 'patch-text'; readonly old: string; readonly patch: Uint8Array<ArrayBuffer> }
  | { readonly type: 'peek'; readonly digest: string }
  | { readonly type: 'remove'; readonly digests: readonly string[] }
)

export type ChunkReply =
  /** The worker's script runs. */
  | { readonly type: 'started' }
  /** The chunk store is open, whatever it took. */
  | { readonly type: 'opened'; readonly kind: ChunkStore['kind']; readonly troubles: readonly string[] }
  /** The database was deleted or taken away while it was in use. */
  | { readonly type: 'lost' }
  /** The browser answers nothing that the worker asks of its database; another worker may fare better. */
  | { readonly type: 'silent' }
  | { readonly type: 'verified'; readonly id: number; readonly encoded: Uint8Array<ArrayBuffer> }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

/** A Worker, the scope inside it, or a MessagePort. */
export interface ChunkEndpoint {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Collects what is said in one turn into one post: a post costs more than a message. */
export class Outbox<M extends ChunkRequest | ChunkReply> {
  readonly #endpoint: ChunkEndpoint
  #messages: M[] = []
  #transfer: Transferable[] = []

  constructor(endpoint: ChunkEndpoint) {
    this.#endpoint = endpoint
  }

  /** `bytes`: a part of the message whose buffer goes over with it and is gone here. */
  say(message: M, bytes: Uint8Array<ArrayBuffer> | null = null): void {
    if (this.#messages.length === 0) queueMicrotask(() => this.#post())
    this.#messages.push(message)
    if (bytes !== null) this.#transfer.push(bytes.buffer)
  }

  #post(): void {
    const messages = this.#messages
    const transfer = this.#transfer
    this.#messages = []
    this.#transfer = []
    this.#endpoint.postMessage(messages, transfer)
  }
}
