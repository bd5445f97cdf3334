/**
 * What lies in a device's chunk store, read past the product straight out of its IndexedDB: for tests that must know
 * what survived a kill, or that nothing wrong was kept. Knows the database's form and nothing of releases.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import { decodeZstd } from '../../signal-server/vault/zstd.ts'

/** Encoded size of every record of `larder-chunks`, by digest. */
export async function heldChunks(page: Page): Promise<ReadonlyMap<string, number>> {
  const rows = await readRecords(page, false)
  return new Map(rows.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
}

/** Fails unless every record of `larder-chunks` decodes to the bytes of its digest; gives their digests. */
export async function assertAllHeldChunksAreRight(page: Page): Promise<ReadonlySet<string>> {
  const rows = await readRecords(page, true)
  for (const { digest, base64 } of rows) {
    const decoded = await decodeChunk(Buffer.from(base64, 'base64'), decodeZstd)
    assert.ok(decoded.ok, `the record ${digest} does not decode`)
    assert.equal(createHash('sha256').update(decoded.raw).digest('hex'), digest, 'a wrong chunk was stored')
  }
  return new Set(rows.map(({ digest }) => digest))
}

export function sumBytes(sizes: Iterable<number>): number {
  let sum = 0
  for (const size of sizes) sum += size
  return sum
}

function readRecords(page: Page, withBytes: boolean) {
  return page.evaluate(async withBytes => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('larder-chunks')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const asBase64 = (bytes: Uint8Array<ArrayBuffer>) =>
      new Promise<string>(resolve => {
        const reader = new FileReader()
        reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '')
        reader.readAsDataURL(new Blob([bytes]))
      })
    try {
      const records = await new Promise<[IDBValidKey, Uint8Array<ArrayBuffer>][]>((resolve, reject) => {
        const store = database.transaction('keyval', 'readonly').objectStore('keyval')
        const keys = store.getAllKeys()
        const values = store.getAll()
        values.onsuccess = () => resolve(keys.result.map((key, index) => [key, values.result[index]]))
        values.onerror = () => reject(values.error)
      })
      return await Promise.all(
        records.map(async ([key, bytes]) => ({
          digest: String(key),
          sizeBytes: bytes.byteLength,
          base64: withBytes ? await asBase64(bytes) : '',
        })),
      )
    } finally {
      database.close()
    }
  }, withBytes)
}
