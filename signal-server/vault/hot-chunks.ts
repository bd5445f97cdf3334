/**
 * Chunks that were read last, in memory, up to a number of bytes: when a window opens, a whole fleet asks for the same ones at
 * once. Reads a chunk once however many ask while it is being read. Knows no files: reading is the caller's.
 */
export class HotChunks {
  readonly #maxBytes: number
  /** The one used last is the last. */
  readonly #held = new Map<string, Uint8Array>()
  readonly #reading = new Map<string, Promise<Uint8Array | null>>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The chunk from memory, else as `read` gives it. A chunk larger than the whole memory is passed through. */
  get(digest: string, read: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    const held = this.#held.get(digest)
    if (held !== undefined) {
      this.#held.delete(digest)
      this.#held.set(digest, held)
      return Promise.resolve(held)
    }
    const running = this.#reading.get(digest)
    if (running !== undefined) return running
    const reading = read()
    this.#reading.set(digest, reading)
    const done = () => {
      if (this.#reading.get(digest) === reading) this.#reading.delete(digest)
    }
    reading.then(chunk => {
      // Forgotten in between: what was read may be what was forgotten.
      if (this.#reading.get(digest) === reading && chunk !== null) this.#hold(digest, chunk)
      done()
    }, done)
    return reading
  }

  /** What the chunk was is no longer true. */
  forget(digest: string): void {
    this.#reading.delete(digest)
    const held = this.#held.get(digest)
    if (held === undefined) return
    this.#held.delete(digest)
    this.#bytes -= held.byteLength
  }

  #hold(digest: string, chunk: Uint8Array): void {
    if (chunk.byteLength > this.#maxBytes) return
    this.#held.set(digest, chunk)
    this.#bytes += chunk.byteLength
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#maxBytes) return
      this.forget(oldest)
    }
  }
}
