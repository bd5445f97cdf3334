/**
 * The download machine: applies one input to the state, then lets `decide.ts` say what follows.
 * Inputs only change state; no input asks for anything itself. What links say is applied in `peers.ts`.
 */
import type { Role, Windows } from '../../../policy/windows.ts'
import type { KioskOptions } from '../../options.ts'
import {
  backoffMs,
  contactFailed,
  dropAsked,
  giveBack,
  giveBackUnlessAsked,
  markHeld,
  pauseOrigin,
  refusedUntil,
} from './changes.ts'
import { chunkBytes, HELD, STORING, setStatus, VERIFIED } from './chunk-table.ts'
import { decide } from './decide.ts'
import type { ChunkSource, DownloadEffect } from './effects.ts'
import { flowed } from './flow.ts'
import { spreadMs } from './hope.ts'
import { applyPeer, joined, left, type PeerEvent } from './peers.ts'
import type { DownloadState, Moment } from './state.ts'

export type DownloadEvent =
  /** The disk was checked, and this is how things stand: the first event of a download. */
  | {
      readonly type: 'checked'
      /** Chunks found verified in the chunk store. */
      readonly indexes: readonly number[]
      /** Their encoded bytes, where they were there before this release was wanted. */
      readonly reusedBytes: number
      readonly session: SessionView
      /** Links to stores that are open already. */
      readonly stores: readonly { readonly deviceId: string; readonly role: Role }[]
    }
  | { readonly type: 'policy'; readonly role: Role; readonly windows: Windows }
  | ({ readonly type: 'session' } & SessionView)
  /** Chunks that turned out to be missing or rotten. */
  | { readonly type: 'lost'; readonly digests: ReadonlySet<string> }
  | { readonly type: 'introduced'; readonly deviceId: string }
  /** No store was named (`retryAt`, server time, when the server said when to come back), or no link will be made. */
  | { readonly type: 'contact-failed'; readonly retryAt: number | null }
  | { readonly type: 'peer-joined'; readonly deviceId: string; readonly role: Role }
  | { readonly type: 'peer-left'; readonly deviceId: string }
  | PeerEvent
  /** `expiresAt` and `retryAt`: server time. */
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
      /** Those of its bytes that no `peer-progress` told of; all where it is absent. */
      readonly lastBytes?: number
    }
  /** It is the chunk, and can be read; `stored` follows, or `store-failed`. */
  | { readonly type: 'verified'; readonly index: number }
  /** It is durable. */
  | { readonly type: 'stored'; readonly index: number }
  | { readonly type: 'bad-chunk'; readonly index: number; readonly from: ChunkSource }
  | {
      readonly type: 'store-failed'
      readonly index: number
      readonly reason: 'out-of-space' | 'storage-failed'
      readonly message: string
    }
  /** Something was evicted, or the disk was tried and takes more again. */
  | { readonly type: 'room-made' }
  /** The disk was tried and takes nothing yet. */
  | {
      readonly type: 'disk-refused'
      readonly reason: 'out-of-space' | 'storage-failed'
      readonly message: string
    }
  /** Nothing is left on the disk that may be evicted for this release. */
  | { readonly type: 'no-room' }
  /** What is not here is not wanted any more. */
  | { readonly type: 'enough' }
  /** Whether packages that come before this one are being fetched. */
  | { readonly type: 'hold-back'; readonly on: boolean }
  | { readonly type: 'wake' }

export interface SessionView {
  readonly online: boolean
  /** Stores of the site that are online, this device not counted. */
  readonly storesOnline: number
}

/** A grant is replaced this long before its end, or after half its life. */
const GRANT_RENEW_MS = 20_000

export function stepDownload(
  state: DownloadState,
  event: DownloadEvent,
  moment: Moment,
  options: KioskOptions,
): { readonly state: DownloadState; readonly effects: readonly DownloadEffect[] } {
  const effects: DownloadEffect[] = []
  excuseSleep(state, moment.now)
  apply(state, event, moment, options, effects)
  decide(state, moment, options, effects)
  for (const effect of effects) if (effect.type === 'wake') state.wakeAt = effect.at
  return { state, effects }
}

/** A wake that is so late was not late by itself: the thread, or the whole device, was away. */
const AWAY_MS = 2_000

