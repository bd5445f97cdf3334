/**
 * The stores as the service worker sees them: IndexedDB, and for what is not there the kiosk page, which may have had to
 * keep everything in memory. Reads only, except for the worker's own pins.
 */
import { CHUNK_DATABASE, createIdbChunkStore } from '../../adapters/browser/idb-chunk-store.ts'
import { openIdbDatabase } from '../../adapters/browser/idb-database.ts'
import { createIdbRecordStore, RECORD_DATABASE } from '../../adapters/browser/idb-record-store.ts'
import type { ChunkStore, RecordStore } from '../../ports.ts'
import type { ReadFromPageMessage, RottenChunkMessage } from '../messages.ts'
import type { WorkerClient } from './worker-scope.ts'

const ANSWER_TIMEOUT_MS = 2_000

export interface WorkerStores {
  readonly chunks: Pick<ChunkStore, 'get'>
  readonly records: Pick<RecordStore, 'get'>
  /** What the worker keeps for itself: on the disk alone, no page is asked. */
  readonly own: RecordStore
}

/** The open kiosk pages, whichever runs the engine among them. */
type KioskPages = () => Promise<readonly WorkerClient[]>

export function openWorkerStores(kioskPages: KioskPages): WorkerStores {
  const chunks = createIdbChunkStore(openIdbDatabase(CHUNK_DATABASE))
  const own = createIdbRecordStore(openIdbDatabase(RECORD_DATABASE))
  const isThere = (answer: unknown) => answer !== null && answer !== undefined
  return {
    chunks: {
      get: async digest => {
        const held = await chunks.get(digest)
        if (held) return held
        const message = { type: 'larder-read', store: 'chunk', key: digest } as const
        const answer = await askPages(kioskPages, message, isThere)
        return answer instanceof Uint8Array ? (answer as Uint8Array<ArrayBuffer>) : null
      },
    },
    records: {
      get: async key =>
        (await own.get(key).catch(() => undefined)) ??
        (await askPages(kioskPages, { type: 'larder-read', store: 'record', key }, isThere)) ??
        undefined,
    },
    own,
  }
}

/** The first answer of a page that satisfies; null when none does in time. Waits for no page longer than needed. */
export async function askPages(
  kioskPages: KioskPages,
  message: ReadFromPageMessage | RottenChunkMessage,
  satisfies: (answer: unknown) => boolean,
): Promise<unknown> {
  const pages = await kioskPages().catch(() => [])
  const asked = pages.map(async page => {
    const answer = await ask(page, message)
    if (!satisfies(answer)) throw new Error('no answer')
    return answer
  })
  return Promise.any(asked).catch(() => null)
}

function ask(page: WorkerClient, message: ReadFromPageMessage | RottenChunkMessage): Promise<unknown> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    const settle = (answer: unknown) => {
      clearTimeout(timer)
      port1.close()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(null), ANSWER_TIMEOUT_MS)
    port1.onmessage = event => settle(event.data)
    page.postMessage(message, [port2])
  })
}
