/**
 * Makes what signed manifests travel as, compressed and as differences: for a new release while it is published, so that the devices that ask at
 * once find them, and in the background for releases that have none, such as those of an earlier version of the server.
 * Devices that find none take the whole manifest.
 */
import { promisify } from 'node:util'
import { gzip, constants as zlibConstants } from 'node:zlib'
import { MAX_PART_DICTIONARY_BYTES, MAX_PART_MAKES_BYTES } from '../../protocol/limits.ts'
import type { BackgroundJobs } from '../background-jobs.ts'
import { insertCompressedManifest, releasesWithoutCompressed } from '../records/compressed-manifests.ts'
import {
  dropOldManifestDifferences,
  insertManifestDifference,
  pairsWithoutDifference,
} from '../records/manifest-differences.ts'
import type { Records } from '../records/records.ts'
import { readStoredManifest } from '../records/stored-manifests.ts'
import { makePart } from './make-part.ts'

/**
 * Manifests differ in lines: on 4 MiB of text level 12 finds what level 19 finds, 700 bytes instead of 500, in a fortieth of the
 * time, a tenth of a second. Publishing waits for that.
 */
const LEVEL = 12

/** One zstd frame that makes `wanted` out of `old`; null where a device could not take it. Rejects when `signal` aborts. */
export async function makeManifestDifference(
  old: string,
  wanted: string,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const [dictionary, text] = [Buffer.from(old), Buffer.from(wanted)]
  if (dictionary.length > MAX_PART_DICTIONARY_BYTES || text.length > MAX_PART_MAKES_BYTES) return null
  return await makePart([dictionary], [text], signal, LEVEL)
}

const gzipAsync = promisify(gzip)

/** On the thread pool. Of the strongest level: it is made once, and travels to each kiosk that has no earlier release. */
export function compressManifest(text: string): Promise<Uint8Array> {
  return gzipAsync(text, { level: zlibConstants.Z_BEST_COMPRESSION })
}

/** Makes what is missing now and after each publication. Returns what looks again. */
export function startMakingDifferences(
  { db, changes }: Pick<Records, 'db' | 'changes'>,
  jobs: BackgroundJobs,
) {
  async function run(signal: AbortSignal): Promise<null> {
    for (const pair of await pairsWithoutDifference(db)) {
      const [old, wanted] = [await readStoredManifest(db, pair.from), await readStoredManifest(db, pair.to)]
      // Nothing can be made of what is damaged; that is told elsewhere, and devices refuse it.
      const isWhole = old?.ok === true && wanted?.ok === true
      const difference = isWhole ? await makeManifestDifference(old.text, wanted.text, signal) : null
      signal.throwIfAborted()
      await db.transaction().execute(async trx => {
        await insertManifestDifference(trx, pair, difference)
        await dropOldManifestDifferences(trx, pair.package)
      })
    }
    for (const digest of await releasesWithoutCompressed(db)) {
      const stored = await readStoredManifest(db, digest)
      if (stored?.ok !== true) continue
      const compressed = await compressManifest(stored.text)
      signal.throwIfAborted()
      await insertCompressedManifest(db, digest, compressed)
    }
    return null
  }

  const job = jobs.add({ name: 'making differences between manifests', run })
  const unsubscribe = changes.subscribe(change => {
    if (change.type === 'fleet') job.wake()
  })
  job.wake()
  return {
    wake: () => job.wake(),
    async close() {
      unsubscribe()
      await job.close()
    },
  }
}
