/**
 * The binary form of peer messages: one type byte, then fixed fields, big-endian (docs/PROTOCOL.md, PR-P2).
 * Decoding never throws, reads no byte outside the frame, and allocates nothing whose size was not checked first:
 * payloads are views into the frame.
 */
import { hexToUint8Array, uint8ArrayToHex } from 'uint8array-extras'
import {
  MAX_CHUNKS_PER_RELEASE,
  MAX_ENCODED_CHUNK_BYTES,
  MAX_INDEXES_PER_MESSAGE,
  MAX_PEER_FRAME_BYTES,
  MIN_PEER_FRAME_BYTES,
} from '../limits.ts'
import { CHUNK_HEADER_BYTES, type PeerMessage, type PeerMessageType, rejectReasons } from './messages.ts'

const DIGEST_BYTES = 32
const MAX_RETRY_AFTER_MS = 0xffff_ffff

/** The type byte of each message. Numbers are never used again for another meaning. */
export const peerMessageCodes: Readonly<Record<PeerMessageType, number>> = {
  hello: 1,
  interest: 2,
  bitfield: 3,
  have: 4,
  fetching: 5,
  request: 6,
  cancel: 7,
  reject: 8,
  chunk: 9,
}
const types = new Map(Object.entries(peerMessageCodes).map(([type, code]) => [code, type as PeerMessageType]))

export type DecodedFrame =
  | { readonly ok: true; readonly message: PeerMessage }
  | { readonly ok: false; readonly message: string }

/** Bytes a bitfield of `chunkCount` chunks takes. */
export function bitfieldBytes(chunkCount: number): number {
  return Math.ceil(chunkCount / 8)
}

/**
 * Encodes a message. Its values must be within the bounds of `limits.ts`: anything else is a bug of the caller and throws
 * a RangeError, so that no frame goes out that the far side would end the link for. The frame lies in `memory` where it
 * fits there, and in memory of its own otherwise.
 */
export function encodePeerMessage(
  message: PeerMessage,
  memory?: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer(peerMessageCodes[message.type], bodyBytes(message), memory)
  switch (message.type) {
    case 'hello':
      writer.u16(message.protocolVersion).u16(message.minProtocolVersion).u32(message.maxFrameBytes)
      break
    case 'interest':
      writer.digest(message.release).u32(message.chunkCount)
      break
    case 'bitfield':
      writer.digest(message.release).u32(message.chunkCount).bytes(message.bits)
      break
    case 'fetching':
      writer.digest(message.release)
      break
    case 'have':
    case 'request':
    case 'cancel':
      writer.digest(message.release).indexes(message.indexes)
      break
    case 'reject':
      writer
        .digest(message.release)
        .u8(rejectReasons.indexOf(message.reason))
        .u32(Math.min(Math.max(0, Math.ceil(message.retryAfterMs)), MAX_RETRY_AFTER_MS))
        .indexes(message.indexes)
      break
    case 'chunk':
      checkSlice(message)
      return writer
        .digest(message.release)
        .u32(message.index)
        .u32(message.totalBytes)
        .u32(message.offset)
        .bytes(message.payload)
        .finish()
  }
  const frame = writer.finish()
  const own = decodePeerMessage(frame)
  if (!own.ok) throw new RangeError(own.message)
  return frame
}

/** What reading the frame back would find; slices are too many and too large for that. */
function checkSlice({ index, totalBytes, offset, payload }: Extract<PeerMessage, { type: 'chunk' }>): void {
  const fits = index < MAX_CHUNKS_PER_RELEASE && totalBytes <= MAX_ENCODED_CHUNK_BYTES
  if (!fits || payload.byteLength === 0 || offset + payload.byteLength > totalBytes)
    throw new RangeError('a slice over its bounds')
}

function bodyBytes(message: PeerMessage): number {
  switch (message.type) {
    case 'hello':
      return 8
    case 'interest':
      return DIGEST_BYTES + 4
    case 'bitfield':
      return DIGEST_BYTES + 4 + message.bits.byteLength
    case 'fetching':
      return DIGEST_BYTES
    case 'have':
    case 'request':
    case 'cancel':
      return DIGEST_BYTES + 4 * message.indexes.length
    case 'reject':
      return DIGEST_BYTES + 5 + 4 * message.indexes.length
    case 'chunk':
      return CHUNK_HEADER_BYTES - 1 + message.payload.byteLength
  }
}

/** Decodes one frame from a peer. A failure says what is wrong with it and ends the link. */
export function decodePeerMessage(frame: Uint8Array<ArrayBuffer>): DecodedFrame {
  if (frame.byteLength > MAX_PEER_FRAME_BYTES) return bad('the frame is too large')
  const type = frame.byteLength === 0 ? undefined : types.get(frame[0] as number)
  if (type === undefined) return bad('the message type is not known')
  const reader = new Reader(frame)
  const message = readBody(type, reader)
  if (message === null || !reader.finished()) return bad(`the ${type} message is malformed`)
  return { ok: true, message }
}

function bad(message: string): DecodedFrame {
  return { ok: false, message }
}

