/**
 * What one link between two devices remembers: how far the greeting is, what we want of the other side, what it wants
 * of us. Data and the questions it answers; `taking.ts` and `serving.ts` change it, `step.ts` applies events.
 * Its state is updated in place: a link carries hundreds of messages a second.
 */
import type { Role, Windows } from '../../../policy/windows.ts'
import type { ChunkAssembly } from '../../../protocol/peer/chunk-assembly.ts'
import { oldestOf, type SpokenVersion, spokenVersions } from '../../../protocol/spoken-versions.ts'
import { fullPace, type Pace } from './pace.ts'

/** A release this device could serve: its windows, and which chunks are here. */
export interface Share {
  readonly windows: Windows
  /** Null while the manifest is not here yet: the release is offered as wholly missing until it is. */
  readonly chunkCount: number | null
  readonly holds: (index: number) => boolean
}
/** By release digest; what is assigned to this device. */
export type Shares = ReadonlyMap<string, Share>

/** What we want, or wanted, of the other side. It is kept for the link's life: late slices may still come. */
export interface Wanted {
  sizes: readonly { readonly sizeBytes: number }[]
  /** False after `unwant`: whatever comes of it is late. */
  isWanted: boolean
  /** Requested and neither complete nor taken back. */
  readonly asked: Set<number>
  /** Taken back after the other side may have begun: slices of these are dropped quietly (PR-P7). */
  readonly takenBack: Set<number>
}

/** What the other side wants of us. */
export interface Served {
  /** As the other side knows it from its manifest. */
  readonly chunkCount: number
  /** Requested, in order, not yet begun. */
  readonly queue: Set<number>
  /** It has our bitfield and may ask. */
  open: boolean
  fetchingSentAt: number
}

export interface PeerSessionState {
  readonly remote: { readonly deviceId: string; readonly role: Role }
  readonly selfRole: Role
  phase: 'connecting' | 'greeting' | 'open' | 'closed'
  /** All that this device speaks, and the one of this link: the oldest until the other side has said hello. */
  readonly versions: readonly SpokenVersion[]
  version: number
  remoteMaxFrameBytes: number
  readonly pace: Pace
  readonly wanted: Map<string, Wanted>
  readonly served: Map<string, Served>
  /** The chunk being read or sent; one at a time keeps slices in order. */
  sending: { readonly release: string; readonly index: number } | null
  receiving: { readonly release: string; readonly index: number; readonly assembly: ChunkAssembly } | null
}

export function createPeerSession(
  remote: { readonly deviceId: string; readonly role: Role },
  selfRole: Role,
  versions: readonly SpokenVersion[] = spokenVersions,
): PeerSessionState {
  return {
    remote: { deviceId: remote.deviceId, role: remote.role },
    selfRole,
    phase: 'connecting',
    versions,
    version: oldestOf(versions),
    remoteMaxFrameBytes: 0,
    pace: fullPace(),
    wanted: new Map(),
    served: new Map(),
    sending: null,
    receiving: null,
  }
}

/** Whether the other side waits for chunks, or one is being sent to it. */
export function isServing(state: PeerSessionState): boolean {
  if (state.sending !== null) return true
  for (const { queue } of state.served.values()) if (queue.size > 0) return true
  return false
}

/** Whether nothing is asked for, under way or waiting on this link, in either direction. */
export function isIdle(state: PeerSessionState): boolean {
  if (isServing(state)) return false
  for (const { asked } of state.wanted.values()) if (asked.size > 0) return false
  return true
}
