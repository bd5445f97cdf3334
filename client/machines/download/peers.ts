/** What the links to stores tell a download: who is there, what they offer, what they refuse. Only changes the state. */
import type { Role } from '../../../policy/windows.ts'
import { bitfieldHas } from '../../../protocol/peer/bitfield.ts'
import type { RejectReason } from '../../../protocol/peer/messages.ts'
import type { KioskOptions } from '../../options.ts'
import { contactFailed, giveBackUnlessAsked, takeBack } from './changes.ts'
import { canonicalIndex, MISSING } from './chunk-table.ts'
import { createFlow, flowed } from './flow.ts'
import type { DownloadState, PeerView } from './state.ts'

export type PeerEvent =
  | { readonly type: 'peer-offer'; readonly deviceId: string; readonly bits: Uint8Array }
  | { readonly type: 'peer-have'; readonly deviceId: string; readonly indexes: readonly number[] }
  /** It says that bytes of the release are reaching it. */
  | { readonly type: 'peer-alive'; readonly deviceId: string }
  /** Some of the bytes that were asked for came. */
  | { readonly type: 'peer-progress'; readonly deviceId: string; readonly bytes: number }
  | {
      readonly type: 'peer-reject'
      readonly deviceId: string
      readonly reason: RejectReason
      readonly retryAfterMs: number
      readonly indexes: readonly number[]
    }

/** Interest is shown when the stores are open to this device (I1), which `decide.ts` knows. */
export function joined(state: DownloadState, deviceId: string, role: Role, now: number): void {
  state.peers.set(deviceId, {
    deviceId,
    role,
    offer: 'silent',
    has: new Set(),
    queue: [],
    asked: new Set(),
    askedBytes: 0,
    flow: createFlow(now),
    lastBytesAt: now,
    lastSignAt: now,
    excused: false,
    suspectUntil: Number.NEGATIVE_INFINITY,
    stall: null,
  })
  const { contact } = state
  // Another store than the one that is being reached may join: that reaching goes on.
  if (contact.name === 'pausing' || (contact.name === 'connecting' && contact.deviceId === deviceId)) {
    state.contact = { name: 'idle' }
  }
}

export function left(state: DownloadState, deviceId: string, now: number, options: KioskOptions): void {
  const peer = state.peers.get(deviceId)
  state.peers.delete(deviceId)
  for (const index of peer?.asked ?? []) giveBackUnlessAsked(state, index)
  const { contact } = state
  const wasReached = contact.name === 'connecting' && contact.deviceId === deviceId
  // A store that lets go of an open link must not be called again without a pause either.
  if (wasReached || (peer !== undefined && contact.name === 'idle')) contactFailed(state, null, now, options)
}

export function applyPeer(state: DownloadState, event: PeerEvent, now: number, options: KioskOptions): void {
  const peer = state.peers.get(event.deviceId)
  if (peer === undefined) return
  if (event.type !== 'peer-reject') peer.lastSignAt = now
  switch (event.type) {
    case 'peer-alive':
      return
    case 'peer-progress':
      peer.lastBytesAt = now
      peer.excused = false
      peer.stall = null
      flowed(peer.flow, event.bytes, now, options)
      return
    case 'peer-offer':
      peer.offer = 'offering'
      peer.suspectUntil = Math.min(peer.suspectUntil, now)
      if (peer.stall !== null) peer.stall = { pausedUntil: now }
      // A bitfield is the whole truth: what was known before may be gone, and falls to whoever fetches for the site.
      state.origin.share = null
      peer.has.clear()
      peer.queue.length = 0
      for (const index of state.table.firstIndex)
        if (bitfieldHas(event.bits, index)) learn(state, peer, index)
      return
    case 'peer-have':
      for (const index of event.indexes) {
        const first = canonicalIndex(state.table, index)
        if (first !== null) learn(state, peer, first)
      }
      return
    case 'peer-reject':
      rejected(state, peer, event, now, options)
  }
}

/** Also what is held here: it may be lost later. */
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
  const pauseMs = event.retryAfterMs > 0 ? event.retryAfterMs : options.suspectMs
  if (event.indexes.length === 0) {
    peer.offer = event.retryAfterMs > 0 ? 'later' : 'silent'
    peer.suspectUntil = now + pauseMs
    for (const index of [...peer.asked]) takeBack(state, peer, index)
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
