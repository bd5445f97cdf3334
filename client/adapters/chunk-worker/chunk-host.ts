/** The worker's side of the chunk worker: performs what the page asks, over the chunks of this thread. */
import { freeBytes } from '../../engine/free-bytes.ts'
import type { ChunkIo } from '../../ports.ts'
import { type ChunkEndpoint, type ChunkReply, type ChunkRequest, Outbox } from './messages.ts'

export interface HostedChunks {
  readonly chunks: ChunkIo
  readonly troubles: readonly string[]
}

export interface DatabaseTrouble {
  readonly onLost: () => void
  /** Nobody in a worker knows another way to its databases. */
  readonly onSilent: () => null
}

/**
 * Answers at `endpoint` from now on. `open` never rejects; what is asked before it resolves waits. The chunks must not
 * keep what they have read: its buffers go to the page.
 */
export function hostChunks(
  endpoint: ChunkEndpoint,
  open: (trouble: DatabaseTrouble) => Promise<HostedChunks>,
): void {
  const outbox = new Outbox<ChunkReply>(endpoint)
  const opened = open({
    onLost: () => outbox.say({ type: 'lost' }),
    onSilent: () => {
      outbox.say({ type: 'silent' })
      return null
    },
  })

  async function perform(request: ChunkRequest): Promise<void> {
    const { id } = request
    try {
      const value = await answer((await opened).chunks, request)
      outbox.say({ type: 'answer', id, value }, value instanceof Uint8Array ? (value as Bytes) : null)
    } catch (error) {
      outbox.say({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async function answer(chunks: ChunkIo, request: ChunkRequest): Promise<unknown> {
    switch (request.type) {
      case 'digests':
        return chunks.digests()
      case 'ingest': {
        const { id, chunk, encoded } = request
        const share = () => {
          // The disk still needs the original.
          const copy = encoded.slice()
          outbox.say({ type: 'verified', id, encoded: copy }, copy)
        }
        const result = await chunks.ingest(chunk, encoded, request.share ? share : undefined)
        freeBytes(encoded)
        return result
      }
      case 'read':
        return chunks.readEncoded(request.chunk)
      case 'held':
        return chunks.heldBytes(request.chunks)
      case 'try-put':
        return chunks.tryPut(request.sizeBytes)
      case 'make':
        return chunks.makeChunks(request.recipe)
      case 'patch-text':
        return chunks.patchText(request.old, request.patch)
      case 'peek':
        return chunks.peek(request.digest)
      case 'remove':
        return chunks.remove(request.digests)
    }
  }

  endpoint.addEventListener('message', ({ data }: MessageEvent<readonly ChunkRequest[]>) => {
    for (const request of data) void perform(request)
  })
  outbox.say({ type: 'started' })
  void opened.then(({ chunks, troubles }) => outbox.say({ type: 'opened', kind: chunks.kind, troubles }))
}

type Bytes = Uint8Array<ArrayBuffer>
