/**
 * Turns a directory into the content of a release: cuts its files into chunks, names each by its digest, hands each to a callback
 * once, and says where every file lies. Reads one piece at a time, whatever the size of the directory.
 * Does not know where the chunks go; the callback's promise is the backpressure.
 */
import { hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import mime from 'mime'
import { compareForLayout, LayoutBuilder, type PlacedFile } from '../../protocol/chunking/layout.ts'
import { MAX_CHUNKS_PER_RELEASE } from '../../protocol/limits.ts'
import { type KioskWarning, KioskWarnings } from '../../protocol/publishing/kiosk-warnings.ts'
import { lookAtFile } from '../../protocol/publishing/look-at-file.ts'
import {
  type DirectoryRefusal,
  refuse,
  type ScannedFile,
  scanDirectory,
  unreadable,
} from './scan-directory.ts'

/** A raw chunk and its SHA-256. The callback may keep the bytes. */
type RawChunk = { digest: string; raw: Uint8Array }

/** `files` and `chunks` as the manifest wants them; `leftOut`: package paths that were not published (`scan-directory.ts`). */
export type DirectoryContent = {
  ok: true
  files: PlacedFile[]
  chunks: Array<{ digest: string; sizeBytes: number }>
  leftOut: string[]
  /** What in the files a kiosk cannot serve. */
  warnings: KioskWarning[]
}

export type ReadDirectoryOptions = {
  /**
   * Takes each distinct chunk once, in stream order; the next is cut when its promise resolves. What it rejects with,
   * `readDirectory` rejects with.
   */
  onChunk(chunk: RawChunk): Promise<void>
}

const READ_BYTES = 1024 * 1024

/** Never waits for a pipe and never follows a link that took a file's place since the scan. Absent flags are 0 (Windows). */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads `directory` as a release's content. Names and kinds are checked before the first chunk is handed out; what cannot be
 * published is a result that names the offending path. A file that changes meanwhile is refused, so that no release mixes
 * two states of one file.
 */
export async function readDirectory(
  directory: string,
  { onChunk }: ReadDirectoryOptions,
): Promise<DirectoryContent | DirectoryRefusal> {
  const scan = await scanDirectory(directory)
  if (!scan.ok) return scan
  const layout = new LayoutBuilder()
  const chunks: DirectoryContent['chunks'] = []
  const handedOut = new Set<string>()
  const warnings = new KioskWarnings()

  async function handOut(completed: Uint8Array[]): Promise<void> {
    for (const raw of completed) {
      const digest = hash('sha256', raw, 'hex')
      chunks.push({ digest, sizeBytes: raw.length })
      if (handedOut.has(digest)) continue
      handedOut.add(digest)
      await onChunk({ digest, raw })
    }
  }

  const buffer = new Uint8Array(READ_BYTES)
  for (const file of scan.files.toSorted(compareForLayout)) {
    await handOut(layout.beginFile({ path: file.path, sizeBytes: file.sizeBytes }))
    const look = lookAtFile(file.path, mime)
    const refusal = await readFile(file, buffer, bytes => {
      look.take(bytes)
      return handOut(layout.write(bytes))
    })
    if (refusal) return refusal
    const seen = look.end()
    warnings.add(file.path, seen.warnings)
    await handOut(layout.endFile(seen.mediaType))
    if (chunks.length > MAX_CHUNKS_PER_RELEASE) {
      const message = `"${directory}" makes more than ${MAX_CHUNKS_PER_RELEASE} chunks, more than a release may have`
      return refuse('too-many-chunks', directory, message)
    }
  }
  const { completed, files } = layout.finish()
  await handOut(completed)
  return { ok: true, files, chunks, leftOut: scan.leftOut, warnings: warnings.list() }
}

/** Passes the file's bytes on, exactly `sizeBytes` of them, or says why not. */
async function readFile(
  file: ScannedFile,
  buffer: Uint8Array,
  onBytes: (bytes: Uint8Array) => Promise<void>,
): Promise<DirectoryRefusal | null> {
  let handle: FileHandle
  try {
    handle = await open(file.diskPath, OPEN_FLAGS)
  } catch (error) {
    return unreadable(file.diskPath, error)
  }
  try {
    const before = await handle.stat()
    if (!before.isFile() || before.size !== file.sizeBytes) return changed(file)
    let at = 0
    for (;;) {
      const bytesRead = await readSome(handle, buffer, at)
      if (typeof bytesRead !== 'number') return unreadable(file.diskPath, bytesRead.error)
      if (bytesRead === 0) break
      at += bytesRead
      if (at > file.sizeBytes) return changed(file)
      await onBytes(buffer.subarray(0, bytesRead))
    }
    const after = await handle.stat()
    if (at !== file.sizeBytes || after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
      return changed(file)
    }
    return null
  } finally {
    await handle.close()
  }
}

/** Keeps a failed read apart from a callback that rejects. */
async function readSome(
  handle: FileHandle,
  buffer: Uint8Array,
  at: number,
): Promise<number | { error: unknown }> {
  try {
    return (await handle.read(buffer, 0, buffer.length, at)).bytesRead
  } catch (error) {
    return { error }
  }
}

function changed(file: ScannedFile): DirectoryRefusal {
  const message = `"${file.diskPath}" changed while it was being read: wait until nothing writes to it and publish again`
  return refuse('changed-while-reading', file.diskPath, message)
}
