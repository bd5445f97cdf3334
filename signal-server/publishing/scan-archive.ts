/**
 * Lists the files of a zip archive that is to be published, and refuses what no package may contain and what no honest
 * archive does, before a byte is unpacked. It looks at the central directory alone; `read-archive.ts` reads the content.
 */
import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { MAX_FILES_PER_RELEASE, MIB } from '../../protocol/limits.ts'
import {
  type Described,
  describeRefusals,
  namesInArchive,
  quoteName,
  withAdvice,
} from '../../protocol/publishing/package-names.ts'
import { messageOf } from '../failure.ts'
import { type ArchiveProblem, ArchiveRefusal } from './archive-refusal.ts'
import { countEntries } from './count-entries.ts'

export interface ArchiveFile {
  /** Within the package. */
  readonly path: string
  /** As the archive says; checked when it is read. */
  readonly sizeBytes: number
  readonly entry: Entry
}

export interface ArchiveScan {
  readonly zip: ZipFile
  readonly files: readonly ArchiveFile[]
  /** The one folder that all files lie in; it is no part of their paths. */
  readonly strippedFolder: string | null
  readonly leftOut: readonly string[]
}

export interface ArchiveLimits {
  readonly maxArchiveBytes: number
  readonly maxContentBytes: number
  readonly maxEntries: number
  /** Unpacked to packed, of any file and of all, above {@link ratioFreeBytes}. */
  readonly maxRatio: number
  readonly ratioFreeBytes: number
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxArchiveBytes: 4096 * MIB,
  maxContentBytes: 16_384 * MIB,
  // Folders are entries too.
  maxEntries: 2 * MAX_FILES_PER_RELEASE,
  // Deflate reaches 1032; text and code stay far below 100.
  maxRatio: 250,
  ratioFreeBytes: 16 * MIB,
}

const STORED = 0
const DEFLATED = 8
const ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
/** The name is UTF-8. */
const UTF8_FLAG = 0x800
/** Of a local header, without name and extra field. */
const MIN_LOCAL_HEADER_BYTES = 30
const LOCAL_HEADER_SIGNATURE = 0x04034b50

/** Lists the archive at `path`. The caller closes `zip`. Throws an {@link ArchiveRefusal}. */
export async function scanArchive(path: string, limits: ArchiveLimits): Promise<ArchiveScan> {
  const zip = await openZip(path)
  try {
    const count = await countEntries(path, limits.maxEntries)
    if (count === 'too-many') throw tooMany(limits)
    if (count === 'damaged') throw damagedList()
    // What the archive itself says may be the count modulo 65,536.
    zip.entryCount = count
    return { zip, ...(await listFiles(zip, limits)) }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    const zip = await openPromise(path, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    })
    // Reading fails where it is waited for; a failure to close the file changes nothing.
    zip.on('error', () => undefined)
    return zip
  } catch (error) {
    throw await whyNotOpened(path, messageOf(error))
  }
}

async function whyNotOpened(path: string, message: string): Promise<ArchiveRefusal> {
  if (/multi-disk/.test(message))
    return new ArchiveRefusal('split', 'The archive is one part of several; pack everything into one file.')
  const begin = Buffer.alloc(4)
  const file = await open(path, constants.O_RDONLY)
  try {
    const { bytesRead } = await file.read(begin, 0, 4, 0)
    if (bytesRead === 0)
      return new ArchiveRefusal('empty-body', 'Nothing was sent; send the zip archive as the body.')
  } finally {
    await file.close()
  }
  return begin.readUInt32LE(0) === LOCAL_HEADER_SIGNATURE
    ? new ArchiveRefusal('truncated', 'The archive has no end: it was cut off on its way. Send it again.')
    : new ArchiveRefusal(
        'not-a-zip',
        'This is not a zip archive. Pack the files as .zip, or drop the folder itself.',
      )
}

async function listFiles(zip: ZipFile, limits: ArchiveLimits): Promise<Omit<ArchiveScan, 'zip'>> {
  const entries = await readEntries(zip)
  const { paths, leftOut, strippedFolder, refusals } = namesInArchive(entries.map(nameOf))
  const refused: (Described & { readonly reason: ArchiveProblem })[] = refusals.map(refusal => ({
    ...withAdvice(refusal),
    reason: refusal.reason,
  }))
  const files: ArchiveFile[] = []
  for (const [index, entry] of entries.entries()) {
    const kind = refuseKind(entry)
    if (kind !== null) refused.push(kind)
    const path = paths[index] ?? null
    if (path !== null) files.push({ path, sizeBytes: entry.uncompressedSize, entry })
  }
  const [first] = refused
  if (first !== undefined) throw new ArchiveRefusal(first.reason, describeRefusals(refused))
  for (const { entry, path } of files) checkCoding(entry, path)
  if (files.length === 0)
    throw new ArchiveRefusal('no-files', 'The archive contains no files: there is nothing to publish.')
  if (files.length > MAX_FILES_PER_RELEASE) throw tooMany({ maxEntries: MAX_FILES_PER_RELEASE })
  checkPlaces(entries)
  checkSizes(files, limits)
  return { files, strippedFolder, leftOut }
}

