/** Bitfields of chunk indexes: chunk 0 is the highest bit of the first byte (PR-P5). */
import { bitfieldBytes } from './codec.ts'

export function bitfieldOf(chunkCount: number, holds: (index: number) => boolean): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(bitfieldBytes(chunkCount))
  for (let index = 0; index < chunkCount; index++) {
    if (holds(index)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7))
  }
  return bits
}

export function bitfieldHas(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
}
