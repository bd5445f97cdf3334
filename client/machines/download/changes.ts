/**
 * Changes to a download's state that more than one input or decision makes. They keep the counts in step with one
 * another; none of them asks anybody for anything.
 */
import type { KioskOptions } from '../../options.ts'
import { ASKED, canonicalIndex, chunkBytes, HELD, MISSING, setStatus } from './chunk-table.ts'
import type { DownloadState, PeerView } from './state.ts'

/** A server that says "not yet" and an instant that is already past here must not be asked in a tight circle. */
const REFUSED_PAUSE_MS = 100

/** `retryAt`: monotonic, when the server named an instant. */
export function contactFailed(
  state: DownloadState,
  retryAt: number | null,
  now: number,
  options: KioskOptions,
): void {
  const { contact } = state
  if (retryAt !== null && (contact.name === 'asking' || contact.name === 'connecting')) {
    const until = refusedUntil(retryAt, now)
    state.contact = { name: 'deferred', since: contact.since, attempt: contact.attempt, until }
    return
  }
  const attempt = 'attempt' in contact ? contact.attempt + 1 : 1
  state.contact = { name: 'pausing', attempt, until: now + backoffMs(attempt, options) }
}

export function refusedUntil(retryAt: number, now: number): number {
  return Math.max(retryAt, now + REFUSED_PAUSE_MS)
}

export function pauseOrigin(state: DownloadState, now: number, options: KioskOptions): void {
  // Requests under way together fail together: that is one failure.
  if (now >= state.origin.pausedUntil) state.origin.failures += 1
  state.origin.pausedUntil = now + backoffMs(state.origin.failures, options)
}

/** The first pause is `minRetryMs`; each further one twice as long, up to `maxRetryMs`. */
export function backoffMs(failures: number, options: KioskOptions): number {
  return Math.min(options.maxRetryMs, options.minRetryMs * 2 ** Math.min(failures - 1, 16))
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
  giveBackUnlessAsked(state, index)
}

/** A request has come to nothing: the chunk is wanted again, unless it is asked of somebody else as well. */
export function giveBackUnlessAsked(state: DownloadState, index: number): void {
  if (state.table.status[index] !== ASKED || state.origin.fetching.has(index)) return
  for (const peer of state.peers.values()) if (peer.asked.has(index)) return
  giveBack(state, index)
}

/** A chunk is wanted again: whoever has it may be asked. */
export function giveBack(state: DownloadState, index: number): void {
  setStatus(state.table, index, MISSING)
  state.hedged.delete(index)
  state.origin.share = null
  for (const peer of state.peers.values()) if (peer.has.has(index)) peer.queue.push(index)
}
