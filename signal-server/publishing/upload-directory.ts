/**
 * The publisher's side of publishing: reads a directory once, sends the chunks the server lacks while it reads on, and asks
 * for the release. Memory stays within a few batches of chunks, whatever the directory's size.
 * Talks to the server through {@link PublishingApi}, so it knows no HTTP.
 */
import type { Published } from '../../protocol/admin-api.ts'
import { MIB } from '../../protocol/limits.ts'
import type { ReleaseContent } from '../../protocol/manifest.ts'
import type { KioskWarning } from '../../protocol/publishing/kiosk-warnings.ts'
import { encodeChunk } from '../vault/zstd.ts'
import { readDirectory } from './read-directory.ts'

export interface PublishingApi {
  missingChunks(digests: readonly string[]): Promise<readonly string[]>
  putChunk(digest: string, encoded: Uint8Array<ArrayBuffer>): Promise<void>
  publish(content: ReleaseContent): Promise<Published>
}

export interface UploadProgress {
  /** Raw bytes of different chunks read so far. */
  readonly readBytes: number
  readonly sentChunks: number
  /** Encoded. */
  readonly sentBytes: number
}

export interface UploadOptions {
  readonly directory: string
  readonly version: string
  readonly entry: string
  readonly onProgress?: (progress: UploadProgress) => void
}

export type UploadResult =
  | {
      readonly ok: true
      readonly published: Published
      readonly leftOut: readonly string[]
      readonly warnings: readonly KioskWarning[]
      /** Chunks that the server did not have, or had damaged. */
      readonly sentChunks: number
    }
  /** What is wrong with the directory, in a sentence. */
  | { readonly ok: false; readonly message: string }

/** Raw bytes gathered before the server is asked which of them it lacks. */
const BATCH_BYTES = 8 * MIB
/** Uploads at a time: enough to keep a link busy while chunks are compressed. */
const PARALLEL_UPLOADS = 4

/** Publishes `directory` as a release. What the API rejects with, this rejects with. */
export async function uploadDirectory(api: PublishingApi, options: UploadOptions): Promise<UploadResult> {
  const progress = { readBytes: 0, sentChunks: 0, sentBytes: 0 }
  const report = () => options.onProgress?.({ ...progress })
  let batch: { readonly digest: string; readonly raw: Uint8Array }[] = []
  let batchBytes = 0

  let sending: Promise<void> = Promise.resolve()

  /** One batch travels while the next is read; a third waits, so that memory stays within two. */
  async function sendBatch(): Promise<void> {
    await sending
    const chunks = batch
    batch = []
    batchBytes = 0
    sending = send(chunks)
    // Whoever waits for it next learns of a failure.
    sending.catch(() => {})
  }

  async function send(chunks: typeof batch): Promise<void> {
    if (chunks.length === 0) return
    const missing = new Set(await api.missingChunks(chunks.map(chunk => chunk.digest)))
    await inParallel(
      chunks.filter(chunk => missing.has(chunk.digest)),
      async ({ digest, raw }) => {
        const encoded = await encodeChunk(raw)
        await api.putChunk(digest, encoded)
        progress.sentChunks++
        progress.sentBytes += encoded.length
        report()
      },
    )
  }

  const content = await readDirectory(options.directory, {
    async onChunk(chunk) {
      batch.push(chunk)
      batchBytes += chunk.raw.length
      progress.readBytes += chunk.raw.length
      report()
      if (batchBytes >= BATCH_BYTES) await sendBatch()
    },
  })
  if (!content.ok) return { ok: false, message: content.message }
  const { version } = options
  // As the paths of the package are; a terminal may give it in decomposed form.
  const entry = options.entry.normalize('NFC')
  if (!content.files.some(file => file.path === entry))
    return {
      ok: false,
      message: `"${options.directory}" has no ${JSON.stringify(entry)} to begin with; name the page with --entry PATH`,
    }
  await sendBatch()
  await sending
  const published = await api.publish({ version, entry, files: content.files, chunks: content.chunks })
  const { leftOut, warnings } = content
  return { ok: true, published, leftOut, warnings, sentChunks: progress.sentChunks }
}

/** Runs `act` for every item, a few at a time; rejects with the first failure, after those under way have ended. */
async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const results = await Promise.allSettled(
    Array.from({ length: PARALLEL_UPLOADS }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item)
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
