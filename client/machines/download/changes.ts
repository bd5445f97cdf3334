/**
 * Changes to a download's state that more than one input or decision makes. They keep the counts in step with one
 * another; none of them asks anybody for anything.
 */
import type { KioskOptions } from '../../options.ts'
import {
  ASKED,
  canonicalIndex,
  chunkBytes,
  type DownloadState,
  HELD,
  MISSING,
  type PeerView,
  setStatus,
} from './state.ts'

export function contactFailed(
  state: DownloadState,
  retryAt: number | null,
  now: number,
  options: KioskOptions,
): void {
  const attempt = 'attempt' in state.contact ? state.contact.attempt + 1 : 1
  const pauseMs = Math.min(options.maxRetryMs, options.minRetryMs * 2 ** Math.min(attempt, 16))
  state.contact = { name: 'pausing', attempt, until: retryAt ?? now + pauseMs }
}

export function pauseOrigin(state: DownloadState, now: number, options: KioskOptions): void {
  // Requests under way together fail together: that is one failure.
  if (now >= state.origin.pausedUntil) state.origin.failures += 1
  const pauseMs = Math.min(
    options.maxRetryMs,
    options.minRetryMs * 2 ** Math.min(state.origin.failures - 1, 16),
  )
  state.origin.pausedUntil = now + pauseMs
}

export function markHeld(state: DownloadState, index: number): void {
  const first = canonicalIndex(state.table, index)
  if (first !== null) setStatus(state.table, first, HELD)
}

export function dropAsked(state: DownloadState, peer: PeerView, index: number): void {
  if (peer.asked.delete(index)) peer.askedBytes -= chunkBytes(state.table, index)
}

/** Takes one request back from a peer. */
export function takeBack(state: DownloadState, peer: PeerView, index: number): void {
  dropAsked(state, peer, index)
  if (state.table.status[index] === ASKED) giveBack(state, index)
}

/** A chunk is wanted again: whoever has it may be asked. */
export function giveBack(state: DownloadState, index: number): void {
  setStatus(state.table, index, MISSING)
  for (const peer of state.peers.values()) if (peer.has.has(index)) peer.queue.push(index)
}
