/**
 * The bookkeeping of one release's download: what was asked of whom, who offers what, whom to leave alone until when.
 * Only data; what to do next is decided in `decide.ts`, inputs are applied in `step.ts`. All instants in it are
 * monotonic ms, so that a server whose clock is set delays nothing. A state belongs to one download and is updated in place.
 */
import type { Role, Windows } from '../../../policy/windows.ts'
import type { StatusReason } from '../../../protocol/device-status.ts'
import type { ManifestChunk } from '../../../protocol/manifest.ts'
import { type ChunkTable, createChunkTable } from './chunk-table.ts'
import type { Flow } from './flow.ts'

/** One moment on both clocks. Windows go by the server's time, pauses and timeouts by the device's monotonic one. */
export interface Moment {
  /** Monotonic ms. */
  readonly now: number
  /** Epoch ms. */
  readonly serverNow: number
}

export interface PeerView {
  readonly deviceId: string
  readonly role: Role
  /**
   * `silent`: no interest was shown, or the whole release was rejected. `asked`: interest sent, no answer yet.
   * `later`: rejected, and it said when to come back.
   */
  offer: 'asked' | 'offering' | 'later' | 'silent'
  /** First indexes it has, whatever their status here. */
  readonly has: Set<number>
  /** First indexes to ask for next; entries that are no longer missing are skipped. */
  readonly queue: number[]
  /** First indexes asked of it. */
  readonly asked: Set<number>
  askedBytes: number
  readonly flow: Flow
  /** Last time bytes that were asked for came, or an idle peer was asked: what a stall is measured from. */
  lastBytesAt: number
  /** Last time anything came that gives hope of this release: bytes, news, or "I am fetching it". */
  lastSignAt: number
  /** It was given one more stall timeout because this device slept; until bytes come there is no other. */
  excused: boolean
  /** Not asked before then: it was busy, or its window was closed. */
  suspectUntil: number
  /** It stalled and what it owed was asked elsewhere; not asked before then. Null once something of it has come (I9). */
  stall: { readonly pausedUntil: number } | null
}

/** Reaching for a store that is not linked yet. `attempt`: failures in a row. */
type Contact =
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly since: number; readonly attempt: number }
  | {
      readonly name: 'connecting'
      readonly since: number
      readonly attempt: number
      readonly deviceId: string
    }
  /** The server said when to come back: the asking goes on then, its time does not begin anew. */
  | { readonly name: 'deferred'; readonly since: number; readonly attempt: number; readonly until: number }
  | { readonly name: 'pausing'; readonly attempt: number; readonly until: number }

export type Grant =
  | { readonly name: 'none' }
  | { readonly name: 'asking'; readonly since: number }
  | { readonly name: 'held'; readonly token: string; readonly renewAt: number }
  | { readonly name: 'refused'; readonly until: number }

interface OriginView {
  grant: Grant
  readonly fetching: Set<number>
  /** What this device fetches by itself, in order, for one set of owners; made anew when a chunk is given back. */
  share: { readonly key: string; readonly queue: readonly number[]; at: number } | null
  /** When the server was first open and wanted; null while it is not. Kiosks ask a moment of chance later. */
  wantedAt: number | null
  /** Not asked before then: the last request failed. */
  pausedUntil: number
  failures: number
}

export interface DownloadState {
  readonly selfId: string
  readonly releaseDigest: string
  /** In [0, 1), different on every device: what all must not do at the same moment is spread by it. */
  readonly chance: number
  readonly table: ChunkTable
  role: Role
  windows: Windows
  /** The signaling session is up: introductions and grants can be asked for. */
  online: boolean
  storesOnline: number
  readonly peers: Map<string, PeerView>
  contact: Contact
  readonly origin: OriginView
  /** First indexes that were asked of a second store, at the very end. */
  readonly hedged: Set<number>
  storingBytes: number
  /** Packages that come before this one are being fetched: nothing new is asked for (P1, P3). */
  heldBack: boolean
  /** Nothing is asked for any more; what is here goes on being served. */
  isEnough: boolean
  /** Set when the disk took no more. Nothing is asked for before it has been tried with bytes that cost no line. */
  storage: {
    readonly reason: 'out-of-space' | 'storage-failed'
    readonly message: string
    /** In a row, each after a pause. */
    readonly failures: number
    /** When it is tried next; null while it is. */
    readonly until: number | null
  } | null
  /** The trouble with the disk that people were told of: once for a download, however many attempts it costs. */
  toldTrouble: 'out-of-space' | 'storage-failed' | null
  readonly traffic: { fromStores: number; fromServer: number; reused: number }
  /** What the last decision found; shown by `status.ts`. */
  reason: StatusReason
  completed: boolean
  /** When the machine asked to be woken; null: not at all. */
  wakeAt: number | null
}

export interface DownloadSubject {
  readonly selfId: string
  readonly releaseDigest: string
  readonly chunks: readonly ManifestChunk[]
  readonly chance: number
  readonly role: Role
  readonly windows: Windows
  /** Counted on from here, in place. */
  readonly traffic: DownloadState['traffic']
  /** Without it all chunks are wanted. */
  readonly wants?: (index: number) => boolean
}

/** Nothing is here and nobody known; the `checked` event tells both. */
export function createDownload(subject: DownloadSubject): DownloadState {
  return {
    selfId: subject.selfId,
    releaseDigest: subject.releaseDigest,
    chance: subject.chance,
    table: createChunkTable(subject.chunks, subject.wants),
    role: subject.role,
    windows: subject.windows,
    online: false,
    storesOnline: 0,
    peers: new Map(),
    contact: { name: 'idle' },
    origin: {
      grant: { name: 'none' },
      fetching: new Set(),
      share: null,
      wantedAt: null,
      pausedUntil: Number.NEGATIVE_INFINITY,
      failures: 0,
    },
    hedged: new Set(),
    storingBytes: 0,
    heldBack: false,
    isEnough: false,
    storage: null,
    toldTrouble: null,
    traffic: subject.traffic,
    reason: 'checking-held-chunks',
    completed: false,
    wakeAt: null,
  }
}
