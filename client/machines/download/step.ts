/**
 * The download machine: applies one input to the state, then lets `decide.ts` say what follows.
 * Inputs only change state; no input asks for anything itself. `now` is server time in epoch ms.
 */
import type { Role, Windows } from '../../../policy/windows.ts'
import { bitfieldHas } from '../../../protocol/peer/bitfield.ts'
import type { RejectReason } from '../../../protocol/peer/messages.ts'
import type { KioskOptions } from '../../options.ts'
import { contactFailed, dropAsked, giveBack, markHeld, pauseOrigin, takeBack } from './changes.ts'
import { type ChunkSource, type DownloadEffect, decide } from './decide.ts'
import {
  ASKED,
  canonicalIndex,
  chunkBytes,
  type DownloadState,
  HELD,
  MISSING,
  type PeerView,
  STORING,
  setStatus,
} from './state.ts'

export type DownloadEvent =
  | { readonly type: 'policy'; readonly role: Role; readonly windows: Windows }
  | { readonly type: 'session'; readonly online: boolean; readonly storesOnline: number }
  /** Chunks found verified in the chunk store; `reusedBytes` when they were there before this release was wanted. */
  | { readonly type: 'found'; readonly indexes: readonly number[]; readonly reusedBytes: number }
  /** Chunks that turned out to be missing or rotten. */
  | { readonly type: 'lost'; readonly digests: ReadonlySet<string> }
  | { readonly type: 'introduced'; readonly deviceId: string }
  /** No store was named (`retryAt` when the server said when to come back), or the link to it could not be made. */
  | { readonly type: 'contact-failed'; readonly retryAt: number | null }
  | { readonly type: 'peer-joined'; readonly deviceId: string; readonly role: Role }
  | { readonly type: 'peer-left'; readonly deviceId: string }
  | { readonly type: 'peer-offer'; readonly deviceId: string; readonly bits: Uint8Array }
  | { readonly type: 'peer-have'; readonly deviceId: string; readonly indexes: readonly number[] }
  | { readonly type: 'peer-alive'; readonly deviceId: string }
  | {
      readonly type: 'peer-reject'
      readonly deviceId: string
      readonly reason: RejectReason
      readonly retryAfterMs: number
      readonly indexes: readonly number[]
    }
  | { readonly type: 'grant'; readonly token: string; readonly expiresAt: number }
  | { readonly type: 'grant-refused'; readonly retryAt: number | null }
  /** The origin answered one chunk request without a chunk. */
  | {
      readonly type: 'origin-failed'
      readonly index: number
      readonly reason: 'grant' | 'unreachable'
      readonly retryAt: number | null
    }
  /** All bytes of a chunk are here, unverified. */
  | {
      readonly type: 'received'
      readonly index: number
      readonly from: ChunkSource
      readonly encoded: Uint8Array<ArrayBuffer>
    }
  | { readonly type: 'stored'; readonly index: number }
  | {
      readonly type: 'bad-chunk'
      readonly index: number
      readonly from: ChunkSource
    }
  | {
      readonly type: 'store-failed'
      readonly index: number
      readonly reason: 'out-of-space' | 'storage-failed'
      readonly message: string
    }
  /** Something was evicted: the disk may take more. */
  | { readonly type: 'room-made' }
  | { readonly type: 'wake' }

export function stepDownload(
  state: DownloadState,
  event: DownloadEvent,
  now: number,
  options: KioskOptions,
): { readonly state: DownloadState; readonly effects: readonly DownloadEffect[] } {
  const effects: DownloadEffect[] = []
  apply(state, event, now, options, effects)
  decide(state, now, options, effects)
  return { state, effects }
}

