/**
 * The bookkeeping of one release's download: which chunks are here, which were asked of whom, who offers what.
 * Only data and small questions about it; what to do next is decided in `decide.ts`, inputs are applied in `step.ts`.
 * A state belongs to one download and is updated in place: a release may have 131,072 chunks.
 */
import type { Role, Windows } from '../../../policy/windows.ts'
import type { StatusReason } from '../../../protocol/device-status.ts'
import type { ManifestChunk } from '../../../protocol/manifest.ts'

/** Life of a chunk. `storing`: its bytes arrived and are being verified and written. */
export const MISSING = 0
export const ASKED = 1
export const STORING = 2
export const HELD = 3

/** Chunks with the same digest are one: everything is kept at the first index of the digest. */
export interface ChunkTable {
  readonly chunks: readonly ManifestChunk[]
  /** Index → first index with the same digest. */
  readonly firstIndex: Uint32Array
  readonly status: Uint8Array
  /** First indexes that are MISSING, in content order. */
  readonly missing: Set<number>
  readonly total: number
  held: number
}

export interface PeerView {
  readonly deviceId: string
  readonly role: Role
  /** `asked`: interest sent, no answer yet. `silent`: it rejected the whole release. */
  offer: 'asked' | 'offering' | 'silent'
  readonly has: Set<number>
  /** First indexes to ask for next; entries that are no longer missing are skipped. */
  readonly queue: number[]
  /** First index → when it was asked for. */
  readonly asked: Map<number, number>
  askedBytes: number
  /** Last time bytes, news or a sign of life of this release came from it. */
  lastProgressAt: number
  /** Left alone until then: it stalled, was busy, or its window was closed. */
  suspectUntil: number
}

export type Contact =
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly since: number; readonly attempt: number }
  | {
      readonly name: 'connecting'
      readonly since: number
      readonly attempt: number
      readonly deviceId: string
    }
  | { readonly name: 'pausing'; readonly until: number; readonly attempt: number }

export type Grant =
  | { readonly name: 'none' }
  | { readonly name: 'asking'; readonly since: number }
  | { readonly name: 'held'; readonly token: string; readonly expiresAt: number }
  | { readonly name: 'refused'; readonly until: number }

export interface OriginView {
  grant: Grant
  readonly fetching: Set<number>
  /** Not asked before then: the last request failed. */
  pausedUntil: number
  failures: number
  lastProgressAt: number
}

export interface DownloadState {
  readonly selfId: string
  readonly releaseDigest: string
  readonly table: ChunkTable
  role: Role
  windows: Windows
  /** The signaling session is up: introductions and grants can be asked for. */
  online: boolean
  storesOnline: number
  readonly peers: Map<string, PeerView>
  contact: Contact
  readonly origin: OriginView
  storingBytes: number
  /** Set when the disk took no more; nothing is asked for until then. */
  storage: {
    readonly reason: 'out-of-space' | 'storage-failed'
    readonly until: number
    readonly message: string
  } | null
  readonly traffic: { fromStores: number; fromServer: number; reused: number }
  /** What the last decision found; shown by `status.ts`. */
  reason: StatusReason
  completed: boolean
}

/** All chunks missing. `held` and later events tell what is here. */
export function createChunkTable(chunks: readonly ManifestChunk[]): ChunkTable {
  const firstIndex = new Uint32Array(chunks.length)
  const firstByDigest = new Map<string, number>()
  const missing = new Set<number>()
  for (const [index, chunk] of chunks.entries()) {
    const first = firstByDigest.get(chunk.digest) ?? index
    firstByDigest.set(chunk.digest, first)
    firstIndex[index] = first
    if (first === index) missing.add(index)
  }
  return {
    chunks,
    firstIndex,
    status: new Uint8Array(chunks.length),
    missing,
    total: firstByDigest.size,
    held: 0,
  }
}

/** The index under which a chunk is kept, or null for an index the manifest does not have. */
export function canonicalIndex(table: ChunkTable, index: number): number | null {
  return table.firstIndex[index] ?? null
}

export function holdsIndex(table: ChunkTable, index: number): boolean {
  const first = canonicalIndex(table, index)
  return first !== null && table.status[first] === HELD
}

export function chunkBytes(table: ChunkTable, index: number): number {
  return table.chunks[index]?.sizeBytes ?? 0
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

export interface DownloadSubject {
  readonly selfId: string
  readonly releaseDigest: string
  readonly chunks: readonly ManifestChunk[]
  readonly role: Role
  readonly windows: Windows
  readonly online: boolean
  readonly storesOnline: number
  readonly traffic: { readonly fromStores: number; readonly fromServer: number; readonly reused: number }
}

export function createDownload(subject: DownloadSubject): DownloadState {
  return {
    selfId: subject.selfId,
    releaseDigest: subject.releaseDigest,
    table: createChunkTable(subject.chunks),
    role: subject.role,
    windows: subject.windows,
    online: subject.online,
    storesOnline: subject.storesOnline,
    peers: new Map(),
    contact: { name: 'idle' },
    origin: {
      grant: { name: 'none' },
      fetching: new Set(),
      pausedUntil: Number.NEGATIVE_INFINITY,
      failures: 0,
      lastProgressAt: Number.NEGATIVE_INFINITY,
    },
    storingBytes: 0,
    storage: null,
    traffic: { ...subject.traffic },
    reason: 'checking-held-chunks',
    completed: false,
  }
}
