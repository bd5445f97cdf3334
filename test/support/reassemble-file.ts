/**
 * Reads a file out of a release's chunks, as a kiosk would: what was laid out must come back byte for byte.
 */
import { Buffer } from 'node:buffer'

/** The bytes of the file that begins `offset` bytes into chunk number `chunk`. Throws when the chunks do not hold it. */
export function reassembleFile(
  file: { path: string; chunk: number; offset: number; sizeBytes: number },
  rawChunks: readonly Uint8Array[],
): Uint8Array {
  const pieces: Uint8Array[] = []
  let missing = file.sizeBytes
  for (let index = file.chunk, offset = file.offset; missing > 0; index++, offset = 0) {
    const chunk = rawChunks[index]
    if (!chunk || offset >= chunk.length) throw new Error(`"${file.path}" lies outside the chunks`)
    const piece = chunk.subarray(offset, offset + missing)
    pieces.push(piece)
    missing -= piece.length
  }
  return Buffer.concat(pieces)
}
