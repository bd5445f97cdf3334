/**
 * One link between two devices, both sides of it (docs/PROTOCOL.md, PR-P1 to PR-P12): greeting, what the other side
 * offers, what was asked of it, and serving what it asks for, as far as the windows allow (W3, W9).
 * Knows no WebRTC and reads no chunks; times are server time in epoch ms. Its state is updated in place.
 */
import { mayServe, type Role, type Windows } from '../../policy/windows.ts'
import {
  MAX_INDEXES_PER_MESSAGE,
  MAX_INTERESTS_PER_LINK,
  MAX_PEER_FRAME_BYTES,
} from '../../protocol/limits.ts'
import { bitfieldOf } from '../../protocol/peer/bitfield.ts'
import { addSlice, type ChunkAssembly } from '../../protocol/peer/chunk-assembly.ts'
import type { PeerMessage, RejectReason } from '../../protocol/peer/messages.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../protocol/version.ts'

/** A release this device could serve: its windows, and which chunks are here. */
export interface Share {
  readonly windows: Windows
  /** Null while the manifest is not here yet: the release is offered as wholly missing until it is. */
  readonly chunkCount: number | null
  readonly holds: (index: number) => boolean
}
/** By release digest; what is assigned to this device and has a manifest here. */
export type Shares = ReadonlyMap<string, Share>

/** What we want of the other side. */
interface Wanted {
  readonly sizes: readonly { readonly sizeBytes: number }[]
  /** Requested and neither complete nor cancelled. */
  readonly asked: Set<number>
  /** Cancelled after the other side may have begun: slices of these are dropped quietly. */
  readonly cancelled: Set<number>
}

/** What the other side wants of us. */
interface Served {
  /** As the other side knows it from its manifest. */
  readonly chunkCount: number
  /** Requested, in order, not yet begun. */
  readonly queue: number[]
  open: boolean
  fetchingSentAt: number
}

export interface PeerSessionState {
  readonly remote: { readonly deviceId: string; role: Role }
  readonly selfRole: Role
  phase: 'connecting' | 'greeting' | 'open' | 'closed'
  remoteMaxFrameBytes: number
  readonly wanted: Map<string, Wanted>
  readonly served: Map<string, Served>
  /** The chunk being read or sent; one at a time keeps slices in order. */
  sending: { readonly release: string; readonly index: number } | null
  receiving: { readonly release: string; readonly index: number; assembly: ChunkAssembly | null } | null
}

export type PeerSessionEvent =
  | { readonly type: 'link-open' }
  | { readonly type: 'link-closed' }
  | { readonly type: 'message'; readonly message: PeerMessage }
  | { readonly type: 'violation'; readonly detail: string }
  | {
      readonly type: 'want'
      readonly release: string
      readonly sizes: readonly { readonly sizeBytes: number }[]
    }
  | { readonly type: 'unwant'; readonly release: string }
  | { readonly type: 'ask'; readonly release: string; readonly indexes: readonly number[] }
  | { readonly type: 'cancel'; readonly release: string; readonly indexes: readonly number[] }
  /** Chunks were stored here: whoever is interested may ask for them. */
  | { readonly type: 'gained'; readonly release: string; readonly indexes: readonly number[] }
  /** Bytes of the release are reaching this device. */
  | { readonly type: 'fetching'; readonly release: string }
  /** What may be served has changed: a window opened or closed, a release was assigned or taken away. */
  | { readonly type: 'shares-changed' }
  /** The chunk in `sending` was sent, or could not be read. */
  | { readonly type: 'chunk-done'; readonly outcome: 'sent' | 'unreadable' }

export type PeerSessionEffect =
  | { readonly type: 'send'; readonly message: PeerMessage }
  /** Read, verify and send this chunk in slices, then report `chunk-done`. */
  | {
      readonly type: 'send-chunk'
      readonly release: string
      readonly index: number
      readonly maxFrameBytes: number
    }
  | { readonly type: 'close'; readonly reason: string; readonly violation: boolean }
  | { readonly type: 'opened' }
  | { readonly type: 'offer'; readonly release: string; readonly bits: Uint8Array }
  | { readonly type: 'have'; readonly release: string; readonly indexes: readonly number[] }
  | { readonly type: 'alive'; readonly release: string }
  | {
      readonly type: 'rejected'
      readonly release: string
      readonly reason: RejectReason
      readonly retryAfterMs: number
      readonly indexes: readonly number[]
    }
  | {
      readonly type: 'chunk'
      readonly release: string
      readonly index: number
      readonly encoded: Uint8Array<ArrayBuffer>
    }
  | { readonly type: 'refused-to-serve'; readonly release: string; readonly reason: RejectReason }

