/**
 * The encoded chunk: how a chunk rests on disk and in IndexedDB and travels over HTTP and between peers. One byte names the
 * encoding, the body follows. The chunk's identity stays the SHA-256 of its raw bytes, so whoever decodes must still hash.
 * Does the framing and bounds the decoding; zstd itself is injected, and digests are the caller's business.
 */
import { MAX_CHUNK_BYTES } from './limits.ts'

/** The first byte of an encoded chunk. Other values are refused. */
const IDENTITY_BYTE = 0
const ZSTD_BYTE = 1

export type EncodedChunkProblem = 'malformed' | 'unknown-encoding' | 'wrong-size' | 'undecodable'

export type EncodedChunkRefusal = { ok: false; reason: EncodedChunkProblem; message: string }

/** What an encoded chunk says of itself. `body` is a view of the encoded bytes; `sizeBytes` is the raw size it claims. */
export type EncodedChunk = {
  ok: true
  encoding: 'identity' | 'zstd'
  body: Uint8Array
  sizeBytes: number
}

/**
 * Decodes one zstd frame that claims to hold `sizeBytes` bytes. Must not allocate for more than that, and must throw when the
 * frame is broken or holds more.
 */
export type ZstdDecoder = (body: Uint8Array, sizeBytes: number) => Uint8Array | Promise<Uint8Array>

/**
 * The encoded form of a raw chunk: zstd where `zstdBody` is smaller than the raw bytes, else identity. Never more than one byte
 * longer than `raw`.
 */
export function frameEncodedChunk(raw: Uint8Array, zstdBody: Uint8Array | null): Uint8Array<ArrayBuffer> {
  const useZstd = zstdBody !== null && zstdBody.length < raw.length
  const body = useZstd ? zstdBody : raw
  const encoded = new Uint8Array(1 + body.length)
  encoded[0] = useZstd ? ZSTD_BYTE : IDENTITY_BYTE
  encoded.set(body, 1)
  return encoded
}

/**
 * Reads the frame of an encoded chunk without decoding it. Refuses what could not be a chunk: no body, an unknown encoding, a
 * zstd body that is not one whole frame with its size declared and nothing after it, and a raw size that is not 1 to
 * {@link MAX_CHUNK_BYTES}.
 */
export function parseEncodedChunk(encoded: Uint8Array): EncodedChunk | EncodedChunkRefusal {
  if (encoded.length < 2) return refuse('malformed', 'an encoded chunk has at least two bytes')
  const body = encoded.subarray(1)
  let encoding: EncodedChunk['encoding']
  let sizeBytes: number | null
  if (encoded[0] === IDENTITY_BYTE) {
    encoding = 'identity'
    sizeBytes = body.length
  } else if (encoded[0] === ZSTD_BYTE) {
    encoding = 'zstd'
    sizeBytes = zstdContentSize(body)
  } else {
    return refuse('unknown-encoding', `the encoding ${encoded[0]} is not known here`)
  }
  if (sizeBytes === null) {
    return refuse('malformed', 'the zstd body has no valid frame header that declares the content size')
  }
  // Decoders differ in what they do with bytes after the frame: some ignore them, some go on decoding.
  if (encoding === 'zstd' && zstdFrameBytes(body) !== body.length) {
    return refuse('malformed', 'the zstd body is not exactly one frame')
  }
  if (sizeBytes < 1 || sizeBytes > MAX_CHUNK_BYTES) {
    return refuse('wrong-size', `a chunk has 1 to ${MAX_CHUNK_BYTES} bytes, not ${sizeBytes}`)
  }
  return { ok: true, encoding, body, sizeBytes }
}

/**
 * The raw bytes of an encoded chunk. With `expectedSizeBytes` (from a manifest), a chunk that claims any other size is refused
 * before anything is allocated for it. An identity chunk's raw bytes are a view of `encoded`. Does not hash.
 */
