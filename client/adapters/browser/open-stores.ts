/**
 * Opens the stores of this browser profile, whatever state the disk is in: the databases, else fresh ones, else memory.
 * Chunks are kept by a worker where one can be had; the worker opens their database in the same way.
 * What had to be given up is told in words; deciding what to do about it is the caller's.
 */
import { keys } from 'idb-keyval'
import { KEPT_BYTES, LocalChunkIo } from '../../engine/local-chunk-io.ts'
import type { ChunkIo, ChunkStore, RecordStore } from '../../ports.ts'
import { connectChunkWorker } from '../chunk-worker/remote-chunk-io.ts'
import { createMemoryChunkStore, createMemoryRecordStore } from '../memory-stores.ts'
import { CHUNK_DATABASE, createIdbChunkStore } from './idb-chunk-store.ts'
import { deleteIdbDatabase, type IdbDatabase, openIdbDatabase } from './idb-database.ts'
import { openFencedRecords, RECORD_DATABASE, type RecordFence } from './idb-record-store.ts'
import { isUnanswered } from './unanswered.ts'
import { decodeEncodedChunk, decodeZstd } from './zstd-decoder.ts'

/** Opening a large database after a crash can take seconds; one that takes longer hangs (seen when it is blocked). */
const OPEN_TIMEOUT_MS = 15_000
/** A second try before anything is deleted: the disk may have been busy, or another tab was just leaving. */
const RETRY_DELAY_MS = 500

export interface OpenedStores {
  readonly chunks: ChunkIo
  readonly records: RecordStore
  /** `memory` as soon as either store could not be put on disk. */
  readonly kind: 'disk' | 'memory'
  /** One sentence for each thing that went wrong; empty in the ordinary case. */
  readonly troubles: readonly string[]
}

export interface OpenStoresOptions {
  /** Absent where the browser has none. */
  readonly factory?: IDBFactory | undefined
  /** A database was deleted or taken away while it was in use. `troubles`: sentences, of what had to be given up for it. */
  readonly onLost?: (troubles: readonly string[]) => void
  /** For each database: where the browser stays silent, another way to it, or null. */
  readonly onSilent?: () => () => IDBFactory | null
  readonly openTimeoutMs?: number
  readonly retryDelayMs?: number
  /** Lets only the last of several tabs that run an engine write records. */
  readonly fence?: RecordFence
  /** Starts the script of `kiosk-page/chunk-worker.ts`. Without it chunks are kept on the thread that calls. */
  readonly startChunkWorker?: () => Worker
}

/** Never rejects. */
export async function openStores(options: OpenStoresOptions = {}): Promise<OpenedStores> {
  const troubles: string[] = []
  const [chunks, recordDatabase] = await Promise.all([
    openChunks(options, troubles),
    openOrReplace(RECORD_DATABASE, options, troubles),
  ])
  return {
    chunks,
    records: recordDatabase
      ? await openFencedRecords(recordDatabase, options.fence)
      : createMemoryRecordStore(),
    get kind() {
      return chunks.kind === 'disk' && recordDatabase ? 'disk' : 'memory'
    },
    troubles,
  }
}

/** The chunk store alone, on the thread that calls. Never rejects. */
export async function openChunkStore(
  options: OpenStoresOptions = {},
): Promise<{ readonly store: ChunkStore; readonly troubles: readonly string[] }> {
  const troubles: string[] = []
  const database = await openOrReplace(CHUNK_DATABASE, options, troubles)
  return { store: database ? createIdbChunkStore(database) : createMemoryChunkStore(), troubles }
}

async function openChunks(options: OpenStoresOptions, troubles: string[]): Promise<ChunkIo> {
  const { startChunkWorker, onLost = () => {} } = options
  if (startChunkWorker) {
    try {
      const connected = await connectChunkWorker(startChunkWorker, { onLost, keptBytes: KEPT_BYTES })
      troubles.push(...connected.troubles)
      return connected.chunks
    } catch (error) {
      troubles.push(`The chunk worker could not be started (${messageOf(error)}); the page does its work.`)
    }
  }
  const opened = await openChunkStore(options)
  troubles.push(...opened.troubles)
  return new LocalChunkIo(opened.store, decodeEncodedChunk, KEPT_BYTES, decodeZstd)
}

async function openOrReplace(
  name: string,
  options: OpenStoresOptions,
  troubles: string[],
): Promise<IdbDatabase | null> {
  const factory = 'factory' in options ? options.factory : globalThis.indexedDB
  if (!factory) {
    troubles.push(`This browser offers no IndexedDB; ${name} is kept in memory.`)
    return null
  }
  const timeoutMs = options.openTimeoutMs ?? OPEN_TIMEOUT_MS
  try {
    return await probe(name, factory, timeoutMs, options)
  } catch {
    await delay(options.retryDelayMs ?? RETRY_DELAY_MS)
  }
  try {
    return await probe(name, factory, timeoutMs, options)
  } catch (error) {
    if (isUnanswered(error)) {
      // It may be whole, and is there again at another start.
      troubles.push(`The database ${name} does not answer (${messageOf(error)}); memory takes its place.`)
      return null
    }
    troubles.push(
      `The database ${name} could not be opened (${messageOf(error)}); a fresh one takes its place.`,
    )
  }
  try {
    await within(deleteIdbDatabase(name, factory), timeoutMs)
    return await probe(name, factory, timeoutMs, options)
  } catch (error) {
    troubles.push(`No fresh database ${name} could be made (${messageOf(error)}); it is kept in memory.`)
    return null
  }
}

/** Opens the database and reads its keys: a broken one often opens and fails at the first read. */
async function probe(
  name: string,
  factory: IDBFactory,
  timeoutMs: number,
  { onLost, onSilent }: OpenStoresOptions,
): Promise<IdbDatabase> {
  const database = openIdbDatabase(name, { factory, onLost: () => onLost?.([]), onSilent: onSilent?.() })
  try {
    await within(keys(database.use), timeoutMs)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError')),
      timeoutMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