/** At most one sign of life per release in this time (PR-P8); a third of the stall timeout. */
export const FETCHING_INTERVAL_MS = 1_500

const NOT_ASSIGNED_RETRY_MS = 1_000

export function createPeerSession(
  remote: { deviceId: string; role: Role },
  selfRole: Role,
): PeerSessionState {
  return {
    remote: { ...remote },
    selfRole,
    phase: 'connecting',
    remoteMaxFrameBytes: 0,
    wanted: new Map(),
    served: new Map(),
    sending: null,
    receiving: null,
  }
}

export function stepPeerSession(
  state: PeerSessionState,
  event: PeerSessionEvent,
  now: number,
  shares: Shares,
): { readonly state: PeerSessionState; readonly effects: readonly PeerSessionEffect[] } {
  const effects: PeerSessionEffect[] = []
  if (state.phase !== 'closed') {
    apply(state, event, now, shares, effects)
    if (state.phase === 'open') sendNext(state, now, shares, effects)
  }
  return { state, effects }
}

function apply(
  state: PeerSessionState,
  event: PeerSessionEvent,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  switch (event.type) {
    case 'link-open':
      if (state.phase !== 'connecting') return
      state.phase = 'greeting'
      effects.push({
        type: 'send',
        message: {
          type: 'hello',
          protocolVersion: PROTOCOL_VERSION,
          minProtocolVersion: MIN_PROTOCOL_VERSION,
          maxFrameBytes: MAX_PEER_FRAME_BYTES,
        },
      })
      return
    case 'link-closed':
      state.phase = 'closed'
      return
    case 'violation':
      return close(state, event.detail, true, effects)
    case 'message':
      return receive(state, event.message, now, shares, effects)
    case 'want':
      state.wanted.set(event.release, { sizes: event.sizes, asked: new Set(), cancelled: new Set() })
      effects.push({
        type: 'send',
        message: { type: 'interest', release: event.release, chunkCount: event.sizes.length },
      })
      return
    case 'unwant':
      state.wanted.delete(event.release)
      return
    case 'ask':
      for (const index of event.indexes) state.wanted.get(event.release)?.asked.add(index)
      sendIndexes('request', event.release, event.indexes, effects)
      return
    case 'cancel':
      for (const index of event.indexes) {
        if (state.wanted.get(event.release)?.asked.delete(index))
          state.wanted.get(event.release)?.cancelled.add(index)
      }
      sendIndexes('cancel', event.release, event.indexes, effects)
      return
    case 'gained':
      if (state.served.get(event.release)?.open) {
        sendIndexes('have', event.release, event.indexes, effects)
      }
      return
    case 'fetching': {
      const served = state.served.get(event.release)
      if (!served?.open || now < served.fetchingSentAt + FETCHING_INTERVAL_MS) return
      served.fetchingSentAt = now
      effects.push({ type: 'send', message: { type: 'fetching', release: event.release } })
      return
    }
    case 'shares-changed':
      for (const [release, served] of state.served) review(state, release, served, now, shares, effects)
      return
    case 'chunk-done':
      if (event.outcome === 'unreadable' && state.sending !== null) {
        reject(state.sending.release, 'not-held', 0, [state.sending.index], effects)
      }
      state.sending = null
  }
}

function receive(
  state: PeerSessionState,
  message: PeerMessage,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  if (message.type === 'hello') return greeted(state, message, effects)
  if (state.phase !== 'open')
    return close(state, `a ${message.type} message came before hello`, true, effects)
  switch (message.type) {
    case 'interest':
      return interested(state, message.release, message.chunkCount, now, shares, effects)
    case 'request':
      return requested(state, message.release, message.indexes, now, shares, effects)
    case 'cancel': {
      const served = state.served.get(message.release)
      if (served === undefined) return
      const cancelled = new Set(message.indexes)
      const kept = served.queue.filter(index => !cancelled.has(index))
      served.queue.splice(0, served.queue.length, ...kept)
      return
    }
    default:
      return answered(state, message, effects)
  }
}

