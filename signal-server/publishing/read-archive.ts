/**
 * Turns a scanned zip archive into the content of a release, as `read-directory.ts` does with a directory: cuts it into chunks,
 * hands each distinct one to a callback once, and says where every file lies. Sizes and checksums are checked on the way, so
 * when it resolves every byte was what the archive says.
 */
import { createHash, hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import mime from 'mime'
import { compareForLayout, LayoutBuilder, type PlacedFile } from '../../protocol/chunking/layout.ts'
import { MAX_CHUNKS_PER_RELEASE } from '../../protocol/limits.ts'
import { type KioskWarning, KioskWarnings } from '../../protocol/publishing/kiosk-warnings.ts'
import { lookAtFile } from '../../protocol/publishing/look-at-file.ts'
import { quoteName } from '../../protocol/publishing/package-names.ts'
import { ArchiveRefusal } from './archive-refusal.ts'
import type { ArchiveFile, ArchiveScan } from './scan-archive.ts'

export interface ArchiveContent {
  readonly files: readonly (PlacedFile & { readonly sha256: string })[]
  readonly chunks: readonly { readonly digest: string; readonly sizeBytes: number }[]
  /** What in the files a kiosk cannot serve. */
  readonly warnings: readonly KioskWarning[]
}

/** Reads all files. Throws an {@link ArchiveRefusal}; what `onChunk` rejects with, this rejects with. */
export async function readArchive(
  { zip, files }: ArchiveScan,
  onChunk: (chunk: { readonly digest: string; readonly raw: Uint8Array }) => Promise<void>,
): Promise<ArchiveContent> {
  const layout = new LayoutBuilder()
  const chunks: { digest: string; sizeBytes: number }[] = []
  const handedOut = new Set<string>()
  const sums = new Map<string, string>()
  const warnings = new KioskWarnings()

  async function handOut(completed: readonly Uint8Array[]): Promise<void> {
    for (const raw of completed) {
      const digest = hash('sha256', raw, 'hex')
      chunks.push({ digest, sizeBytes: raw.length })
      if (handedOut.has(digest)) continue
      handedOut.add(digest)
      await onChunk({ digest, raw })
    }
    if (chunks.length > MAX_CHUNKS_PER_RELEASE)
      throw new ArchiveRefusal(
        'too-many-chunks',
        `The archive makes more than ${MAX_CHUNKS_PER_RELEASE} chunks, more than a release may have. Split the package.`,
      )
  }

  for (const file of files.toSorted(compareForLayout)) {
    const { path, sizeBytes } = file
    await handOut(layout.beginFile({ path, sizeBytes }))
    const stream = await openFile(zip, file)
    const look = lookAtFile(path, mime)
    const sum = await readFile(stream, file, bytes => {
      look.take(bytes)
      return handOut(layout.write(bytes))
    })
    sums.set(path, sum)
    const seen = look.end()
    warnings.add(path, seen.warnings)
    await handOut(layout.endFile(seen.mediaType))
  }
  const { completed, files: placed } = layout.finish()
  await handOut(completed)
  return {
    files: placed.map(file => ({ ...file, sha256: sums.get(file.path) ?? '' })),
    chunks,
    warnings: warnings.list(),
  }
}

async function openFile(zip: ArchiveScan['zip'], { path, entry }: ArchiveFile): Promise<Readable> {
  try {
    return await zip.openReadStreamPromise(entry)
  } catch {
    throw damaged(path)
  }
}

/** Passes the file's bytes on, and returns their SHA-256. Never takes more than the archive said there are. */
async function readFile(
  stream: Readable,
  { path, sizeBytes, entry }: ArchiveFile,
  onBytes: (bytes: Uint8Array) => Promise<void>,
): Promise<string> {
  const sum = createHash('sha256')
  let checksum = 0
  let at = 0
  const bytes = stream[Symbol.asyncIterator]()
  try {
    for (let next = await read(bytes, path); next !== null; next = await read(bytes, path)) {
      at += next.length
      if (at > sizeBytes) throw wrongSize(path, sizeBytes, 'more')
      checksum = crc32(next, checksum)
      sum.update(next)
      await onBytes(next)
    }
  } finally {
    stream.destroy()
  }
  if (at < sizeBytes) throw wrongSize(path, sizeBytes, 'fewer')
  if (checksum !== entry.crc32)
    throw new ArchiveRefusal(
      'wrong-checksum',
      `${quoteName(path)} does not have the checksum that the archive says: it was damaged. Pack it again, and send it again.`,
    )
  return sum.digest('hex')
}

/** Keeps a failed read apart from what the taker of the bytes throws. */
async function read(bytes: AsyncIterator<Uint8Array>, path: string): Promise<Uint8Array | null> {
  try {
    const next = await bytes.next()
    return next.done ? null : next.value
  } catch {
    throw damaged(path)
  }
}

function wrongSize(path: string, sizeBytes: number, what: 'more' | 'fewer'): ArchiveRefusal {
  return new ArchiveRefusal(
    'wrong-size',
    `${quoteName(path)} has ${what} bytes than the ${sizeBytes} that the archive says. Pack it again.`,
  )
}

function damaged(path: string): ArchiveRefusal {
  return new ArchiveRefusal(
    'damaged',
    `${quoteName(path)} cannot be unpacked: the archive is damaged. Pack it again, and send it again.`,
  )
}
