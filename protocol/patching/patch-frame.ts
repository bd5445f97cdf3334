/**
 * How a part of a patch is decoded: any zstd decoder will do, also one that knows no dictionaries. The body of a part was
 * made with raw content as dictionary; put in front of it as uncompressed blocks of one and the same frame, that content is
 * what its matches reach back to. The decoded frame is the dictionary and, after it, what the part makes.
 * Does the framing; zstd itself and digests are the caller's.
 */
import { readZstdHeader } from '../encoded-chunk.ts'

/** RFC 8878, section 3.1.1.2.4: no block is longer. */
const MAX_BLOCK_BYTES = 128 * 1024
const HEADER_BYTES = 9
const BLOCK_HEADER_BYTES = 3
/** Single segment, content size in four bytes, no checksum, no dictionary id. */
const DESCRIPTOR = 0b1010_0000

/**
 * One whole zstd frame that decodes to the dictionary followed by the `sizeBytes` that `part` makes; null when `part` is no
 * frame that declares exactly that size, or one with a checksum or a dictionary id, which parts never have.
 */
export function frameWithDictionary(
  dictionary: readonly Uint8Array[],
  part: Uint8Array,
  sizeBytes: number,
): Uint8Array<ArrayBuffer> | null {
  const header = readZstdHeader(part)
  if (header === null || header.hasChecksum || header.hasDictionaryId) return null
  if (header.contentSizeBytes !== sizeBytes) return null
  const blocks = part.subarray(header.headerBytes)
  let dictionaryBytes = 0
  let blockCount = 0
  for (const { byteLength } of dictionary) {
    dictionaryBytes += byteLength
    blockCount += Math.ceil(byteLength / MAX_BLOCK_BYTES)
  }
  const frame = new Uint8Array(
    HEADER_BYTES + dictionaryBytes + blockCount * BLOCK_HEADER_BYTES + blocks.byteLength,
  )
  const view = new DataView(frame.buffer)
  view.setUint32(0, 0xfd2fb528, true)
  view.setUint8(4, DESCRIPTOR)
  view.setUint32(5, dictionaryBytes + sizeBytes, true)
  let at = HEADER_BYTES
  for (const content of dictionary) {
    for (let from = 0; from < content.byteLength; from += MAX_BLOCK_BYTES) {
      const block = content.subarray(from, from + MAX_BLOCK_BYTES)
      // Raw, not the last: the type and the flag are zero bits, the length stands above them.
      view.setUint16(at, (block.byteLength << 3) & 0xffff, true)
      view.setUint8(at + 2, block.byteLength >> 13)
      frame.set(block, at + BLOCK_HEADER_BYTES)
      at += BLOCK_HEADER_BYTES + block.byteLength
    }
  }
  frame.set(blocks, at)
  return frame
}