export async function decodeChunk(
  encoded: Uint8Array,
  decodeZstd: ZstdDecoder,
  expectedSizeBytes: number | null = null,
): Promise<{ ok: true; raw: Uint8Array } | EncodedChunkRefusal> {
  const chunk = parseEncodedChunk(encoded)
  if (!chunk.ok) return chunk
  if (expectedSizeBytes !== null && chunk.sizeBytes !== expectedSizeBytes) {
    return refuse('wrong-size', `the chunk has ${chunk.sizeBytes} bytes instead of ${expectedSizeBytes}`)
  }
  if (chunk.encoding === 'identity') return { ok: true, raw: chunk.body }
  let raw: Uint8Array
  try {
    raw = await decodeZstd(chunk.body, chunk.sizeBytes)
  } catch (error) {
    return refuse(
      'undecodable',
      `the zstd body does not decode: ${error instanceof Error ? error.message : error}`,
    )
  }
  if (raw.length !== chunk.sizeBytes) {
    return refuse(
      'undecodable',
      `the zstd body decodes to ${raw.length} bytes, but declares ${chunk.sizeBytes}`,
    )
  }
  return { ok: true, raw }
}

const ZSTD_MAGIC = 0xfd2fb528

type ZstdFrameHeader = {
  headerBytes: number
  contentSizeBytes: number | null
  hasChecksum: boolean
  hasDictionaryId: boolean
}

/**
 * The content size that a zstd frame declares in its header, in bytes. Null for what is no zstd frame, is cut off within the
 * header, sets the reserved bit, declares no size, or declares one beyond 2^53. The number is a claim: a decoder must still
 * stop there by itself.
 */
export function zstdContentSize(body: Uint8Array): number | null {
  return readZstdHeader(body)?.contentSizeBytes ?? null
}

/**
 * The length of the zstd frame at the start of `body`, in bytes, found by stepping over its blocks (RFC 8878, section 3.1.1.2).
 * Null when it is no frame or does not end within `body`.
 */
export function zstdFrameBytes(body: Uint8Array): number | null {
  const header = readZstdHeader(body)
  if (header === null) return null
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let at = header.headerBytes
  for (let last = false; !last; ) {
    if (at + 3 > body.length) return null
    const blockHeader = view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
    const blockType = (blockHeader >> 1) & 0b11
    if (blockType === RESERVED_BLOCK) return null
    last = (blockHeader & 1) === 1
    at += 3 + (blockType === RLE_BLOCK ? 1 : blockHeader >> 3)
  }
  at += header.hasChecksum ? 4 : 0
  return at <= body.length ? at : null
}

const RLE_BLOCK = 1
const RESERVED_BLOCK = 3

/** RFC 8878, section 3.1.1.1; null for what does not begin with a whole frame header. */
export function readZstdHeader(body: Uint8Array): ZstdFrameHeader | null {
  if (body.length < 5) return null
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  if (view.getUint32(0, true) !== ZSTD_MAGIC) return null
  const descriptor = view.getUint8(4)
  if ((descriptor & 0b1000) !== 0) return null
  const singleSegment = (descriptor & 0b100000) !== 0
  const windowBytes = singleSegment ? 0 : 1
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0b11] ?? 0
  const sizeFieldBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const sizeFieldAt = 5 + windowBytes + dictionaryIdBytes
  const headerBytes = sizeFieldAt + sizeFieldBytes
  if (body.length < headerBytes) return null
  const contentSizeBytes = readContentSize(view, sizeFieldAt, sizeFieldBytes)
  return {
    headerBytes,
    contentSizeBytes,
    hasChecksum: (descriptor & 0b100) !== 0,
    hasDictionaryId: dictionaryIdBytes > 0,
  }
}

function readContentSize(view: DataView, at: number, fieldBytes: number): number | null {
  switch (fieldBytes) {
    case 1:
      return view.getUint8(at)
    case 2:
      return view.getUint16(at, true) + 256
    case 4:
      return view.getUint32(at, true)
    case 8: {
      const size = view.getBigUint64(at, true)
      return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : null
    }
    default:
      return null
  }
}

function refuse(reason: EncodedChunkProblem, message: string): EncodedChunkRefusal {
  return { ok: false, reason, message }
}
