/**
 * The files of one release, read out of its chunks: by path, whole or in part, every byte verified before it is handed
 * on. Pure over `ReadChunk`; knows nothing of addresses or HTTP.
 */
import { sha256Hex } from '../../protocol/keys.ts'
import { chunkStarts, type Manifest, type ManifestChunk, type ManifestFile } from '../../protocol/manifest.ts'
import type { ByteRange } from './byte-range.ts'
import type { ChunkBytes, ReadChunk } from './verified-chunks.ts'

export interface ReleaseFiles {
  readonly manifest: Manifest
  /** The file of exactly this path. */
  find(path: string): ManifestFile | null
  /** The chunks that hold a file's bytes, in order. */
  chunksOf(file: ManifestFile): readonly ManifestChunk[]
  /**
   * The file's bytes in pieces, each verified; views that are not to be changed. Ends after the first failure, which
   * names the chunk. `range` lies within the file.
   */
  read(file: ManifestFile, range?: ByteRange): AsyncGenerator<ChunkBytes, void, undefined>
  /** Differs whenever the file's content does. */
  fingerprint(file: ManifestFile): Promise<string>
}

/** `manifest` has been parsed and checked. */
export function createReleaseFiles(manifest: Manifest, readChunk: ReadChunk): ReleaseFiles {
  const starts = chunkStarts(manifest.chunks)
  const files = new Map(manifest.files.map(file => [file.path, file]))

  /** The run of chunk indexes from `first` that reaches `endByte` of the content stream. */
  function* indexesUntil(first: number, endByte: number): Generator<number> {
    for (let index = first; (starts[index] ?? endByte) < endByte; index++) yield index
  }

  const beginOf = (file: ManifestFile) => (starts[file.chunk] ?? 0) + file.offset

  function chunksOf(file: ManifestFile): ManifestChunk[] {
    if (file.sizeBytes === 0) return []
    const indexes = [...indexesUntil(file.chunk, beginOf(file) + file.sizeBytes)]
    return indexes.flatMap(index => manifest.chunks[index] ?? [])
  }

  async function* read(file: ManifestFile, range: ByteRange = { start: 0, end: file.sizeBytes }) {
    const fromByte = beginOf(file) + range.start
    const untilByte = beginOf(file) + range.end
    if (fromByte >= untilByte) return
    for (const index of indexesUntil(chunkAt(starts, fromByte), untilByte)) {
      const chunk = manifest.chunks[index]
      const startByte = starts[index]
      if (!chunk || startByte === undefined) return
      const answer = await readChunk(chunk)
      if (!answer.ok) {
        yield answer
        return
      }
      const from = Math.max(0, fromByte - startByte)
      yield { ok: true as const, bytes: answer.bytes.subarray(from, untilByte - startByte) }
    }
  }

  return {
    manifest,
    find: path => files.get(path) ?? null,
    chunksOf,
    read,
    fingerprint: async file => {
      const digests = chunksOf(file).map(chunk => chunk.digest)
      const identity = [file.offset, file.sizeBytes, ...digests].join(' ')
      return (await sha256Hex(new TextEncoder().encode(identity))).slice(0, 32)
    },
  }
}

/** Index of the chunk that holds a byte of the content stream; chunks are never empty. */
function chunkAt(starts: readonly number[], byte: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? Number.POSITIVE_INFINITY) <= byte) low = middle
    else high = middle - 1
  }
  return low
}
