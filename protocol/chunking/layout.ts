/**
 * Lays a release's files out on its content stream and cuts the stream into chunks. Small files lie packed together at the front,
 * in path order, and are cut as one stream; every other file follows, in path order, and starts a chunk of its own, so that
 * its cuts depend on its content alone. A change to one file thus changes the chunks near it and no others.
 * Does no I/O and no hashing: bytes come in, whole raw chunks and file positions go out.
 */
import { comparePaths } from '../package-path.ts'
import { type Chunker, chunkingProfileFor, createChunker, ORDINARY_PROFILE } from './fast-cdc.ts'

export type LayoutFile = {
  path: string
  sizeBytes: number
}

/** A file with its place: its bytes begin at `offset` within chunk number `chunk` and run on over the following chunks. */
export type PlacedFile = LayoutFile & { mediaType: string; chunk: number; offset: number }

/**
 * Files below this size are packed: alone they would make chunks below the smallest size an ordinary cut makes, and a page of
 * a thousand icons would cost a thousand requests. From here on a file fills at least one chunk, and packing would only tie
 * its cuts to its neighbours.
 */
export const PACKED_BELOW_BYTES: number = ORDINARY_PROFILE.minBytes

/**
 * The order in which files must be given to a {@link LayoutBuilder}, and lie on the content stream: packed files first, then the
 * others, each group in path order (UTF-16 code units).
 */
export function compareForLayout(
  a: Pick<LayoutFile, 'path' | 'sizeBytes'>,
  b: Pick<LayoutFile, 'path' | 'sizeBytes'>,
): number {
  return Number(!isPacked(a)) - Number(!isPacked(b)) || comparePaths(a.path, b.path)
}

/**
 * Builds the layout of one release. Per file: `beginFile`, any number of `write`, `endFile`; at the end `finish`. Each call
 * returns the raw chunks it completed; their position among all chunks returned is their index. The same chunk may
 * be returned twice when content repeats. Memory stays within one chunk of the largest size, whatever the release's size.
 *
 * Throws on misuse: files out of order, or a file whose bytes do not add up to its `sizeBytes`.
 */
export class LayoutBuilder {
  #chunker: Chunker = createChunker(ORDINARY_PROFILE)
  /** The bytes of the chunk that is not complete yet. */
  #pending: Uint8Array = new Uint8Array(ORDINARY_PROFILE.maxBytes)
  #pendingBytes = 0
  #completedChunks = 0
  #placed: PlacedFile[] = []
  #current: Omit<PlacedFile, 'mediaType'> | null = null
  #previous: LayoutFile | null = null
  #remainingBytes = 0

  beginFile(file: LayoutFile): Uint8Array[] {
    if (this.#current) throw new Error(`"${this.#current.path}" has not ended`)
    if (this.#previous && compareForLayout(this.#previous, file) >= 0) {
      throw new Error(`"${file.path}" must not follow "${this.#previous.path}" in a layout`)
    }
    const completed = isPacked(file) ? [] : this.#startOwnChunks(file)
    // An empty file lies nowhere; chunk 0 always is a valid place for nothing.
    const place =
      file.sizeBytes === 0
        ? { chunk: 0, offset: 0 }
        : { chunk: this.#completedChunks, offset: this.#pendingBytes }
    this.#current = { path: file.path, sizeBytes: file.sizeBytes, ...place }
    this.#remainingBytes = file.sizeBytes
    return completed
  }

  /** Takes the file's next bytes. They are copied: the caller may use its buffer again at once. */
  write(bytes: Uint8Array): Uint8Array[] {
    if (!this.#current) throw new Error('no file has begun')
    if (bytes.length > this.#remainingBytes)
      throw new Error(`"${this.#current.path}" is longer than was said`)
    this.#remainingBytes -= bytes.length
    const completed: Uint8Array[] = []
    let at = 0
    for (const chunkBytes of this.#chunker.push(bytes)) {
      const taken = chunkBytes - this.#pendingBytes
      completed.push(this.#completeChunk(bytes.subarray(at, at + taken)))
      at += taken
    }
    this.#pending.set(bytes.subarray(at), this.#pendingBytes)
    this.#pendingBytes += bytes.length - at
    return completed
  }

  /** `mediaType`: known only once the bytes have been seen. */
  endFile(mediaType: string): Uint8Array[] {
    const file = this.#current
    if (!file) throw new Error('no file has begun')
    if (this.#remainingBytes > 0) throw new Error(`"${file.path}" is shorter than was said`)
    const { path, sizeBytes, chunk, offset } = file
    this.#placed.push({ path, sizeBytes, mediaType, chunk, offset })
    this.#previous = file
    this.#current = null
    return isPacked(file) ? [] : this.#flush()
  }

  /** Ends the release: its last chunk, if one was open, and all files in the manifest's order (UTF-16 code units). */
  finish(): { completed: Uint8Array[]; files: PlacedFile[] } {
    if (this.#current) throw new Error(`"${this.#current.path}" has not ended`)
    return { completed: this.#flush(), files: this.#placed.toSorted((a, b) => comparePaths(a.path, b.path)) }
  }

  #startOwnChunks(file: LayoutFile): Uint8Array[] {
    const completed = this.#flush()
    const profile = chunkingProfileFor(file.sizeBytes)
    this.#chunker = createChunker(profile)
    if (this.#pending.length < profile.maxBytes) this.#pending = new Uint8Array(profile.maxBytes)
    return completed
  }

  #flush(): Uint8Array[] {
    return this.#chunker.finish() > 0 ? [this.#completeChunk(new Uint8Array(0))] : []
  }

  #completeChunk(rest: Uint8Array): Uint8Array {
    const chunk = new Uint8Array(this.#pendingBytes + rest.length)
    chunk.set(this.#pending.subarray(0, this.#pendingBytes))
    chunk.set(rest, this.#pendingBytes)
    this.#pendingBytes = 0
    this.#completedChunks++
    return chunk
  }
}

function isPacked(file: Pick<LayoutFile, 'sizeBytes'>): boolean {
  return file.sizeBytes < PACKED_BELOW_BYTES
}
