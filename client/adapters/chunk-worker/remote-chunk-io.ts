/**
 * The page's side of the chunk worker: hands bytes over, counts requests, and keeps what will be served in the page, so
 * that a chunk that many kiosks want crosses threads once. Verifies nothing itself; the worker does. A worker that the
 * browser leaves without its database is replaced.
 */
import { KeptChunks } from '../../engine/kept-chunks.ts'
import type { ChunkIo, ChunkStore, PutResult } from '../../ports.ts'
import { type ChunkEndpoint, type ChunkReply, type ChunkRequest, Outbox } from './messages.ts'

/** A worker whose script has not run by then is not coming: blocked by a policy, or its file is gone. */
const START_TIMEOUT_MS = 10_000

export interface RemoteChunkOptions {
  /**
   * The worker's database was deleted or taken away, or another worker has taken over: what is there is not known. `troubles`:
   * what the other worker had to give up.
   */
  readonly onLost: (troubles: readonly string[]) => void
  readonly keptBytes: number
  readonly startTimeoutMs?: number
}

interface Pending {
  /** To be asked of the next worker, should this one be replaced before it answers. */
  readonly again: Wish | null
  readonly digest: string | null
  readonly onVerified: (() => void) | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** A Worker. */
export interface ChunkWorker extends ChunkEndpoint {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  addEventListener(type: 'error', listener: (event: Event) => void): void
  terminate(): void
}

interface OpenedWorker {
  readonly kind: ChunkStore['kind']
  readonly troubles: readonly string[]
}

type Wish = ChunkRequest extends infer R ? (R extends ChunkRequest ? Omit<R, 'id'> : never) : never
type Bytes = Uint8Array<ArrayBuffer>

/** Resolves once the worker's store is open; rejects, with the worker ended, when its script does not run. */
export async function connectChunkWorker(
  start: () => ChunkWorker,
  options: RemoteChunkOptions,
): Promise<{ readonly chunks: ChunkIo; readonly troubles: readonly string[] }> {
  const { onLost, keptBytes, startTimeoutMs = START_TIMEOUT_MS } = options
  const pending = new Map<number, Pending>()
  const kept = new KeptChunks(keptBytes)
  let nextId = 0
  let isClosed = false
  let current: { readonly worker: ChunkWorker; readonly outbox: Outbox<ChunkRequest> } | null = null

  /** Rejects when its script does not run. */
  function begin(): Promise<OpenedWorker> {
    const worker = start()
    const here = { worker, outbox: new Outbox<ChunkRequest>(worker) }
    current = here
    let isOpen = false
    return new Promise((resolve, reject) => {
      // Once its script runs, an error is one request's, and is told there.
      const stop = whenStarted(worker, startTimeoutMs, message => {
        if (current === here) end(message)
        reject(new Error(message))
      })
      worker.addEventListener('message', ({ data }: MessageEvent<readonly ChunkReply[]>) => {
        stop()
        for (const reply of data) {
          if (current !== here) return
          if (reply.type === 'opened') {
            isOpen = true
            resolve(reply)
          } else if (reply.type !== 'silent') hear(reply)
          // One that is still opening has ways of its own, down to memory.
          else if (isOpen) replace()
        }
      })
    })
  }

  function end(why: string): void {
    current?.worker.terminate()
    current = null
    for (const { reject } of pending.values()) reject(new Error(why))
    pending.clear()
  }

  function replace(): void {
    const unanswered = [...pending.values()].filter(({ again }) => again !== null)
    for (const [id, { again }] of pending) if (again !== null) pending.delete(id)
    end('the browser does not answer for the database of the chunk worker')
    void beginAgain()
    for (const { again, resolve, reject } of unanswered)
      if (again !== null) ask(again, { again: null }).then(resolve, reject)
  }

  async function beginAgain(): Promise<void> {
    try {
      const { kind: nextKind, troubles } = await begin()
      kind = nextKind
      onLost(troubles)
    } catch {
      // Whoever asks next tries again.
    }
  }

  function ask(wish: Wish, more: Partial<Pending> = {}, bytes: Bytes | null = null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (isClosed) return reject(new Error('the chunk worker was ended'))
      if (current === null) void beginAgain()
      if (current === null) return reject(new Error('no chunk worker can be started'))
      const id = nextId++
      const plain = { again: null, digest: null, onVerified: undefined }
      pending.set(id, { ...plain, ...more, resolve, reject })
      current.outbox.say({ ...wish, id } as ChunkRequest, bytes)
    })
  }

  /** What changes nothing: no answer of one worker must look like “it is not there”. */
  const look = (wish: Wish) => ask(wish, { again: wish })

  function hear(reply: Exclude<ChunkReply, { type: 'opened' | 'silent' }>): void {
    if (reply.type === 'lost') return onLost([])
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

  const opened = await begin()
  let { kind } = opened
  const chunks: ChunkIo = {
    get kind() {
      return kind
    },
    digests: async () => (await look({ type: 'digests' })) as ReadonlySet<string>,
    ingest: async (chunk, encoded, onVerified) => {
      const { digest } = chunk
      const wish = { type: 'ingest', chunk, encoded, share: onVerified !== undefined } as const
      const asked = ask(wish, { digest, onVerified }, encoded) as ReturnType<ChunkIo['ingest']>
      const result = await asked.catch(failed)
      if (!result.ok) kept.forget(digest)
      return result
    },
    readEncoded: async chunk => {
      const here = kept.get(chunk.digest)
      if (here !== undefined) return here
      const encoded = (await look({ type: 'read', chunk })) as Bytes | null
      if (encoded !== null) kept.keep(chunk.digest, encoded)
      return encoded
    },
    heldBytes: async chunks =>
      (await look({ type: 'held', chunks }).catch(() => chunks.map(() => null))) as (number | null)[],
    tryPut: sizeBytes => (ask({ type: 'try-put', sizeBytes }) as Promise<PutResult>).catch(failed),
    makeChunks: async recipe => (await ask({ type: 'make', recipe }).catch(() => false)) as boolean,
    patchText: async (old, patch) =>
      (await ask({ type: 'patch-text', old, patch }).catch(() => null)) as string | null,
    peek: async digest => (await look({ type: 'peek', digest }).catch(() => null)) as Bytes | null,
    remove: async digests => {
      for (const digest of digests) kept.forget(digest)
      await ask({ type: 'remove', digests })
    },
    close: () => {
      isClosed = true
      end('the chunk worker was ended')
    },
  }
  return { chunks, troubles: opened.troubles }
}

/** Calls `onFailed` when the worker's script does not run in time or at all, unless the way back is called before. */
function whenStarted(worker: ChunkWorker, limitMs: number, onFailed: (message: string) => void): () => void {
  let isOver = false
  const fail = (message: string) => {
    if (isOver) return
    stop()
    onFailed(message)
  }
  const timer = setTimeout(() => fail(`its script did not run within ${limitMs} ms`), limitMs)
  const stop = () => {
    isOver = true
    clearTimeout(timer)
  }
  worker.addEventListener('error', event =>
    fail('message' in event && event.message ? String(event.message) : 'its script cannot be loaded'),
  )
  return stop
}

const failed = (error: Error) => ({ ok: false, reason: 'failed', message: error.message }) as const
