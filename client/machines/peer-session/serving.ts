/**
 * The serving side of a peer session: what is offered to the other device, and whose turn it is (PR-P5 to PR-P8, PR-P11).
 * The windows decide, by server time: when interest is shown, when chunks are asked for, and when each is sent (W2, W3, W9).
 */
import { mayServe } from '../../../policy/windows.ts'
import { MAX_INTERESTS_PER_LINK } from '../../../protocol/limits.ts'
import { bitfieldOf } from '../../../protocol/peer/bitfield.ts'
import type { RejectReason } from '../../../protocol/peer/messages.ts'
import { closeLink, type PeerSessionEffect, sendIndexes, sendReject } from './effects.ts'
import type { PeerSessionState, Served, Share, Shares } from './state.ts'

/** At most one sign of life per release in this time (PR-P8); less than a third of the stall timeout. */
const FETCHING_INTERVAL_MS = 1_500

/** Both sides learn of an assignment at about the same time, so the other need not wait long. */
const NOT_ASSIGNED_RETRY_MS = 1_000

/** `retryAt`: server time at which it is worth asking again; null when time alone changes nothing. */
interface Refusal {
  readonly reason: RejectReason
  readonly retryAt: number | null
}

/** Whether the windows let this device serve a release to the other side now (W2, W3, W9). */
function refusalOf(state: PeerSessionState, share: Share | undefined, now: number): Refusal | null {
  if (share === undefined) return { reason: 'not-assigned', retryAt: now + NOT_ASSIGNED_RETRY_MS }
  // A link lives for one role: when the server gives this device another, its links end (W8).
  if (state.selfRole !== 'store') return { reason: 'not-held', retryAt: null }
  const access = mayServe(share.windows, state.remote.role, now)
  if (access.state === 'open') return null
  return access.reason === 'proxy-distribution-off'
    ? { reason: 'proxy-distribution-off', retryAt: null }
    : { reason: 'window-closed', retryAt: access.retryAt }
}

export function interested(
  state: PeerSessionState,
  release: string,
  chunkCount: number,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  if (!state.served.has(release) && state.served.size >= MAX_INTERESTS_PER_LINK) {
    return closeLink(state, 'interest in too many releases', true, effects)
  }
  const served: Served = {
    chunkCount,
    queue: new Set(),
    open: false,
    fetchingSentAt: Number.NEGATIVE_INFINITY,
  }
  state.served.set(release, served)
  const share = shares.get(release)
  const refusal = refusalOf(state, share, now)
  if (share === undefined || refusal !== null) return refuse(release, served, refusal, now, effects)
  offer(state, release, served, share, effects)
}

export function requested(
  state: PeerSessionState,
  release: string,
  indexes: readonly number[],
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  const served = state.served.get(release)
  if (served === undefined) return closeLink(state, 'a request without interest', true, effects)
  const share = shares.get(release)
  const refusal = refusalOf(state, share, now)
  if (share === undefined || refusal !== null) return refuse(release, served, refusal, now, effects)
  const notHeld: number[] = []
  for (const index of indexes) {
    if (share.holds(index)) served.queue.add(index)
    else notHeld.push(index)
  }
  if (notHeld.length > 0) sendReject(release, 'not-held', 0, notHeld, effects)
}

/** The other side takes requests back that have not begun. */
export function cancelled(state: PeerSessionState, release: string, indexes: readonly number[]): void {
  const served = state.served.get(release)
  if (served === undefined) return
  for (const index of indexes) served.queue.delete(index)
}

/** Chunks were stored here (PR-P6). */
export function gained(
  state: PeerSessionState,
  release: string,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  if (state.served.get(release)?.open) sendIndexes('have', release, indexes, effects)
}

/** Bytes of the release are reaching this device (PR-P8). */
export function fetching(
  state: PeerSessionState,
  release: string,
  now: number,
  effects: PeerSessionEffect[],
): void {
  const served = state.served.get(release)
  // Server time may be set back; the distance then counts all the same.
  if (!served?.open || Math.abs(now - served.fetchingSentAt) < FETCHING_INTERVAL_MS) return
  served.fetchingSentAt = now
  effects.push({ type: 'send', message: { type: 'fetching', release } })
}

