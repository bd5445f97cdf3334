/**
 * The stores as the service worker sees them: IndexedDB, and for what is not there the kiosk page, which may have had to
 * keep everything in memory. Reads only, except for the worker's own pins.
 */
import { CHUNK_DATABASE, createIdbChunkStore } from '../../adapters/browser/idb-chunk-store.ts'
import { openIdbDatabase } from '../../adapters/browser/idb-database.ts'
import { createIdbRecordStore, RECORD_DATABASE } from '../../adapters/browser/idb-record-store.ts'
import type { ChunkStore, RecordStore } from '../../ports.ts'
import type { ReadFromPageMessage } from '../messages.ts'
import type { WorkerClient } from './worker-scope.ts'

const ANSWER_TIMEOUT_MS = 2_000

export interface WorkerStores {
  readonly chunks: Pick<ChunkStore, 'get'>
  readonly records: RecordStore
}

/** `kioskPages`: the open kiosk pages, whichever runs the engine among them. */
export function openWorkerStores(kioskPages: () => Promise<readonly WorkerClient[]>): WorkerStores {
  const chunks = createIdbChunkStore(openIdbDatabase(CHUNK_DATABASE))
  const records = createIdbRecordStore(openIdbDatabase(RECORD_DATABASE))
  const askPages = async (message: ReadFromPageMessage): Promise<unknown> => {
    const answers = await Promise.all((await kioskPages()).map(page => ask(page, message)))
    return answers.find(answer => answer !== null && answer !== undefined)
  }
  return {
    chunks: {
      get: async digest => {
        const held = await chunks.get(digest)
        if (held) return held
        const answer = await askPages({ type: 'larder-read', store: 'chunk', key: digest })
        return answer instanceof Uint8Array ? (answer as Uint8Array<ArrayBuffer>) : null
      },
    },
    records: {
      ...records,
      get: async key =>
        (await records.get(key).catch(() => undefined)) ??
        askPages({ type: 'larder-read', store: 'record', key }),
    },
  }
}

function ask(page: WorkerClient, message: ReadFromPageMessage): Promise<unknown> {
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
