/** The page's chunk worker: hashing, decoding and the chunk database, away from the thread that shows the app. */
import { openChunkStore } from '../adapters/browser/open-stores.ts'
import { decodeEncodedChunk, decodeZstd } from '../adapters/browser/zstd-decoder.ts'
import { hostChunks } from '../adapters/chunk-worker/chunk-host.ts'
import type { ChunkEndpoint } from '../adapters/chunk-worker/messages.ts'
import { LocalChunkIo } from '../engine/local-chunk-io.ts'

hostChunks(globalThis as unknown as ChunkEndpoint, async onLost => {
  const { store, troubles } = await openChunkStore({ onLost })
  // The page keeps what it serves.
  return { chunks: new LocalChunkIo(store, decodeEncodedChunk, 0, decodeZstd), troubles }
})
