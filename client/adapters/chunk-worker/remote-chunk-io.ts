/**
 * The page's side of the chunk worker: hands bytes over, counts requests, and keeps what will be served in the page, so
 * that a chunk that many kiosks want crosses threads once. Verifies nothing itself; the worker does.
 */
import { KeptChunks } from '../../engine/kept-chunks.ts'
import type { ChunkIo, ChunkStore, PutResult } from '../../ports.ts'
import { type ChunkEndpoint, type ChunkReply, type ChunkRequest, Outbox } from './messages.ts'

/** A worker whose script has not run by then is not coming: blocked by a policy, or its file is gone. */
const START_TIMEOUT_MS = 10_000

export interface RemoteChunkOptions {
  /** The worker's database was deleted or taken away. */
  readonly onLost: () => void
  readonly keptBytes: number
  /** Ends the other side. */
  readonly end: () => void
  readonly startTimeoutMs?: number
}

interface Pending {
  readonly digest: string | null
  readonly onVerified: (() => void) | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

type Wish = ChunkRequest extends infer R ? (R extends ChunkRequest ? Omit<R, 'id'> : never) : never
type Bytes = Uint8Array<ArrayBuffer>

/** Resolves once the worker's store is open; rejects, with the worker ended, when its script does not run. */
export function connectChunkWorker(
  endpoint: ChunkEndpoint & { addEventListener(type: 'error', listener: (event: Event) => void): void },
  options: RemoteChunkOptions,
): Promise<{ readonly chunks: ChunkIo; readonly troubles: readonly string[] }> {
  const pending = new Map<number, Pending>()
  const kept = new KeptChunks(options.keptBytes)
  const outbox = new Outbox<ChunkRequest>(endpoint)
  let nextId = 0

  function ask(wish: Wish, bytes: Bytes | null = null, more: Partial<Pending> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = nextId++
      pending.set(id, { digest: null, onVerified: undefined, ...more, resolve, reject })
      outbox.say({ ...wish, id } as ChunkRequest, bytes)
    })
  }

  function hear(
    reply: ChunkReply,
    onOpened: (kind: ChunkStore['kind'], troubles: readonly string[]) => void,
  ) {
    if (reply.type === 'opened') return onOpened(reply.kind, reply.troubles)
    if (reply.type === 'lost') return options.onLost()
    if (reply.type === 'started') return
    const waiting = pending.get(reply.id)
    if (waiting === undefined) return
    if (reply.type === 'verified') {
      if (waiting.digest !== null) kept.keep(waiting.digest, reply.encoded)
      return waiting.onVerified?.()
    }
    pending.delete(reply.id)
    if (reply.type === 'answer') waiting.resolve(reply.value)
    else waiting.reject(new Error(reply.message))
  }

  const chunksOf = (kind: ChunkStore['kind']): ChunkIo => ({
    kind,
    digests: async () => (await ask({ type: 'digests' })) as ReadonlySet<string>,
    ingest: async (chunk, encoded, onVerified) => {
      const { digest } = chunk
      const wish = { type: 'ingest', chunk, encoded, share: onVerified !== undefined } as const
      const asked = ask(wish, encoded, { digest, onVerified }) as ReturnType<ChunkIo['ingest']>
      const result = await asked.catch(failed)
      if (!result.ok) kept.forget(digest)
      return result
    },
    readEncoded: async chunk => {
      const here = kept.get(chunk.digest)
      if (here !== undefined) return here
      const encoded = (await ask({ type: 'read', chunk }).catch(() => null)) as Bytes | null
      if (encoded !== null) kept.keep(chunk.digest, encoded)
      return encoded
    },
    heldBytes: async chunks =>
      (await ask({ type: 'held', chunks }).catch(() => chunks.map(() => null))) as (number | null)[],
    tryPut: sizeBytes => (ask({ type: 'try-put', sizeBytes }) as Promise<PutResult>).catch(failed),
    makeChunks: async recipe => (await ask({ type: 'make', recipe }).catch(() => false)) as boolean,
    patchText: async (old, patch) =>
      (await ask({ type: 'patch-text', old, patch }).catch(() => null)) as string | null,
    peek: async digest => (await ask({ type: 'peek', digest }).catch(() => null)) as Bytes | null,
    remove: async digests => {
      for (const digest of digests) kept.forget(digest)
      await ask({ type: 'remove', digests })
    },
    close: () => {
      options.end()
      for (const { reject } of pending.values()) reject(new Error('the chunk worker was ended'))
      pending.clear()
    },
  })

  return new Promise((resolve, reject) => {
    // Once its script runs, an error is one request's, and is told there.
    let isSettled = false
    const fail = (message: string) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      options.end()
      reject(new Error(message))
    }
    const limitMs = options.startTimeoutMs ?? START_TIMEOUT_MS
    const timer = setTimeout(() => fail(`its script did not run within ${limitMs} ms`), limitMs)
    endpoint.addEventListener('error', event =>
      fail('message' in event && event.message ? String(event.message) : 'its script cannot be loaded'),
    )
    endpoint.addEventListener('message', ({ data }: MessageEvent<readonly ChunkReply[]>) => {
      isSettled = true
      clearTimeout(timer)
      for (const reply of data) hear(reply, (kind, troubles) => resolve({ chunks: chunksOf(kind), troubles }))
    })
  })
}

const failed = (error: Error) => ({ ok: false, reason: 'failed', message: error.message }) as const
