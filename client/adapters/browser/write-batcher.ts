/**
 * Collects writes that are made while one transaction is under way into the next: many small records cost far less
 * in one transaction than in one each. When a batch fails its writes are tried one by one, so that only those that do
 * not fit are refused. Knows no database: `commit` writes some entries, all or none.
 */
import { errorNameOf } from '../../error-name.ts'
import type { PutResult } from '../../ports.ts'

export const MAX_BATCH_RECORDS = 64
export const MAX_BATCH_BYTES = 8 * 1024 * 1024

export interface BatchEntry {
  readonly key: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

interface Waiting extends BatchEntry {
  readonly settle: (result: PutResult) => void
}

/** Queues one entry; the promise resolves, never rejects, once the entry is durable or refused. */
export type BatchedPut = (entry: BatchEntry) => Promise<PutResult>

export function createWriteBatcher(commit: (entries: readonly BatchEntry[]) => Promise<void>): BatchedPut {
  const queue: Waiting[] = []
  let writing = false

  async function writeAll(): Promise<void> {
    writing = true
    // One turn of waiting lets puts that are made together share even the first transaction.
    await Promise.resolve()
    while (queue.length > 0) await write(queue.splice(0, batchLength(queue)))
    writing = false
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const failure = await attempt(batch)
    if (failure === null) {
      for (const entry of batch) entry.settle({ ok: true })
    } else if (batch.length === 1) {
      batch[0]?.settle(failure)
    } else {
      for (const entry of batch) await write([entry])
    }
  }

  async function attempt(batch: readonly Waiting[]): Promise<PutResult | null> {
    try {
      await commit(batch)
      return null
    } catch (error) {
      return putFailure(error)
    }
  }

  return entry =>
    new Promise(settle => {
      queue.push({ ...entry, settle })
      if (!writing) void writeAll()
    })
}

/** How many of the queue's first entries go into one transaction: at least one, within both bounds. */
function batchLength(queue: readonly BatchEntry[]): number {
  let bytes = 0
  let length = 0
  for (const entry of queue) {
    bytes += entry.bytes.byteLength
    if (length > 0 && (length === MAX_BATCH_RECORDS || bytes > MAX_BATCH_BYTES)) break
    length++
  }
  return length
}

function putFailure(error: unknown): PutResult {
  const message = error instanceof Error ? error.message : String(error)
  return { ok: false, reason: errorNameOf(error) === 'QuotaExceededError' ? 'quota' : 'failed', message }
}