function apply(
  state: DownloadState,
  event: DownloadEvent,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  switch (event.type) {
    case 'wake':
      return
    case 'policy':
      state.role = event.role
      state.windows = event.windows
      // What was refused under the old windows may be asked for again under the new ones.
      if (state.origin.grant.name === 'refused') state.origin.grant = { name: 'none' }
      if (state.contact.name === 'pausing') state.contact = { name: 'idle' }
      for (const peer of state.peers.values()) if (peer.offer === 'silent') peer.suspectUntil = now
      return
    case 'session':
      applySession(state, event.online, event.storesOnline)
      return
    case 'found':
      for (const index of event.indexes) markHeld(state, index)
      state.traffic.reused += event.reusedBytes
      return
    case 'lost':
      for (const index of state.table.firstIndex) {
        const chunk = state.table.chunks[index]
        if (chunk && event.digests.has(chunk.digest) && state.table.status[index] === HELD)
          giveBack(state, index)
      }
      return
    case 'introduced':
      if (state.contact.name === 'asking') {
        state.contact = { ...state.contact, name: 'connecting', deviceId: event.deviceId }
      }
      return
    case 'contact-failed':
      contactFailed(state, event.retryAt, now, options)
      return
    case 'peer-joined':
      joined(state, event.deviceId, event.role, now, effects)
      return
    case 'peer-left':
      left(state, event.deviceId, now, options)
      return
    case 'peer-offer':
    case 'peer-have':
    case 'peer-alive':
    case 'peer-reject':
      applyPeer(state, event, now, options)
      return
    case 'grant':
      state.origin.grant = { name: 'held', token: event.token, expiresAt: event.expiresAt }
      return
    case 'grant-refused':
      state.origin.grant = { name: 'refused', until: event.retryAt ?? now + options.minRetryMs * 5 }
      return
    case 'origin-failed':
      originFailed(state, event.index, event.reason, event.retryAt, now, options)
      return
    case 'received':
      received(state, event, now, effects)
      return
    case 'stored':
      state.storingBytes -= chunkBytes(state.table, event.index)
      state.storage = null
      markHeld(state, event.index)
      return
    case 'bad-chunk':
      badChunk(state, event.index, event.from, now, options, effects)
      return
    case 'room-made':
      state.storage = null
      return
    case 'store-failed':
      state.storingBytes -= chunkBytes(state.table, event.index)
      giveBack(state, event.index)
      if (state.storage === null) effects.push({ type: 'make-room' })
      state.storage = { reason: event.reason, until: now + options.maxRetryMs, message: event.message }
      return
  }
}

function applySession(state: DownloadState, online: boolean, storesOnline: number): void {
  if (online && !state.online) {
    state.origin.grant = state.origin.grant.name === 'held' ? state.origin.grant : { name: 'none' }
    state.contact = { name: 'idle' }
  }
  if (!online && state.origin.grant.name === 'asking') state.origin.grant = { name: 'none' }
  if (!online && state.contact.name === 'asking') state.contact = { name: 'idle' }
  if (storesOnline > state.storesOnline && state.contact.name === 'pausing') state.contact = { name: 'idle' }
  state.online = online
  state.storesOnline = storesOnline
}

function joined(
  state: DownloadState,
  deviceId: string,
  role: Role,
  now: number,
  effects: DownloadEffect[],
): void {
  state.peers.set(deviceId, {
    deviceId,
    role,
    offer: 'asked',
    has: new Set(),
    queue: [],
    asked: new Map(),
    askedBytes: 0,
    lastProgressAt: now,
    suspectUntil: Number.NEGATIVE_INFINITY,
  })
  state.contact = { name: 'idle' }
  effects.push({ type: 'interest', deviceId })
}

function left(state: DownloadState, deviceId: string, now: number, options: KioskOptions): void {
  const peer = state.peers.get(deviceId)
  if (peer !== undefined) {
    state.peers.delete(deviceId)
    for (const index of [...peer.asked.keys()]) giveBack(state, index)
  }
  // Also when the link had been open: a store that lets go at once must not be called without a pause.
  if (peer !== undefined || (state.contact.name === 'connecting' && state.contact.deviceId === deviceId)) {
    contactFailed(state, null, now, options)
  }
}

type PeerEvent = Extract<DownloadEvent, { type: 'peer-offer' | 'peer-have' | 'peer-alive' | 'peer-reject' }>

