/** Zip archives byte by byte, honest ones and every kind of dishonest one: what a test does not change is as it should be. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  /** Bytes where the name is not to be UTF-8. */
  readonly name: string | Uint8Array
  /** False: the archive does not say that the name is UTF-8. */
  readonly isMarkedUtf8?: boolean
  readonly content?: string | Uint8Array
  /** 8 (deflate) unless it says otherwise; 0 stores. */
  readonly method?: number
  /** What the archive claims instead of the truth. */
  readonly crc?: number
  readonly sizeBytes?: number
  readonly flags?: number
  /** Unix mode, type bits included. */
  readonly mode?: number
  /** Instead of the packed content. */
  readonly packed?: Uint8Array
  /** Where the central directory says the entry is, instead of where it is. */
  readonly offset?: number
}

export interface ZipOptions {
  /** What the end record states instead of the truth; written modulo 65,536. */
  readonly entryCount?: number
  /** Ends as archives do that need zip64; then `entryCount` is written in full. */
  readonly isZip64?: boolean
}

const UTF8 = 0x800
const MADE_ON_UNIX = 3 << 8

export function zipFile(
  entries: readonly ZipEntry[],
  { entryCount = entries.length, isZip64 = false }: ZipOptions = {},
): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const raw = Buffer.from(entry.content ?? '')
    const method = entry.method ?? 8
    const packed = Buffer.from(entry.packed ?? (method === 8 ? deflateRawSync(raw) : raw))
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE((entry.isMarkedUtf8 === false ? 0 : UTF8) | (entry.flags ?? 0), 2)
    shared.writeUInt16LE(method, 4)
    shared.writeUInt32LE(entry.crc ?? crc32(raw), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(entry.sizeBytes ?? raw.length, 18)
    shared.writeUInt16LE(name.length, 22)
    const central = Buffer.alloc(14)
    central.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6)
    central.writeUInt32LE(entry.offset ?? at, 10)
    parts.push(signature(0x04034b50), shared, name, packed)
    directory.push(signature(0x02014b50), uint16(MADE_ON_UNIX | 20), shared, central, name)
    at += 4 + shared.length + name.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(isZip64 ? 0xffff : entryCount & 0xffff, 4)
  end.writeUInt16LE(isZip64 ? 0xffff : entryCount & 0xffff, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(at, 12)
  const end64 = isZip64 ? [zip64End(entryCount, size, at)] : []
  return new Uint8Array(Buffer.concat([...parts, ...directory, ...end64, signature(0x06054b50), end]))
}

/** The end record of zip64, and the locator that says where it is. */
function zip64End(entryCount: number, size: number, start: number): Buffer {
  const bytes = Buffer.alloc(76)
  bytes.writeUInt32LE(0x06064b50, 0)
  bytes.writeBigUInt64LE(44n, 4)
  bytes.writeBigUInt64LE(BigInt(entryCount), 24)
  bytes.writeBigUInt64LE(BigInt(entryCount), 32)
  bytes.writeBigUInt64LE(BigInt(size), 40)
  bytes.writeBigUInt64LE(BigInt(start), 48)
  bytes.writeUInt32LE(0x07064b50, 56)
  bytes.writeBigUInt64LE(BigInt(start + size), 64)
  bytes.writeUInt32LE(1, 72)
  return bytes
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
