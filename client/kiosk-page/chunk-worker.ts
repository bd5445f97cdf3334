/** The page's chunk worker: hashing, decoding and the chunk database, away from the thread that shows the app. */
import { createGarbagePressure } from '../adapters/browser/garbage-pressure.ts'
import { openChunkStore } from '../adapters/browser/open-stores.ts'
import { decodeEncodedChunk, decodeZstd } from '../adapters/browser/zstd-decoder.ts'
import { hostChunks } from '../adapters/chunk-worker/chunk-host.ts'
import type { ChunkEndpoint } from '../adapters/chunk-worker/messages.ts'
import { LocalChunkIo } from '../engine/local-chunk-io.ts'
import type { DecodeChunk } from '../ports.ts'

const leftBehind = createGarbagePressure()

hostChunks(globalThis as unknown as ChunkEndpoint, async ({ onLost, onSilent }) => {
  const { store, troubles } = await openChunkStore({ onLost, onSilent: () => onSilent })
  const decode: DecodeChunk = (encoded, sizeBytes) => {
    // Whatever is decoded is hashed next.
    leftBehind(sizeBytes)
    return decodeEncodedChunk(encoded, sizeBytes)
  }
  // The page keeps what it serves.
  return { chunks: new LocalChunkIo(store, decode, 0, decodeZstd), troubles }
})
