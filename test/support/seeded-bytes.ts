/**
 * Pseudo-random bytes from a seed: incompressible content that is the same in every run.
 */
export function seededBytes(seed: number, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4))
  let state = seed | 0
  for (let i = 0; i < words.length; i++) {
    // splitmix32: each output is a hash of a counter, so neighbouring seeds are unrelated.
    state = (state + 0x9e3779b9) | 0
    let x = state ^ (state >>> 16)
    x = Math.imul(x, 0x21f0aaad)
    x ^= x >>> 15
    x = Math.imul(x, 0x735a2d97)
    words[i] = x ^ (x >>> 15)
  }
  return new Uint8Array(words.buffer, 0, sizeBytes)
}
