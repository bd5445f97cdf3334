/**
 * Lists the files of a zip archive that is to be published, and refuses what no package may contain and what no honest
 * archive does, before a byte is unpacked. It looks at the central directory alone; `read-archive.ts` reads the content.
 */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { MAX_FILES_PER_RELEASE, MIB } from '../../protocol/limits.ts'
import { checkPackagePath, findDuplicatePaths } from '../../protocol/package-path.ts'
import { messageOf } from '../failure.ts'
import { ArchiveRefusal, quoteName } from './archive-refusal.ts'
import { LEFT_OUT } from './scan-directory.ts'

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

const MACOS_FOLDER = '__MACOSX'
const STORED = 0
const DEFLATED = 8
const ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
/** Of a local header, without name and extra field. */
const MIN_LOCAL_HEADER_BYTES = 30
const LOCAL_HEADER_SIGNATURE = 0x04034b50

/** Lists the archive at `path`. The caller closes `zip`. Throws an {@link ArchiveRefusal}. */
export async function scanArchive(path: string, limits: ArchiveLimits): Promise<ArchiveScan> {
  const zip = await openZip(path)
  try {
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
  if (zip.entryCount > limits.maxEntries) throw tooMany(limits)
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.push(entry) > limits.maxEntries) throw tooMany(limits)
    }
  } catch (error) {
    if (error instanceof ArchiveRefusal) throw error
    if (/encryption/.test(messageOf(error))) throw encrypted('a file')
    throw damagedList()
  }
  const named: ArchiveFile[] = []
  const leftOut: string[] = []
  for (const entry of entries) {
    const name = nameOf(entry)
    checkName(name)
    checkKind(entry, name)
    if (name.endsWith('/')) continue
    if (name.split('/').some(segment => segment === MACOS_FOLDER || LEFT_OUT.has(segment))) {
      leftOut.push(name)
      continue
    }
    checkCoding(entry, name)
    named.push({ path: name, sizeBytes: entry.uncompressedSize, entry })
  }
  if (named.length === 0)
    throw new ArchiveRefusal('no-files', 'The archive contains no files: there is nothing to publish.')
  if (named.length > MAX_FILES_PER_RELEASE) throw tooMany({ maxEntries: MAX_FILES_PER_RELEASE })
  checkPlaces(entries)
  checkSizes(named, limits)
  const strippedFolder = commonFolder(named)
  const cut = strippedFolder === null ? 0 : strippedFolder.length + 1
  const files = named.map(file => ({ ...file, path: file.path.slice(cut) }))
  checkPaths(files)
  return { files, strippedFolder, leftOut }
}

function nameOf(entry: Entry): string {
  try {
    // With `decodeStrings` off the raw bytes are what the archive holds; names are judged here, not by the library.
    return getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true)
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

function checkName(name: string): void {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name))
    throw new ArchiveRefusal(
      'absolute-path',
      `The archive names ${quoteName(name)}, a place outside of any package. Pack the folder with relative names.`,
    )
  if (name.split(/[\\/]/).includes('..'))
    throw new ArchiveRefusal(
      'path-traversal',
      `The archive names ${quoteName(name)}, which leads out of the package. Such an archive is made to do harm; do not use it.`,
    )
  if (name.includes('\\'))
    throw new ArchiveRefusal(
      'backslash',
      `The archive names ${quoteName(name)} with backslashes, which zip does not allow. Pack it with another program.`,
    )
}

function checkKind(entry: Entry, name: string): void {
  const madeOnUnix = entry.versionMadeBy >>> 8 === 3 || entry.versionMadeBy >>> 8 === 19
  const kind = madeOnUnix ? (entry.externalFileAttributes >>> 16) & constants.S_IFMT : 0
  if (kind === constants.S_IFLNK)
    throw new ArchiveRefusal(
      'link',
      `${quoteName(name)} is a symbolic link: put the file itself into the archive, links are not followed.`,
    )
  if (kind !== 0 && kind !== constants.S_IFREG && kind !== constants.S_IFDIR)
    throw new ArchiveRefusal(
      'special-file',
      `${quoteName(name)} is a device, pipe or socket: a package holds only files.`,
    )
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

function commonFolder(files: readonly ArchiveFile[]): string | null {
  const [folder] = files[0]?.path.split('/') ?? []
  if (folder === undefined) return null
  return files.every(file => file.path.startsWith(`${folder}/`)) ? folder : null
}

function checkPaths(files: readonly ArchiveFile[]): void {
  for (const { path } of files) {
    const allowed = checkPackagePath(path)
    if (!allowed.ok)
      throw new ArchiveRefusal(
        'path-not-allowed',
        `No package may contain this path: ${allowed.message}. Rename it, and pack again.`,
      )
  }
  const [conflict] = findDuplicatePaths(files.map(file => file.path))
  if (conflict === undefined) return
  const [first, second] = conflict.paths
  if (conflict.reason === 'file-and-directory')
    throw new ArchiveRefusal('path-conflict', `${conflict.message}. Rename one of them, and pack again.`)
  throw first === second
    ? new ArchiveRefusal(
        'duplicate-name',
        `${quoteName(first)} is in the archive twice; nobody can tell which one is meant. Pack it again.`,
      )
    : new ArchiveRefusal('case-clash', `${conflict.message}. Rename one of them, and pack again.`)
}

function tooMany({ maxEntries }: Pick<ArchiveLimits, 'maxEntries'>): ArchiveRefusal {
  return new ArchiveRefusal(
    'too-many-entries',
    `The archive has more than ${maxEntries} entries, more than a release may have. Split the package.`,
  )
}