/** What came in while this device slept has not been seen yet: nobody is blamed for that time, once (W5). */
function excuseSleep(state: DownloadState, now: number): void {
  if (state.wakeAt === null || now - state.wakeAt < AWAY_MS) return
  for (const peer of state.peers.values()) {
    if (peer.excused) continue
    peer.excused = true
    peer.lastBytesAt = now
    peer.lastSignAt = now
    peer.flow.windowAt = now
    peer.flow.windowBytes = 0
  }
}

function apply(
  state: DownloadState,
  event: DownloadEvent,
  moment: Moment,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const { now } = moment
  switch (event.type) {
    case 'wake':
      return
    case 'checked':
      for (const index of event.indexes) markHeld(state, index)
      state.traffic.reused += event.reusedBytes
      applySession(state, event.session)
      for (const { deviceId, role } of event.stores) joined(state, deviceId, role, now)
      return
    case 'policy':
      return applyPolicy(state, event.role, event.windows, now)
    case 'session':
      return applySession(state, event)
    case 'lost':
      for (const [index, chunk] of state.table.chunks.entries())
        if (event.digests.has(chunk.digest) && state.table.status[index] === HELD) giveBack(state, index)
      return
    case 'introduced':
      if (state.contact.name === 'asking')
        state.contact = { ...state.contact, name: 'connecting', deviceId: event.deviceId }
      return
    case 'contact-failed':
      // Anything else is an answer that comes after its time was up.
      if (state.contact.name === 'asking' || state.contact.name === 'connecting')
        contactFailed(state, event.retryAt === null ? null : toLocal(event.retryAt, moment), now, options)
      return
    case 'peer-joined':
      return joined(state, event.deviceId, event.role, now)
    case 'peer-left':
      return left(state, event.deviceId, now, options)
    case 'peer-offer':
    case 'peer-have':
    case 'peer-alive':
    case 'peer-progress':
    case 'peer-reject':
      return applyPeer(state, event, now, options)
    case 'grant':
      return granted(state, event.token, toLocal(event.expiresAt, moment), now, options)
    case 'grant-refused':
      return grantRefused(state, event.retryAt, moment, options)
    case 'origin-failed':
      return originFailed(state, event, moment, options)
    case 'received':
      return received(state, event, now, options, effects)
    case 'verified':
      if (state.table.status[event.index] === STORING) setStatus(state.table, event.index, VERIFIED)
      return
    case 'stored':
      state.storingBytes -= chunkBytes(state.table, event.index)
      state.storage = null
      return markHeld(state, event.index)
    case 'bad-chunk':
      return badChunk(state, event.index, event.from, now, options, effects)
    case 'room-made':
      state.storage = null
      return
    case 'disk-refused':
      return diskRefused(state, event.reason, event.message, now, options, effects)
    case 'no-room':
      return tellTrouble(state, effects)
    case 'enough':
      state.isEnough = true
      return
    case 'hold-back':
      return holdBack(state, event.on, now)
    case 'store-failed':
      return storeFailed(state, event, now, options, effects)
  }
}

/** The monotonic instant of a server time. */
function toLocal(serverTime: number, { now, serverNow }: Moment): number {
  return now + (serverTime - serverNow)
}

function applyPolicy(state: DownloadState, role: Role, windows: Windows, now: number): void {
  state.role = role
  state.windows = windows
  // What was refused under the old windows may be asked for again under the new ones.
  if (state.origin.grant.name === 'refused') state.origin.grant = { name: 'none' }
  if (state.contact.name === 'pausing' || state.contact.name === 'deferred') state.contact = { name: 'idle' }
  for (const peer of state.peers.values()) {
    if (peer.offer === 'silent' || peer.offer === 'later') peer.suspectUntil = now
  }
}

function applySession(state: DownloadState, { online, storesOnline }: SessionView): void {
  const { contact, origin } = state
  const isWaiting = contact.name === 'pausing' || contact.name === 'deferred'
  if (online !== state.online) {
    // A request does not outlive its session; what was refused in the last one may be asked again.
    if (origin.grant.name !== 'held') origin.grant = { name: 'none' }
    if (contact.name === 'asking' || (online && isWaiting)) state.contact = { name: 'idle' }
    // Who gives a session can be asked again, however long the pauses had grown while it was away.
    if (online) origin.pausedUntil = Number.NEGATIVE_INFINITY
  } else if (storesOnline > state.storesOnline && isWaiting) state.contact = { name: 'idle' }
  state.online = online
  state.storesOnline = storesOnline
}

