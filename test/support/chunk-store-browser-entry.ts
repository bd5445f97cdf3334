/** What `chunk-store-full-disk.test.ts` loads into a real page. */
import { openChunkStore } from '../../client/adapters/browser/open-stores.ts'

/** Puts `count` random records of `sizeBytes` at once; tells how each ended, and what can be read back. */
export async function fill(
  count: number,
  sizeBytes: number,
): Promise<{ outcomes: string[]; readable: string[] }> {
  const { store: chunks } = await openChunkStore()
  const record = () => {
    const bytes = new Uint8Array(sizeBytes)
    for (let at = 0; at < sizeBytes; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, sizeBytes)))
    }
    return bytes
  }
  const puts = Array.from({ length: count }, (_, index) => chunks.put(`c${index}`, record()))
  const outcomes = (await Promise.all(puts)).map(result => (result.ok ? 'ok' : result.reason))
  const readable: string[] = []
  for (const digest of await chunks.digests()) {
    if ((await chunks.get(digest))?.byteLength === sizeBytes) readable.push(digest)
  }
  await chunks.remove(readable)
  chunks.close()
  return { outcomes, readable }
}
