/**
 * Whether stores can be expected to deliver (W5): the one question on which the turn to the server hangs.
 * A link that is young, an offer that is alive, or a first attempt to reach a store give hope; retries do not.
 */
import type { KioskOptions } from '../../options.ts'
import { isTrickle } from './flow.ts'
import type { DownloadState, PeerView } from './state.ts'

/** May be asked for chunks now. */
export function isAskable(peer: PeerView, now: number): boolean {
  return peer.offer === 'offering' && !isLeftAlone(peer, now)
}

/** It asked for that itself, or it stalled. */
function isLeftAlone({ suspectUntil, stall }: PeerView, now: number): boolean {
  return now < suspectUntil || (stall !== null && now < stall.pausedUntil)
}

/** Asked, and no byte for the stall timeout, or no more than a trickle. */
export function isStalled(peer: PeerView, now: number, options: KioskOptions): boolean {
  if (peer.asked.size === 0) return false
  return now >= peer.lastBytesAt + options.stallTimeoutMs || isTrickle(peer.flow, now, options)
}

function isHopeful(peer: PeerView, now: number, options: KioskOptions): boolean {
  if (now >= peer.lastSignAt + options.stallTimeoutMs) return false
  // Both sides learn of an assignment or a window within moments: who says "later" still counts for that long.
  if (peer.offer === 'later') return true
  return peer.offer !== 'silent' && !isLeftAlone(peer, now) && !isStalled(peer, now, options)
}

export function hopefulPeers(state: DownloadState, now: number, options: KioskOptions): PeerView[] {
  return [...state.peers.values()].filter(peer => isHopeful(peer, now, options))
}

/** A store is being reached for the first time since there was reason to. */
export function isContactHopeful(state: DownloadState, now: number, options: KioskOptions): boolean {
  const { contact } = state
  if (contact.name === 'idle' || contact.name === 'pausing' || contact.attempt > 0) return false
  return now < contact.since + options.contactTimeoutMs
}

export function storesHopeful(state: DownloadState, now: number, options: KioskOptions): boolean {
  return isContactHopeful(state, now, options) || hopefulPeers(state, now, options).length > 0
}

/**
 * When a device may turn to the server once that is open and wanted: a store at once, kiosks spread over a moment, since
 * all of a fleet see a window open at the same instant. Infinite while the server is not wanted.
 */
export function admittedAt(state: DownloadState, options: KioskOptions): number {
  const { wantedAt } = state.origin
  return wantedAt === null ? Number.POSITIVE_INFINITY : wantedAt + spreadMs(state, options)
}

/** How long after an instant that many devices wait for this one begins. */
export function spreadMs(state: DownloadState, options: KioskOptions): number {
  return state.role === 'store' ? 0 : Math.floor(state.chance * options.admissionSpreadMs)
}