/** Answers about what we want; about anything else they are late and dropped. */
function answered(
  state: PeerSessionState,
  message: Extract<PeerMessage, { type: 'bitfield' | 'have' | 'fetching' | 'reject' | 'chunk' }>,
  effects: PeerSessionEffect[],
): void {
  const { release } = message
  const wanted = state.wanted.get(release)
  if (wanted === undefined && message.type !== 'chunk') return
  switch (message.type) {
    case 'bitfield':
      if (message.chunkCount !== wanted?.sizes.length)
        return close(state, 'a bitfield of another length', true, effects)
      effects.push({ type: 'offer', release, bits: message.bits })
      return
    case 'have':
      effects.push({ type: 'have', release, indexes: message.indexes })
      return
    case 'fetching':
      effects.push({ type: 'alive', release })
      return
    case 'reject':
      if (wanted !== undefined) {
        // What is already under way still comes, and is late rather than wrong.
        const rejected = message.indexes.length === 0 ? [...wanted.asked] : message.indexes
        for (const index of rejected) if (wanted.asked.delete(index)) wanted.cancelled.add(index)
      }
      effects.push({ ...message, type: 'rejected' })
      return
    case 'chunk':
      return sliced(state, message, wanted, effects)
  }
}

function greeted(
  state: PeerSessionState,
  message: Extract<PeerMessage, { type: 'hello' }>,
  effects: PeerSessionEffect[],
): void {
  if (state.phase !== 'greeting') return close(state, 'hello came twice', true, effects)
  if (message.minProtocolVersion > PROTOCOL_VERSION || message.protocolVersion < MIN_PROTOCOL_VERSION) {
    return close(state, 'no common protocol version', false, effects)
  }
  state.phase = 'open'
  state.remoteMaxFrameBytes = Math.min(message.maxFrameBytes, MAX_PEER_FRAME_BYTES)
  effects.push({ type: 'opened' })
}

type Refusal = { readonly reason: RejectReason; readonly retryAfterMs: number }

/** Whether the windows let this device serve a release to the other side now (W2, W3, W9). */
function refusal(state: PeerSessionState, release: string, now: number, shares: Shares): Refusal | null {
  const share = shares.get(release)
  // The assignment may be on its way: both sides learn of a release at about the same time.
  if (share === undefined) return { reason: 'not-assigned', retryAfterMs: NOT_ASSIGNED_RETRY_MS }
  // A kiosk that was made a store serves from the moment the server says so, and no longer than that (W8).
  if (state.selfRole !== 'store') return { reason: 'not-held', retryAfterMs: 0 }
  const access = mayServe(share.windows, state.remote.role, now)
  if (access.state === 'open') return null
  if (access.reason === 'proxy-distribution-off') return { reason: 'proxy-distribution-off', retryAfterMs: 0 }
  return { reason: 'window-closed', retryAfterMs: access.retryAt === null ? 0 : access.retryAt - now }
}

function interested(
  state: PeerSessionState,
  release: string,
  chunkCount: number,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  if (!state.served.has(release) && state.served.size >= MAX_INTERESTS_PER_LINK) {
    return close(state, 'interest in too many releases', true, effects)
  }
  const served: Served = { chunkCount, queue: [], open: false, fetchingSentAt: Number.NEGATIVE_INFINITY }
  state.served.set(release, served)
  const share = shares.get(release)
  if (share !== undefined && share.chunkCount !== null && share.chunkCount !== chunkCount) {
    return close(state, 'interest in a release of another length', true, effects)
  }
  const refused = refusal(state, release, now, shares)
  if (refused === null && share !== undefined) return offer(release, served, share, chunkCount, effects)
  effects.push({ type: 'refused-to-serve', release, reason: refused?.reason ?? 'not-held' })
  reject(release, refused?.reason ?? 'not-held', refused?.retryAfterMs ?? 0, [], effects)
}

function offer(
  release: string,
  served: Served,
  share: Share,
  chunkCount: number,
  effects: PeerSessionEffect[],
): void {
  served.open = true
  const bits = bitfieldOf(chunkCount, share.holds)
  effects.push({ type: 'send', message: { type: 'bitfield', release, chunkCount, bits } })
}

