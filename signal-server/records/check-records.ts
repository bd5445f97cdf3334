/** Looks through the whole database file in a separate thread, so that the server goes on meanwhile. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** What SQLite finds wrong; empty when the file is sound. Rejects when it cannot be read at all. */
export async function findDamageAside(path: string): Promise<string[]> {
  const worker = new Worker(new URL('./damage-thread.ts', import.meta.url), { workerData: path })
  const [findings] = await once(worker, 'message')
  return findings
}
