/**
 * Which chunks of one release are here, asked for, or missing. Chunks with the same digest are one: everything is kept
 * at the first index of the digest. Updated in place: a release may have 131,072 chunks.
 */
import type { ManifestChunk } from '../../../protocol/manifest.ts'

/**
 * Life of a chunk. `UNWANTED`: it is not asked for and not counted. `STORING`: its bytes arrived and are being verified and
 * written. `VERIFIED`: they are right and can be served, but are not durable yet.
 */
export const MISSING = 0
const UNWANTED = 1
export const ASKED = 2
export const STORING = 3
export const VERIFIED = 4
export const HELD = 5

export interface ChunkTable {
  readonly chunks: readonly ManifestChunk[]
  /** Index → first index with the same digest. */
  readonly firstIndex: Uint32Array
  readonly status: Uint8Array
  /** First indexes that are MISSING; those given back come last. */
  readonly missing: Set<number>
  /** Different chunks that are wanted, and how many of them are HELD. */
  total: number
  held: number
}

/** All chunks that are wanted are missing. */
export function createChunkTable(
  chunks: readonly ManifestChunk[],
  wants: (index: number) => boolean = () => true,
): ChunkTable {
  const firstIndex = new Uint32Array(chunks.length)
  const firstByDigest = new Map<string, number>()
  for (const [index, chunk] of chunks.entries()) {
    const first = firstByDigest.get(chunk.digest) ?? index
    firstByDigest.set(chunk.digest, first)
    firstIndex[index] = first
  }
  const missing = new Set([...firstByDigest.values()].filter(wants))
  const status = new Uint8Array(chunks.length).map((_, index) =>
    missing.has(firstIndex[index] ?? index) ? MISSING : UNWANTED,
  )
  return { chunks, firstIndex, status, missing, total: missing.size, held: 0 }
}

/** The index under which a chunk is kept, or null for an index the manifest does not have. */
export function canonicalIndex(table: ChunkTable, index: number): number | null {
  return table.firstIndex[index] ?? null
}

/** Whether the chunk is here and right: it may be served. */
export function servesIndex(table: ChunkTable, index: number): boolean {
  const first = canonicalIndex(table, index)
  return first !== null && (table.status[first] ?? MISSING) >= VERIFIED
}

export function chunkBytes(table: ChunkTable, index: number): number {
  return table.chunks[index]?.sizeBytes ?? 0
}

/** Raw bytes of all chunks that are not HELD. */
export function missingBytes(table: ChunkTable): number {
  let bytes = 0
  for (const [index, status] of table.status.entries())
    if (status !== HELD && status !== UNWANTED && table.firstIndex[index] === index)
      bytes += chunkBytes(table, index)
  return bytes
}

/** Moves one chunk to a status and keeps the counts right. `index` is a first index. */
export function setStatus(table: ChunkTable, index: number, status: number): void {
  const before = table.status[index]
  if (before === status) return
  if (before === HELD) table.held -= 1
  if (status === HELD) table.held += 1
  if (status === MISSING) table.missing.add(index)
  else table.missing.delete(index)
  table.status[index] = status
}

/** What is missing is not wanted any more. */
export function unwantMissing(table: ChunkTable): void {
  for (const index of [...table.missing]) {
    setStatus(table, index, UNWANTED)
    table.total -= 1
  }
}
