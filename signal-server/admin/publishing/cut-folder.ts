/**
 * Cuts the files of a folder into the chunks of a release, as the command line does, and names each by its digest. Nothing
 * is kept but where each chunk lies, so that the size of the folder does not matter; bytes are read again when they are sent.
 */
import mime from 'mime'
import { compareForLayout, LayoutBuilder, PACKED_BELOW_BYTES } from '../../../protocol/chunking/layout.ts'
import { sha256Hex } from '../../../protocol/keys.ts'
import { MAX_CHUNKS_PER_RELEASE } from '../../../protocol/limits.ts'
import type { ManifestChunk, ManifestFile } from '../../../protocol/manifest.ts'
import { type KioskWarning, KioskWarnings } from '../../../protocol/publishing/kiosk-warnings.ts'
import { lookAtFile } from '../../../protocol/publishing/look-at-file.ts'
import type { PickedFile } from './picked-files.ts'

/** Small enough that cutting a piece takes a few milliseconds: the page stays fluid. */
const READ_BYTES = 512 * 1024

export interface CutFolder {
  readonly files: readonly (ManifestFile & { readonly sha256?: string })[]
  readonly chunks: readonly ManifestChunk[]
  /** What in the files a kiosk cannot serve. */
  readonly warnings: readonly KioskWarning[]
  /** The bytes of a chunk, read again from the folder. */
  readonly chunkBytes: (digest: string) => Promise<Uint8Array<ArrayBuffer>>
}

export interface CutOptions {
  readonly onProgress: (readBytes: number) => void
  readonly signal: AbortSignal
}

/** @throws Error with a sentence for the administrator: a file cannot be read, or has changed meanwhile */
export async function cutFolder(
  picked: readonly PickedFile[],
  { onProgress, signal }: CutOptions,
): Promise<CutFolder> {
  const inOrder = picked
    .map(({ path, file }) => ({ path, file, sizeBytes: file.size }))
    .toSorted(compareForLayout)
  const layout = new LayoutBuilder()
  const warnings = new KioskWarnings()
  const chunks: ManifestChunk[] = []
  const digestOfFile = new Map<string, string>()
  /** Where in the row of all files each different chunk begins. */
  const startByDigest = new Map<string, number>()
  let streamBytes = 0
  let readBytes = 0

  async function take(completed: readonly Uint8Array[]): Promise<void> {
    for (const raw of completed) {
      const digest = await sha256Hex(raw as Uint8Array<ArrayBuffer>)
      chunks.push({ digest, sizeBytes: raw.length })
      if (!startByDigest.has(digest)) startByDigest.set(digest, streamBytes)
      streamBytes += raw.length
    }
    if (chunks.length > MAX_CHUNKS_PER_RELEASE)
      throw new Error(
        `This folder makes more than ${MAX_CHUNKS_PER_RELEASE} chunks, more than a release may have.`,
      )
  }

  for (const { path, file, sizeBytes } of inOrder) {
    await take(layout.beginFile({ path, sizeBytes }))
    const look = lookAtFile(path, mime)
    for (let at = 0; at < sizeBytes; at += READ_BYTES) {
      signal.throwIfAborted()
      const bytes = await readSlice(path, file, at, Math.min(sizeBytes, at + READ_BYTES))
      if (sizeBytes < PACKED_BELOW_BYTES) digestOfFile.set(path, await sha256Hex(bytes))
      look.take(bytes)
      await take(layout.write(bytes))
      readBytes += bytes.length
      onProgress(readBytes)
    }
    const seen = look.end()
    warnings.add(path, seen.warnings)
    await take(layout.endFile(seen.mediaType))
  }
  const { completed, files } = layout.finish()
  await take(completed)

  const sizeByDigest = new Map(chunks.map(({ digest, sizeBytes }) => [digest, sizeBytes]))
  async function chunkBytes(digest: string): Promise<Uint8Array<ArrayBuffer>> {
    const start = startByDigest.get(digest)
    const size = sizeByDigest.get(digest)
    if (start === undefined || size === undefined)
      throw new Error(`The server asked for a chunk that is not in this folder: ${digest}.`)
    const bytes = new Uint8Array(size)
    let fileStart = 0
    for (const { path, file, sizeBytes } of inOrder) {
      const from = Math.max(start, fileStart)
      const until = Math.min(start + size, fileStart + sizeBytes)
      if (from < until)
        bytes.set(await readSlice(path, file, from - fileStart, until - fileStart), from - start)
      fileStart += sizeBytes
      if (fileStart >= start + size) break
    }
    return bytes
  }

  return {
    files: files.map(file => {
      const sha256 = digestOfFile.get(file.path)
      return sha256 === undefined ? file : { ...file, sha256 }
    }),
    chunks,
    warnings: warnings.list(),
    chunkBytes,
  }
}

async function readSlice(
  path: string,
  file: File,
  from: number,
  until: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(from, until).arrayBuffer())
  } catch {
    throw new Error(
      `${JSON.stringify(path)} cannot be read: it was changed or removed since it was chosen. Choose the folder again.`,
    )
  }
}
