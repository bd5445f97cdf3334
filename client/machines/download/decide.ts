/**
 * What a download does next: the one function that decides, over the state that `step.ts` keeps.
 *
 * Invariants, true whenever `decide` returns:
 *  I1  Nothing is asked of a source that the windows close (W1 to W4); requests under way there are withdrawn.
 *  I2  While stores are open and hopeful, a kiosk asks nothing more of the server (W5); what is under way may end.
 *  I3  A chunk is asked of one source at a time, and never when it is held or being stored.
 *  I4  Nothing is asked while the disk takes no more, or while `maxStoringBytes` wait to be written.
 *  I5  Nothing waits without a wake: every waiting has an instant or an input that ends it (W6).
 *  I6  A store fetches from the origin the chunks that are its own share among the hopeful stores of its site (W9).
 */
import { rendezvousOwner } from '../../../policy/rendezvous.ts'
import { type Decision, decideSources } from '../../../policy/windows.ts'
import type { KioskOptions } from '../../options.ts'
import { contactFailed, giveBack, takeBack } from './changes.ts'
import {
  ASKED,
  chunkBytes,
  type DownloadState,
  type Grant,
  MISSING,
  type PeerView,
  setStatus,
} from './state.ts'

/** Whom a chunk came from. */
export type ChunkSource = 'server' | { readonly deviceId: string }

export type DownloadEffect =
  /** Ask the server for a store. */
  | { readonly type: 'introduce' }
  | { readonly type: 'interest'; readonly deviceId: string }
  | { readonly type: 'request'; readonly deviceId: string; readonly indexes: readonly number[] }
  | { readonly type: 'cancel'; readonly deviceId: string; readonly indexes: readonly number[] }
  | { readonly type: 'ask-grant' }
  | { readonly type: 'fetch'; readonly index: number; readonly token: string }
  | { readonly type: 'abort-fetches' }
  /** Verify and write a chunk that arrived. */
  | {
      readonly type: 'store'
      readonly index: number
      readonly encoded: Uint8Array<ArrayBuffer>
      readonly from: ChunkSource
    }
  | { readonly type: 'make-room' }
  | { readonly type: 'drop-peer'; readonly deviceId: string; readonly index: number }
  | { readonly type: 'report-bad-origin'; readonly index: number }
  /** Every chunk is held. */
  | { readonly type: 'complete' }
  | { readonly type: 'wake'; readonly at: number | null }

/** A grant this close to its end is replaced before it is used. */
const GRANT_RENEW_MS = 20_000

export function downloadDecision(state: DownloadState, now: number): Decision {
  return decideSources({ role: state.role, ...state.windows }, now)
}

export function decide(
  state: DownloadState,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  if (state.table.held === state.table.total) {
    if (!state.completed) effects.push({ type: 'complete' }, { type: 'wake', at: null })
    state.completed = true
    return
  }
  state.completed = false
  const decision = downloadDecision(state, now)
  const storesOpen = decision.stores.state === 'open'
  const serverOpen = decision.server.state === 'open'

  withdrawStalled(state, now, options, effects)
  if (!storesOpen) withdrawFromStores(state, effects)
  if (!serverOpen) withdrawFromServer(state, effects)
  if (storesOpen) contactStores(state, now, options, effects)

  const blocked = storageBlocked(state, now) || state.storingBytes >= options.maxStoringBytes
  if (!blocked && storesOpen)
    for (const peer of state.peers.values()) askPeer(state, peer, now, options, effects)
  const hopeful = storesOpen && storesHopeful(state, now, options)
  const mayUseServer = serverOpen && (state.role === 'store' || !hopeful)
  if (!blocked && mayUseServer) askServer(state, hopeful, now, options, effects)

  state.reason = reasonOf(state, decision, now, options)
  effects.push({ type: 'wake', at: nextWake(state, decision, now, options) })
}

/** The first of a store's signs of life that are younger than the stall timeout. */
function isAlive(peer: PeerView, now: number, options: KioskOptions): boolean {
  return now < peer.lastProgressAt + options.stallTimeoutMs
}