function readBody(type: PeerMessageType, reader: Reader): PeerMessage | null {
  if (type === 'hello') return readHello(reader)
  const release = reader.digest()
  if (release === null) return null
  switch (type) {
    case 'interest': {
      const chunkCount = reader.u32(MAX_CHUNKS_PER_RELEASE)
      return chunkCount === null ? null : { type, release, chunkCount }
    }
    case 'bitfield': {
      const chunkCount = reader.u32(MAX_CHUNKS_PER_RELEASE)
      if (chunkCount === null || reader.left() !== bitfieldBytes(chunkCount)) return null
      return { type, release, chunkCount, bits: reader.rest() }
    }
    case 'fetching':
      return { type, release }
    case 'have':
    case 'request':
    case 'cancel': {
      const indexes = reader.indexes(1)
      return indexes === null ? null : { type, release, indexes }
    }
    case 'reject': {
      const reason = rejectReasons[reader.u8() ?? rejectReasons.length]
      const retryAfterMs = reader.u32(MAX_RETRY_AFTER_MS)
      const indexes = reader.indexes(0)
      if (reason === undefined || retryAfterMs === null || indexes === null) return null
      return { type, release, reason, retryAfterMs, indexes }
    }
    case 'chunk': {
      const index = reader.u32(MAX_CHUNKS_PER_RELEASE - 1)
      const totalBytes = reader.u32(MAX_ENCODED_CHUNK_BYTES)
      const offset = reader.u32(MAX_ENCODED_CHUNK_BYTES)
      if (index === null || totalBytes === null || offset === null) return null
      const payload = reader.rest()
      if (payload.byteLength === 0 || offset + payload.byteLength > totalBytes) return null
      return { type, release, index, totalBytes, offset, payload }
    }
  }
}

function readHello(reader: Reader): PeerMessage | null {
  const protocolVersion = reader.u16()
  const minProtocolVersion = reader.u16()
  const maxFrameBytes = reader.u32(0xffff_ffff)
  if (protocolVersion === null || minProtocolVersion === null || maxFrameBytes === null) return null
  if (minProtocolVersion < 1 || minProtocolVersion > protocolVersion) return null
  if (maxFrameBytes < MIN_PEER_FRAME_BYTES) return null
  return { type: 'hello', protocolVersion, minProtocolVersion, maxFrameBytes }
}

class Writer {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #at = 1

  constructor(code: number, bodyBytes: number, memory?: Uint8Array<ArrayBuffer>) {
    const length = 1 + bodyBytes
    if (length > MAX_PEER_FRAME_BYTES) throw new RangeError('peer message over the frame bound')
    this.#bytes =
      memory !== undefined && memory.byteLength >= length
        ? memory.subarray(0, length)
        : new Uint8Array(length)
    this.#bytes[0] = code
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, length)
  }
  u8(value: number): this {
    checkInteger(value, 0xff)
    this.#view.setUint8(this.#at, value)
    this.#at += 1
    return this
  }
  u16(value: number): this {
    checkInteger(value, 0xffff)
    this.#view.setUint16(this.#at, value)
    this.#at += 2
    return this
  }
  u32(value: number): this {
    checkInteger(value, 0xffff_ffff)
    this.#view.setUint32(this.#at, value)
    this.#at += 4
    return this
  }
  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#at)
    this.#at += value.byteLength
    return this
  }
  digest(hex: string): this {
    if (hex.length !== 2 * DIGEST_BYTES) throw new RangeError('not a SHA-256 digest')
    return this.bytes(hexToUint8Array(hex))
  }
  indexes(values: readonly number[]): this {
    if (values.length > MAX_INDEXES_PER_MESSAGE) throw new RangeError('too many indexes in one peer message')
    for (const value of values) this.u32(value)
    return this
  }
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes
  }
}

/** DataView would wrap what does not fit, and another index would go out. */
function checkInteger(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new RangeError(`${value} does not fit its field`)
}

/** Reads fields one after another; null where a field is missing or over its bound. */
class Reader {
  readonly #frame: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #at = 1

  constructor(frame: Uint8Array<ArrayBuffer>) {
    this.#frame = frame
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  }
  left(): number {
    return this.#frame.byteLength - this.#at
  }
  finished(): boolean {
    return this.left() === 0
  }
  u8(): number | null {
    if (this.left() < 1) return null
    this.#at += 1
    return this.#view.getUint8(this.#at - 1)
  }
  u16(): number | null {
    if (this.left() < 2) return null
    this.#at += 2
    return this.#view.getUint16(this.#at - 2)
  }
  u32(max: number): number | null {
    if (this.left() < 4) return null
    this.#at += 4
    const value = this.#view.getUint32(this.#at - 4)
    return value <= max ? value : null
  }
  digest(): string | null {
    if (this.left() < DIGEST_BYTES) return null
    this.#at += DIGEST_BYTES
    return uint8ArrayToHex(this.#frame.subarray(this.#at - DIGEST_BYTES, this.#at))
  }
  /** All remaining bytes as chunk indexes, in whatever order, at least `min` of them. */
  indexes(min: number): number[] | null {
    const count = this.left() / 4
    if (!Number.isInteger(count) || count < min || count > MAX_INDEXES_PER_MESSAGE) return null
    const indexes: number[] = []
    for (let i = 0; i < count; i++) {
      const index = this.u32(MAX_CHUNKS_PER_RELEASE - 1)
      if (index === null) return null
      indexes.push(index)
    }
    return indexes
  }
  /** The remaining bytes as a view into the frame. */
  rest(): Uint8Array<ArrayBuffer> {
    const rest = this.#frame.subarray(this.#at)
    this.#at = this.#frame.byteLength
    return rest
  }
}