function requested(
  state: PeerSessionState,
  release: string,
  indexes: readonly number[],
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  const served = state.served.get(release)
  if (served === undefined) return close(state, 'a request without interest', true, effects)
  const refused = refusal(state, release, now, shares)
  if (refused !== null) {
    effects.push({ type: 'refused-to-serve', release, reason: refused.reason })
    return reject(release, refused.reason, refused.retryAfterMs, [], effects)
  }
  const share = shares.get(release)
  const notHeld: number[] = []
  const waiting = new Set(served.queue)
  for (const index of indexes) {
    if (!share?.holds(index)) notHeld.push(index)
    else if (!waiting.has(index)) {
      served.queue.push(index)
      waiting.add(index)
    }
  }
  if (notHeld.length > 0) reject(release, 'not-held', 0, notHeld, effects)
}

/** A window opened or closed for a release the other side is interested in. */
function review(
  state: PeerSessionState,
  release: string,
  served: Served,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  const refused = refusal(state, release, now, shares)
  const share = shares.get(release)
  if (refused === null && share !== undefined && !served.open)
    offer(release, served, share, served.chunkCount, effects)
  if (refused !== null && served.open) {
    served.open = false
    served.queue.length = 0
    reject(release, refused.reason, refused.retryAfterMs, [], effects)
  }
}

function sendNext(state: PeerSessionState, now: number, shares: Shares, effects: PeerSessionEffect[]): void {
  if (state.sending !== null) return
  for (const [release, served] of state.served) {
    const index = served.queue.shift()
    if (index === undefined) continue
    // Asked while the window was open and reached only now: the windows hold at the moment of sending.
    if (refusal(state, release, now, shares) !== null) continue
    state.sending = { release, index }
    // The release whose turn it was goes to the end, so that each gets its turn.
    state.served.delete(release)
    state.served.set(release, served)
    effects.push({ type: 'send-chunk', release, index, maxFrameBytes: state.remoteMaxFrameBytes })
    return
  }
}

function sliced(
  state: PeerSessionState,
  slice: Extract<PeerMessage, { type: 'chunk' }>,
  wanted: Wanted | undefined,
  effects: PeerSessionEffect[],
): void {
  const { release, index } = slice
  const size = wanted?.sizes[index]?.sizeBytes
  if (wanted === undefined || !wanted.asked.has(index) || size === undefined) {
    // Under way when it was cancelled, or its release is no longer wanted.
    if (wanted !== undefined && !wanted.cancelled.has(index))
      return close(state, 'a chunk nobody asked for', true, effects)
    return
  }
  const current = state.receiving
  const continues = current !== null && current.release === release && current.index === index
  // The tail of a chunk that was cancelled and has been asked for again: the whole of it follows.
  if (!continues && slice.offset > 0 && wanted.cancelled.has(index)) return
  if (!continues && current?.assembly) {
    const abandoned = !state.wanted.get(current.release)?.asked.has(current.index)
    if (!abandoned) return close(state, 'slices of two chunks were mixed', true, effects)
  }
  const step = addSlice(continues ? current.assembly : null, slice, size)
  if (step.state === 'violation') return close(state, step.message, true, effects)
  if (step.state === 'partial') {
    state.receiving = { release, index, assembly: step.assembly }
    effects.push({ type: 'alive', release })
    return
  }
  state.receiving = null
  wanted.asked.delete(index)
  effects.push({ type: 'chunk', release, index, encoded: step.encoded })
}

/** In as many messages as the bound on indexes asks for. */
function sendIndexes(
  type: 'have' | 'request' | 'cancel',
  release: string,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  for (let at = 0; at < indexes.length; at += MAX_INDEXES_PER_MESSAGE) {
    const message = { type, release, indexes: indexes.slice(at, at + MAX_INDEXES_PER_MESSAGE) }
    effects.push({ type: 'send', message })
  }
}

function reject(
  release: string,
  reason: RejectReason,
  retryAfterMs: number,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  effects.push({ type: 'send', message: { type: 'reject', release, reason, retryAfterMs, indexes } })
}

function close(
  state: PeerSessionState,
  reason: string,
  violation: boolean,
  effects: PeerSessionEffect[],
): void {
  state.phase = 'closed'
  effects.push({ type: 'close', reason, violation })
}
