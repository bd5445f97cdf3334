/**
 * Chunks that were found missing or rotten are told to the kiosk, which fetches them again; whoever asked for the bytes
 * waits for that as long as it can be hoped for. So an app notices a pause and no error while a server or store is there.
 */
import type { ReadChunk } from '../../content/verified-chunks.ts'

/** Longer than a lost chunk takes over a slow uplink, shorter than the patience of a person or a media player. */
const MEND_TIMEOUT_MS = 20_000
const FIRST_LOOK_MS = 100
const SLOWEST_LOOK_MS = 1_000

export interface MendingDeps {
  /** Tells the kiosk. Resolves to whether it can be expected to fetch the chunk: it is connected. Never rejects. */
  readonly reportLost: (chunkDigest: string) => Promise<boolean>
  readonly delay: (ms: number) => Promise<void>
}

/** As `read`, but later and whole where a chunk could be mended. */
export function createMendedChunks(read: ReadChunk, { reportLost, delay }: MendingDeps): ReadChunk {
  const mending = new Map<string, Promise<boolean>>()

  async function mend(chunk: Parameters<ReadChunk>[0]): Promise<boolean> {
    if (!(await reportLost(chunk.digest))) return false
    let lookAfterMs = FIRST_LOOK_MS
    for (let waitedMs = 0; waitedMs < MEND_TIMEOUT_MS; ) {
      await delay(lookAfterMs)
      if ((await read(chunk)).ok) return true
      waitedMs += lookAfterMs
      lookAfterMs = Math.min(lookAfterMs * 2, SLOWEST_LOOK_MS)
    }
    return false
  }

  return async chunk => {
    const answer = await read(chunk)
    if (answer.ok) return answer
    // Told once, however many files wait for it.
    const underWay = mending.get(chunk.digest) ?? mend(chunk).finally(() => mending.delete(chunk.digest))
    mending.set(chunk.digest, underWay)
    return (await underWay) ? read(chunk) : answer
  }
}
