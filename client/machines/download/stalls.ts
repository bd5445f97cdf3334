/**
 * What becomes of a store that has stalled (I9): it is left alone for a while where another source can give what it owes,
 * and kept where there is none, since a slow line that is cut short brings nothing at all. Only changes the state and
 * takes requests back; whom to ask instead is decided in `decide.ts`.
 */
import type { KioskOptions } from '../../options.ts'
import { takeBack } from './changes.ts'
import type { DownloadEffect } from './effects.ts'
import { isAskable, isStalled } from './hope.ts'
import type { DownloadState, PeerView } from './state.ts'

/** `doubtful`: it may be asked, and its last answer was none. */
export type ServerStanding = 'none' | 'doubtful' | 'good'

/** Whether the server can be counted on now, where the windows have it open. */
export function serverStanding({ origin, online, heldBack }: DownloadState, now: number): ServerStanding {
  const { grant, pausedUntil, failures } = origin
  if (heldBack || now < pausedUntil) return 'none'
  if (grant.name === 'refused' ? now < grant.until : grant.name !== 'held' && !online) return 'none'
  return failures === 0 ? 'good' : 'doubtful'
}

/** A store that stalled is waited for, since what it owes can be had nowhere else. As of the last decision. */
export function keepsStalled(state: DownloadState, now: number, options: KioskOptions): boolean {
  return [...state.peers.values()].some(peer => isStalled(peer, now, options))
}

/** What was asked of stores that have stalled goes back, as far as it can be had elsewhere. */
export function withdrawStalled(
  state: DownloadState,
  server: ServerStanding,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  for (const peer of state.peers.values())
    if (isStalled(peer, now, options)) handOver(state, peer, server, now, options, effects)
}

/** Stores that were left alone for a stall and are needed after all: better one that stalled than none. */
export function* recallStalled(
  state: DownloadState,
  server: ServerStanding,
  now: number,
  options: KioskOptions,
): Generator<PeerView> {
  if (server === 'good') return
  for (const peer of state.peers.values()) {
    if (peer.stall === null || now >= peer.stall.pausedUntil) continue
    if (isAnotherStoreBusy(state, peer, now, options)) continue
    peer.stall = { pausedUntil: now }
    yield peer
  }
}

function handOver(
  state: DownloadState,
  peer: PeerView,
  server: ServerStanding,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const others = state.heldBack ? [] : othersAtWork(state, peer, now, options)
  const canBeHad = (index: number) => server === 'good' || others.some(({ has }) => has.has(index))
  const indexes = [...peer.asked].filter(canBeHad)
  if (indexes.length === peer.asked.size) peer.stall = { pausedUntil: now + options.suspectMs }
  // One chunk finds out whether the server answers again, where nothing else is left to ask it for.
  const mayTryServer =
    server === 'doubtful' && state.origin.fetching.size === 0 && state.table.missing.size === 0
  const last = [...peer.asked].at(-1)
  if (indexes.length === 0 && mayTryServer && last !== undefined) indexes.push(last)
  if (indexes.length === 0) return
  for (const index of indexes) takeBack(state, peer, index)
  effects.push({ type: 'cancel', deviceId: peer.deviceId, indexes })
}

/** Stores that may be asked, of which none has stalled since it last sent something. */
function othersAtWork(
  state: DownloadState,
  peer: PeerView,
  now: number,
  options: KioskOptions,
): readonly PeerView[] {
  return [...state.peers.values()].filter(
    other =>
      other !== peer && other.stall === null && isAskable(other, now) && !isStalled(other, now, options),
  )
}

/** Queues keep what is no longer missing until the store is asked: one that is idle has emptied its own. */
function isAnotherStoreBusy(
  state: DownloadState,
  peer: PeerView,
  now: number,
  options: KioskOptions,
): boolean {
  return othersAtWork(state, peer, now, options).some(
    ({ asked, queue }) => asked.size > 0 || queue.length > 0,
  )
}
