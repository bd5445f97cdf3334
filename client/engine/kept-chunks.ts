/** Encoded chunks that were just stored or served, in memory: several kiosks ask for the same ones within moments. */

export class KeptChunks {
  /** In order of use, the longest unused first. */
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>()
  readonly #limitBytes: number
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get(digest: string): Uint8Array<ArrayBuffer> | undefined {
    const kept = this.#kept.get(digest)
    if (kept === undefined) return undefined
    this.#kept.delete(digest)
    this.#kept.set(digest, kept)
    return kept
  }

  keep(digest: string, encoded: Uint8Array<ArrayBuffer>): void {
    this.forget(digest)
    this.#kept.set(digest, encoded)
    this.#bytes += encoded.byteLength
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#limitBytes) break
      this.forget(oldest)
    }
  }

  forget(digest: string): void {
    const kept = this.#kept.get(digest)
    if (kept === undefined) return
    this.#kept.delete(digest)
    this.#bytes -= kept.byteLength
  }
}