function granted(
  state: DownloadState,
  token: string,
  expiresAt: number,
  now: number,
  options: KioskOptions,
): void {
  const lifeMs = expiresAt - now
  // Never at once, however short its life: an origin that refuses it says so.
  const renewAt = now + Math.max(lifeMs - GRANT_RENEW_MS, lifeMs / 2, options.minRetryMs)
  state.origin.grant = { name: 'held', token, renewAt }
}

/** `retryAt`: server time; without one, some time later. */
function grantRefused(
  state: DownloadState,
  retryAt: number | null,
  moment: Moment,
  options: KioskOptions,
): void {
  const { now } = moment
  const until =
    retryAt === null
      ? now + options.suspectMs
      : refusedUntil(toLocal(retryAt, moment), now) + spreadMs(state, options)
  state.origin.grant = { name: 'refused', until }
}

/** Counted whatever it is; stored unless a copy from elsewhere was faster (I3). */
function received(
  state: DownloadState,
  event: Extract<DownloadEvent, { type: 'received' }>,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const { index, from, encoded } = event
  if (from === 'server') {
    state.origin.fetching.delete(index)
    state.origin.failures = 0
    state.traffic.fromServer += encoded.byteLength
  } else {
    const peer = state.peers.get(from.deviceId)
    if (peer !== undefined) {
      peer.lastBytesAt = now
      peer.lastSignAt = now
      peer.excused = false
      peer.stall = null
      flowed(peer.flow, event.lastBytes ?? encoded.byteLength, now, options)
    }
    state.traffic.fromStores += encoded.byteLength
  }
  for (const peer of state.peers.values()) {
    if (!peer.asked.has(index)) continue
    dropAsked(state, peer, index)
    if (from === 'server' || peer.deviceId !== from.deviceId)
      effects.push({ type: 'cancel', deviceId: peer.deviceId, indexes: [index] })
  }
  state.hedged.delete(index)
  const status = state.table.status[index]
  if (status === HELD || status === STORING || status === VERIFIED) return
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
  event: Extract<DownloadEvent, { type: 'origin-failed' }>,
  moment: Moment,
  options: KioskOptions,
): void {
  const { index, reason, retryAt } = event
  state.origin.fetching.delete(index)
  giveBackUnlessAsked(state, index)
  if (reason === 'grant' && retryAt !== null) return grantRefused(state, retryAt, moment, options)
  if (reason === 'grant') state.origin.grant = { name: 'none' }
  pauseOrigin(state, moment.now, options)
}

function storeFailed(
  state: DownloadState,
  event: Extract<DownloadEvent, { type: 'store-failed' }>,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  state.storingBytes -= chunkBytes(state.table, event.index)
  giveBack(state, event.index)
  // Chunks under way together fail together.
  if (state.storage === null) diskRefused(state, event.reason, event.message, now, options, effects)
}

function diskRefused(
  state: DownloadState,
  reason: 'out-of-space' | 'storage-failed',
  message: string,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const failures = (state.storage?.failures ?? 0) + 1
  state.storage = { reason, message, failures, until: now + backoffMs(failures, options) }
  // A full disk is news only when there is nothing left to evict.
  if (reason === 'storage-failed') tellTrouble(state, effects)
  effects.push({ type: 'make-room' })
}

function tellTrouble(state: DownloadState, effects: DownloadEffect[]): void {
  const { storage } = state
  if (storage === null || state.toldTrouble === storage.reason) return
  state.toldTrouble = storage.reason
  effects.push({ type: 'storage-trouble', reason: storage.reason, message: storage.message })
}

/** Stores that were asked nothing meanwhile are as good as they were when it began. */
function holdBack(state: DownloadState, on: boolean, now: number): void {
  if (state.heldBack && !on) for (const peer of state.peers.values()) peer.lastSignAt = now
  state.heldBack = on
}