/** Offers what may be served from now on, and takes back what may not (PR-P5, PR-P11). */
export function review(
  state: PeerSessionState,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  for (const [release, served] of state.served) {
    if (state.phase === 'closed') return
    const share = shares.get(release)
    const refusal = refusalOf(state, share, now)
    if (share !== undefined && refusal === null) {
      if (!served.open) offer(state, release, served, share, effects)
      else checkLength(state, served, share, effects)
    } else if (served.open) refuse(release, served, refusal, now, effects)
  }
}

/** When time alone opens a release to the other side (server time); null when nothing waits for that. */
export function nextOpeningAt(state: PeerSessionState, now: number, shares: Shares): number | null {
  let next: number | null = null
  for (const [release, served] of state.served) {
    if (served.open) continue
    const refusal = refusalOf(state, shares.get(release), now)
    if (refusal?.reason !== 'window-closed' || refusal.retryAt === null) continue
    if (next === null || refusal.retryAt < next) next = refusal.retryAt
  }
  return next
}

/** Begins the next chunk if none is under way; releases take turns (PR-P7). */
export function sendNext(
  state: PeerSessionState,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  if (state.sending !== null) return
  for (const [release, served] of state.served) {
    const [index] = served.queue
    if (index === undefined) continue
    // Asked while the window was open and reached only now: the windows hold at the moment of sending.
    const refusal = refusalOf(state, shares.get(release), now)
    if (refusal !== null) {
      refuse(release, served, refusal, now, effects)
      continue
    }
    served.queue.delete(index)
    state.sending = { release, index }
    // The release whose turn it was goes to the end, so that each gets its turn.
    state.served.delete(release)
    state.served.set(release, served)
    effects.push({ type: 'send-chunk', release, index, maxFrameBytes: state.remoteMaxFrameBytes })
    return
  }
}

/** What `sendNext` will come to, as far as it is known now: releases take turns. */
export function* upcoming(state: PeerSessionState): Generator<{ release: string; index: number }> {
  const queues = [...state.served].map(([release, { queue }]) => ({ release, queue: queue.values() }))
  while (queues.length > 0) {
    for (const turn of [...queues]) {
      const next = turn.queue.next()
      if (next.done) queues.splice(queues.indexOf(turn), 1)
      else yield { release: turn.release, index: next.value }
    }
  }
}

export function chunkDone(
  state: PeerSessionState,
  outcome: 'sent' | 'unreadable',
  effects: PeerSessionEffect[],
): void {
  if (outcome === 'unreadable' && state.sending !== null) {
    sendReject(state.sending.release, 'not-held', 0, [state.sending.index], effects)
  }
  state.sending = null
}

function offer(
  state: PeerSessionState,
  release: string,
  served: Served,
  share: Share,
  effects: PeerSessionEffect[],
): void {
  if (!checkLength(state, served, share, effects)) return
  served.open = true
  const { chunkCount } = served
  const bits = bitfieldOf(chunkCount, share.holds)
  effects.push({ type: 'send', message: { type: 'bitfield', release, chunkCount, bits } })
}

/** PR-P4: the digest names one manifest, so both sides must know the same number of chunks, once both know it. */
function checkLength(
  state: PeerSessionState,
  served: Served,
  share: Share,
  effects: PeerSessionEffect[],
): boolean {
  if (share.chunkCount === null || share.chunkCount === served.chunkCount) return true
  closeLink(state, 'interest in a release of another length', true, effects)
  return false
}

function refuse(
  release: string,
  served: Served,
  refusal: Refusal | null,
  now: number,
  effects: PeerSessionEffect[],
): void {
  served.open = false
  served.queue.clear()
  const reason = refusal?.reason ?? 'not-held'
  const retryAt = refusal?.retryAt ?? now
  effects.push({ type: 'refused-to-serve', release, reason })
  sendReject(release, reason, Math.max(0, retryAt - now), [], effects)
}