async function readEntries(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry)
  } catch (error) {
    if (/encryption/.test(messageOf(error))) throw encrypted('a file')
    throw damagedList()
  }
  return entries
}

function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  // macOS and many programs write UTF-8 without saying so. Text in code page 437, the other choice, is hardly ever valid UTF-8.
  const flags = isUtf8(fileNameRaw) ? generalPurposeBitFlag | UTF8_FLAG : generalPurposeBitFlag
  try {
    // With `decodeStrings` off the raw bytes are what the archive holds; names are judged here, not by the library.
    return getFileNameLowLevel(flags, fileNameRaw, extraFields, true)
  } catch {
    throw damagedList()
  }
}

function damagedList(): ArchiveRefusal {
  return new ArchiveRefusal(
    'damaged',
    'The list of files in the archive is damaged. Pack it again, and send it again.',
  )
}

function refuseKind(entry: Entry): (Described & { readonly reason: ArchiveProblem }) | null {
  const madeOnUnix = entry.versionMadeBy >>> 8 === 3 || entry.versionMadeBy >>> 8 === 19
  const kind = madeOnUnix ? (entry.externalFileAttributes >>> 16) & constants.S_IFMT : 0
  if (kind === constants.S_IFLNK)
    return {
      reason: 'link',
      message: `${quoteName(nameOf(entry))} is a symbolic link`,
      advice: 'Put the file itself into the archive, links are not followed.',
    }
  if (kind !== 0 && kind !== constants.S_IFREG && kind !== constants.S_IFDIR)
    return {
      reason: 'special-file',
      message: `${quoteName(nameOf(entry))} is a device, pipe or socket`,
      advice: 'A package holds only files.',
    }
  return null
}

function checkCoding(entry: Entry, name: string): void {
  if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAGS) !== 0) throw encrypted(quoteName(name))
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED)
    throw new ArchiveRefusal(
      'unsupported-compression',
      `${quoteName(name)} is compressed by method ${entry.compressionMethod}; pack it with plain "deflate", which every zip program knows.`,
    )
}

function encrypted(what: string): ArchiveRefusal {
  return new ArchiveRefusal('encrypted', `${what} in the archive is encrypted. Pack it without a password.`)
}

/** Entries that share bytes are how a small archive unpacks to petabytes. */
function checkPlaces(entries: readonly Entry[]): void {
  const places = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
  let end = 0
  for (const { relativeOffsetOfLocalHeader: start, compressedSize, fileNameLength } of places) {
    if (start < end)
      throw new ArchiveRefusal(
        'overlapping',
        'Files of the archive lie on top of one another, as in archives made to do harm. Pack it again.',
      )
    end = start + MIN_LOCAL_HEADER_BYTES + fileNameLength + compressedSize
  }
}

function checkSizes(files: readonly ArchiveFile[], limits: ArchiveLimits): void {
  let total = 0
  let packed = 0
  for (const { path, sizeBytes, entry } of files) {
    if (isSuspicious(sizeBytes, entry.compressedSize, limits))
      throw new ArchiveRefusal(
        'suspicious-ratio',
        `${quoteName(path)} would unpack to ${Math.round(sizeBytes / Math.max(1, entry.compressedSize))} times its size, as in archives made to fill disks. Drop the folder itself instead.`,
      )
    total += sizeBytes
    packed += entry.compressedSize
  }
  if (total > limits.maxContentBytes)
    throw new ArchiveRefusal(
      'too-much-content',
      `The archive would unpack to ${total} bytes; a package may have ${limits.maxContentBytes} at most.`,
    )
  if (isSuspicious(total, packed, limits))
    throw new ArchiveRefusal(
      'suspicious-ratio',
      `The archive would unpack to ${Math.round(total / Math.max(1, packed))} times its size, as in archives made to fill disks. Drop the folder itself instead.`,
    )
}

function isSuspicious(sizeBytes: number, packedBytes: number, limits: ArchiveLimits): boolean {
  return sizeBytes > limits.ratioFreeBytes && sizeBytes > packedBytes * limits.maxRatio
}

function tooMany({ maxEntries }: Pick<ArchiveLimits, 'maxEntries'>): ArchiveRefusal {
  return new ArchiveRefusal(
    'too-many-entries',
    `The archive has more than ${maxEntries} entries, more than a release may have. Split the package.`,
  )
}
