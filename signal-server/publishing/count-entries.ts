/**
 * How many entries a zip archive really has, counted in its central directory, which must end where the end record begins.
 * The count that the archive states has 16 bits, and macOS writes it modulo 65,536 instead of in zip64 form.
 * Looks at lengths alone; `scan-archive.ts` judges what the entries are.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { KIB } from '../../protocol/limits.ts'

const END_BYTES = 22
const MAX_COMMENT_BYTES = 0xffff
const LOCATOR_BYTES = 20
const END64_BYTES = 56
const ENTRY_BYTES = 46
const END_SIGNATURE = 0x06054b50
const LOCATOR_SIGNATURE = 0x07064b50
const END64_SIGNATURE = 0x06064b50
const ENTRY_SIGNATURE = 0x02014b50
/** Read at a time: a few thousand entries with names of ordinary length. */
const WINDOW_BYTES = 256 * KIB

interface Directory {
  readonly start: number
  /** Where the end record begins, in zip64 archives the one of zip64. */
  readonly end: number
  /** As the archive states it. */
  readonly count: number
  readonly countModulo: number
}

/** `damaged`: the list of entries does not lead from where it should begin to the end record. */
export async function countEntries(
  path: string,
  maxEntries: number,
): Promise<number | 'damaged' | 'too-many'> {
  const file = await open(path, constants.O_RDONLY)
  try {
    const directory = await findDirectory(file)
    if (directory === null) return 'damaged'
    const bytesAt = windowOver(file)
    let count = 0
    let at = directory.start
    while (at < directory.end) {
      const entry = await bytesAt(at, ENTRY_BYTES)
      if (entry === null || entry.readUInt32LE(0) !== ENTRY_SIGNATURE) return 'damaged'
      if (++count > maxEntries) return 'too-many'
      // Its name, extra fields and comment.
      at += ENTRY_BYTES + entry.readUInt16LE(28) + entry.readUInt16LE(30) + entry.readUInt16LE(32)
    }
    const isWhole = at === directory.end && count % directory.countModulo === directory.count
    return isWhole ? count : 'damaged'
  } finally {
    await file.close()
  }
}

async function findDirectory(file: FileHandle): Promise<Directory | null> {
  const { size } = await file.stat()
  const tailBytes = Math.min(size, LOCATOR_BYTES + END_BYTES + MAX_COMMENT_BYTES)
  const tail = await readAt(file, size - tailBytes, tailBytes)
  if (tail === null) return null
  let at = tail.length - END_BYTES
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at--
  if (at < 0) return null
  const locatorAt = at - LOCATOR_BYTES
  if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === LOCATOR_SIGNATURE) {
    const end = Number(tail.readBigUInt64LE(locatorAt + 8))
    const end64 = await readAt(file, end, END64_BYTES)
    if (end64 === null || end64.readUInt32LE(0) !== END64_SIGNATURE) return null
    const start = Number(end64.readBigUInt64LE(48))
    return { start, end, count: Number(end64.readBigUInt64LE(32)), countModulo: Number.POSITIVE_INFINITY }
  }
  const end = size - tailBytes + at
  return { start: tail.readUInt32LE(at + 16), end, count: tail.readUInt16LE(at + 10), countModulo: 0x10000 }
}

/** Reads small pieces that follow one another with few reads of the disk. */
function windowOver(file: FileHandle): (at: number, bytes: number) => Promise<Buffer | null> {
  const window = Buffer.alloc(WINDOW_BYTES)
  let start = 0
  let held = 0
  return async (at, bytes) => {
    if (at < start || at + bytes > start + held) {
      start = at
      held = (await file.read(window, 0, window.length, at)).bytesRead
    }
    return held < bytes ? null : window.subarray(at - start, at - start + bytes)
  }
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer | null> {
  if (!Number.isSafeInteger(at) || at < 0) return null
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, at)
  return bytesRead === bytes ? buffer : null
}