function applyPeer(state: DownloadState, event: PeerEvent, now: number, options: KioskOptions): void {
  const peer = state.peers.get(event.deviceId)
  if (peer === undefined) return
  switch (event.type) {
    case 'peer-alive':
      peer.lastProgressAt = now
      return
    case 'peer-offer':
      peer.offer = 'offering'
      peer.lastProgressAt = now
      for (const index of state.table.missing) if (bitfieldHas(event.bits, index)) learn(state, peer, index)
      for (const [index, status] of state.table.status.entries()) {
        if ((status === ASKED || status === STORING) && bitfieldHas(event.bits, index)) peer.has.add(index)
      }
      return
    case 'peer-have':
      peer.lastProgressAt = now
      for (const index of event.indexes) {
        const first = canonicalIndex(state.table, index)
        if (first !== null) learn(state, peer, first)
      }
      return
    case 'peer-reject':
      rejected(state, peer, event, now, options)
  }
}

function learn(state: DownloadState, peer: PeerView, index: number): void {
  if (peer.has.has(index)) return
  peer.has.add(index)
  if (state.table.status[index] === MISSING) peer.queue.push(index)
}

function rejected(
  state: DownloadState,
  peer: PeerView,
  event: Extract<PeerEvent, { type: 'peer-reject' }>,
  now: number,
  options: KioskOptions,
): void {
  const wholeRelease = event.indexes.length === 0
  const pauseMs = event.retryAfterMs > 0 ? event.retryAfterMs : options.suspectMs
  if (wholeRelease) {
    peer.offer = 'silent'
    peer.suspectUntil = now + pauseMs
    for (const index of [...peer.asked.keys()]) takeBack(state, peer, index)
    return
  }
  for (const index of event.indexes) {
    const first = canonicalIndex(state.table, index)
    if (first === null || !peer.asked.has(first)) continue
    if (event.reason === 'not-held') peer.has.delete(first)
    else peer.suspectUntil = now + pauseMs
    takeBack(state, peer, first)
  }
}

/** Counted whatever it is; stored unless a copy from elsewhere was faster (I3). */
function received(
  state: DownloadState,
  event: Extract<DownloadEvent, { type: 'received' }>,
  now: number,
  effects: DownloadEffect[],
): void {
  const { index, from, encoded } = event
  if (from === 'server') {
    state.origin.fetching.delete(index)
    state.origin.lastProgressAt = now
    state.origin.failures = 0
    state.traffic.fromServer += encoded.byteLength
  } else {
    const peer = state.peers.get(from.deviceId)
    if (peer !== undefined) peer.lastProgressAt = now
    state.traffic.fromStores += encoded.byteLength
  }
  for (const peer of state.peers.values()) dropAsked(state, peer, index)
  const status = state.table.status[index]
  if (status === HELD || status === STORING) return
  setStatus(state.table, index, STORING)
  state.storingBytes += chunkBytes(state.table, index)
  effects.push({ type: 'store', index, encoded, from })
}

/** PR-P10: whoever sends a wrong chunk is left alone; its link ends and the event is reported. */
function badChunk(
  state: DownloadState,
  index: number,
  from: ChunkSource,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  state.storingBytes -= chunkBytes(state.table, index)
  giveBack(state, index)
  if (from === 'server') {
    pauseOrigin(state, now, options)
    effects.push({ type: 'report-bad-origin', index })
    return
  }
  effects.push({ type: 'drop-peer', deviceId: from.deviceId, index })
  left(state, from.deviceId, now, options)
}

function originFailed(
  state: DownloadState,
  index: number,
  reason: 'grant' | 'unreachable',
  retryAt: number | null,
  now: number,
  options: KioskOptions,
): void {
  state.origin.fetching.delete(index)
  if (state.table.status[index] === ASKED) giveBack(state, index)
  if (reason === 'grant') {
    state.origin.grant = retryAt === null ? { name: 'none' } : { name: 'refused', until: retryAt }
    if (retryAt === null) pauseOrigin(state, now, options)
  } else pauseOrigin(state, now, options)
}
