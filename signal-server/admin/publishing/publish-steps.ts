/**
 * The steps of publishing, without a page: look at what was picked and compare it with the last release; then send what the
 * server lacks and make the release. A folder is cut here and sent chunk by chunk; a zip is sent whole and cut by the server.
 */
import { type Comparison, comparisonSchema, stagedArchiveSchema } from '../../../protocol/admin/archives.ts'
import { missingChunksViewSchema, type Published, publishedSchema } from '../../../protocol/admin-api.ts'
import { frameEncodedChunk } from '../../../protocol/encoded-chunk.ts'
import type { KioskWarning } from '../../../protocol/publishing/kiosk-warnings.ts'
import { api, apiPath, sendFile } from '../api.ts'
import { type CutFolder, cutFolder } from './cut-folder.ts'
import { entryPages, type Picked } from './picked-files.ts'

/** Enough to keep a link busy; more would only wait in the browser. */
const PARALLEL_UPLOADS = 4
const DIGESTS_PER_QUESTION = 20_000

export interface Progress {
  readonly what: string
  readonly doneBytes: number
  readonly totalBytes: number
}

export interface StepOptions {
  readonly packageName: string
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal
}

/** What is to be published, looked at and ready. */
export interface Prepared {
  readonly comparison: Comparison
  readonly entries: readonly string[]
  /** Some of the names that are not published. */
  readonly leftOut: readonly string[]
  readonly leftOutCount: number
  /** What in the files a kiosk cannot serve. */
  readonly warnings: readonly KioskWarning[]
  /** A folder around everything that is no part of the paths. */
  readonly strippedFolder: string | null
  readonly publish: (release: { version: string; entry: string }, options: StepOptions) => Promise<Published>
}

/** @throws ApiProblem or Error with a sentence for the administrator */
export async function prepare(
  picked: Exclude<Picked, { kind: 'refused' }>,
  options: StepOptions,
): Promise<Prepared> {
  return picked.kind === 'zip' ? prepareZip(picked.file, options) : prepareFolder(picked, options)
}

async function prepareZip(file: File, { packageName, onProgress, signal }: StepOptions): Promise<Prepared> {
  const progress = (doneBytes: number) =>
    onProgress({
      what: doneBytes < file.size ? 'Sending the archive' : 'The server reads the archive',
      doneBytes,
      totalBytes: file.size,
    })
  progress(0)
  const path = apiPath('packages', packageName, 'archives')
  const staged = await sendFile(path, stagedArchiveSchema, file, { onProgress: progress, signal })
  return {
    ...staged,
    publish: ({ version, entry }, options) =>
      api.post(apiPath('packages', options.packageName, 'releases'), publishedSchema, {
        body: { stagingId: staged.stagingId, version, entry },
        signal: options.signal,
      }),
  }
}

async function prepareFolder(
  picked: Extract<Picked, { kind: 'folder' }>,
  { packageName, onProgress, signal }: StepOptions,
): Promise<Prepared> {
  if (!globalThis.crypto?.subtle)
    throw new Error(
      'The browser lets a page work out checksums only over https or on localhost, and this page was opened otherwise. Open it one of these ways, or drop a zip: the server then does that part.',
    )
  const totalBytes = picked.files.reduce((total, { file }) => total + file.size, 0)
  const progress = (doneBytes: number) => onProgress({ what: 'Reading the folder', doneBytes, totalBytes })
  progress(0)
  const cut = await cutFolder(picked.files, { onProgress: progress, signal })
  // The server packs what it gets, so that what is shown before publishing is what travels then.
  await sendMissing(cut, { packageName, onProgress, signal })
  const comparison = await api.post(apiPath('packages', packageName, 'compare'), comparisonSchema, {
    body: { files: cut.files, chunks: cut.chunks },
    signal,
  })
  return {
    comparison,
    entries: entryPages(picked.files.map(({ path }) => path)),
    leftOut: picked.leftOut,
    leftOutCount: picked.leftOut.length,
    warnings: cut.warnings,
    strippedFolder: null,
    publish: (release, options) => publishFolder(cut, release, options),
  }
}

async function publishFolder(
  cut: CutFolder,
  { version, entry }: { version: string; entry: string },
  options: StepOptions,
): Promise<Published> {
  // What was sent for a review long ago may have been removed meanwhile.
  await sendMissing(cut, options)
  const files = cut.files.map(({ sha256: _, ...file }) => file)
  const body = { version, entry, files, chunks: cut.chunks }
  const { packageName, signal } = options
  return await api.post(apiPath('packages', packageName, 'releases'), publishedSchema, { body, signal })
}

async function sendMissing(cut: CutFolder, { packageName, onProgress, signal }: StepOptions): Promise<void> {
  const sizes = new Map(cut.chunks.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
  const digests = [...sizes.keys()]
  const waiting: string[] = []
  for (let at = 0; at < digests.length; at += DIGESTS_PER_QUESTION) {
    const body = { digests: digests.slice(at, at + DIGESTS_PER_QUESTION) }
    const path = apiPath('packages', packageName, 'chunks', 'missing')
    waiting.push(...(await api.post(path, missingChunksViewSchema, { body, signal })).missing)
  }
  const totalBytes = waiting.reduce((total, digest) => total + (sizes.get(digest) ?? 0), 0)
  let doneBytes = 0
  const report = () => onProgress({ what: 'Sending what the server lacks', doneBytes, totalBytes })
  report()
  // One failure ends the others at their next chunk.
  const sending = new AbortController()
  const either = AbortSignal.any([signal, sending.signal])
  async function sendSome(): Promise<void> {
    for (let digest = waiting.shift(); digest !== undefined; digest = waiting.shift()) {
      const raw = await cut.chunkBytes(digest)
      const body = frameEncodedChunk(raw, null)
      await api.act('PUT', apiPath('chunks', digest), { body, signal: either })
      doneBytes += raw.length
      report()
    }
  }
  try {
    await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, sendSome))
  } catch (error) {
    sending.abort(error)
    throw error
  }
}