function isUsable(peer: PeerView, now: number): boolean {
  return peer.offer !== 'silent' && now >= peer.suspectUntil
}

function hopefulPeers(state: DownloadState, now: number, options: KioskOptions): PeerView[] {
  return [...state.peers.values()].filter(peer => isUsable(peer, now) && isAlive(peer, now, options))
}

/** Whether stores can still be expected to deliver (W5): one is alive, being contacted, or known and not yet tried. */
function storesHopeful(state: DownloadState, now: number, options: KioskOptions): boolean {
  if (hopefulPeers(state, now, options).length > 0) return true
  const { contact } = state
  if (contact.name === 'asking' || contact.name === 'connecting')
    return now < contact.since + options.contactTimeoutMs
  return contact.name === 'idle' && state.online && state.storesOnline > 0 && !atLinkLimit(state, options)
}

function atLinkLimit(state: DownloadState, options: KioskOptions): boolean {
  return state.peers.size >= Math.min(options.maxStoreLinks, Math.max(1, state.storesOnline))
}

/** I5, W5: a stalled peer's requests go back, and it is left alone for a while. */
function withdrawStalled(
  state: DownloadState,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  for (const peer of state.peers.values()) {
    if (peer.asked.size === 0 || isAlive(peer, now, options)) continue
    peer.suspectUntil = now + options.suspectMs
    withdraw(state, peer, effects)
  }
  const { contact } = state
  if (
    (contact.name === 'asking' || contact.name === 'connecting') &&
    now >= contact.since + options.contactTimeoutMs
  ) {
    contactFailed(state, null, now, options)
  }
}

function withdraw(state: DownloadState, peer: PeerView, effects: DownloadEffect[]): void {
  const indexes = [...peer.asked.keys()]
  if (indexes.length === 0) return
  for (const index of indexes) takeBack(state, peer, index)
  effects.push({ type: 'cancel', deviceId: peer.deviceId, indexes })
}

function withdrawFromStores(state: DownloadState, effects: DownloadEffect[]): void {
  for (const peer of state.peers.values()) withdraw(state, peer, effects)
}

function withdrawFromServer(state: DownloadState, effects: DownloadEffect[]): void {
  if (state.origin.fetching.size === 0) return
  for (const index of state.origin.fetching) if (state.table.status[index] === ASKED) giveBack(state, index)
  state.origin.fetching.clear()
  effects.push({ type: 'abort-fetches' })
}

function contactStores(
  state: DownloadState,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  for (const peer of state.peers.values()) {
    if (peer.offer === 'silent' && now >= peer.suspectUntil) {
      peer.offer = 'asked'
      peer.lastProgressAt = now
      effects.push({ type: 'interest', deviceId: peer.deviceId })
    }
  }
  if (!state.online || state.storesOnline === 0 || atLinkLimit(state, options)) return
  const { contact } = state
  if (contact.name === 'pausing' && now >= contact.until) {
    state.contact = { name: 'asking', since: now, attempt: contact.attempt }
  } else if (contact.name === 'idle') state.contact = { name: 'asking', since: now, attempt: 0 }
  else return
  effects.push({ type: 'introduce' })
}

function storageBlocked(state: DownloadState, now: number): boolean {
  return state.storage !== null && now < state.storage.until
}

/** Fills a peer's pipeline up to `pipelineBytes`; at least one chunk, however large. */
function askPeer(
  state: DownloadState,
  peer: PeerView,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  if (peer.offer !== 'offering' || !isUsable(peer, now)) return
  const indexes: number[] = []
  const wasIdle = peer.asked.size === 0
  while (peer.askedBytes < options.pipelineBytes && peer.queue.length > 0) {
    const index = peer.queue.shift() as number
    if (state.table.status[index] !== MISSING || !peer.has.has(index)) continue
    setStatus(state.table, index, ASKED)
    peer.asked.set(index, now)
    peer.askedBytes += chunkBytes(state.table, index)
    indexes.push(index)
  }
  if (indexes.length === 0) return
  // The stall timeout counts from the first request of an idle peer, not from its last word before.
  if (wasIdle) peer.lastProgressAt = now
  effects.push({ type: 'request', deviceId: peer.deviceId, indexes })
}

function askServer(
  state: DownloadState,
  hopeful: boolean,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const { origin } = state
  if (now < origin.pausedUntil) return
  const { grant } = origin
  if (needsGrant(grant, now, options)) askGrant(state, now, effects)
  if (grant.name !== 'held' || needsGrant(grant, now, options)) return
  const owners = hopeful
    ? [state.selfId, ...hopefulPeers(state, now, options).map(peer => peer.deviceId)]
    : null
  // A store that is still reaching for its fellows waits that moment: the shares depend on who is there.
  if (owners?.length === 1) return
  for (const index of state.table.missing) {
    if (origin.fetching.size >= options.originParallel) break
    if (owners !== null && !isOwnShare(state, index, owners)) continue
    setStatus(state.table, index, ASKED)
    origin.fetching.add(index)
    effects.push({ type: 'fetch', index, token: grant.token })
  }
}

function needsGrant(grant: Grant, now: number, options: KioskOptions): boolean {
  switch (grant.name) {
    case 'none':
      return true
    case 'asking':
      return now >= grant.since + options.contactTimeoutMs
    case 'held':
      return now >= grant.expiresAt - GRANT_RENEW_MS
    case 'refused':
      return now >= grant.until
  }
}

function askGrant(state: DownloadState, now: number, effects: DownloadEffect[]): void {
  if (!state.online) return
  state.origin.grant = { name: 'asking', since: now }
  effects.push({ type: 'ask-grant' })
}

function isOwnShare(state: DownloadState, index: number, owners: readonly string[]): boolean {
  const digest = state.table.chunks[index]?.digest ?? ''
  return rendezvousOwner(digest, owners) === state.selfId
}

function reasonOf(
  state: DownloadState,
  decision: Decision,
  now: number,
  options: KioskOptions,
): DownloadState['reason'] {
  if (storageBlocked(state, now) && state.storage !== null) return state.storage.reason
  const fromStores = [...state.peers.values()].some(peer => peer.asked.size > 0)
  const fromServer = state.origin.fetching.size > 0
  if (fromStores && fromServer) return 'fetching-from-stores-and-server'
  if (fromStores) return 'fetching-from-stores'
  if (fromServer) return 'fetching-from-server'
  if (state.storingBytes > 0) return 'checking-held-chunks'
  if (decision.order.length === 0) return 'windows-closed'
  if (decision.stores.state === 'open') {
    if (hopefulPeers(state, now, options).length > 0) return 'waiting-for-store-progress'
    if (storesHopeful(state, now, options)) return 'contacting-store'
    if (decision.server.state === 'closed')
      return state.storesOnline > 0 ? 'stores-not-answering' : 'no-store-online'
  }
  return state.origin.grant.name === 'refused' ? 'grant-refused' : 'server-unreachable'
}

/** I5: the first instant at which time alone changes what `decide` would do. */
function nextWake(
  state: DownloadState,
  decision: Decision,
  now: number,
  options: KioskOptions,
): number | null {
  const instants: (number | null | undefined)[] = [
    decision.nextChangeAt,
    state.storage?.until,
    state.origin.pausedUntil,
  ]
  for (const peer of state.peers.values())
    instants.push(peer.suspectUntil, peer.lastProgressAt + options.stallTimeoutMs)
  const { contact } = state
  if (contact.name === 'pausing') instants.push(contact.until)
  if (contact.name === 'asking' || contact.name === 'connecting')
    instants.push(contact.since + options.contactTimeoutMs)
  const { grant } = state.origin
  if (grant.name === 'asking') instants.push(grant.since + options.contactTimeoutMs)
  if (grant.name === 'refused') instants.push(grant.until)
  const coming = instants.filter(at => typeof at === 'number' && at > now && Number.isFinite(at)) as number[]
  return coming.length === 0 ? null : Math.min(...coming)
}
