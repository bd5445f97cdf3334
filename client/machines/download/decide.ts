/**
 * What a download does next: the one function that decides, over the state that `step.ts` keeps.
 *
 * Invariants, true whenever `decide` returns:
 *  I1  Nothing is asked of a source that the windows close (W1 to W4); requests under way there are withdrawn.
 *  I2  While stores are open and hopeful, a kiosk asks nothing more of the server (W5); what is under way may end.
 *  I3  A chunk is asked of one source at a time, and never when it is held or being stored. Only at the very end, when
 *      there is nothing else to ask for, a few are asked of a second store as well.
 *  I4  Nothing is asked while the disk takes no more, which is tried without a line, or while `maxStoringBytes` wait to be written.
 *  I5  Nothing waits without a wake: every waiting has an instant or an input that ends it (W6).
 *  I6  A store fetches from the origin the chunks that are its own share among the hopeful stores of its site (W9), but
 *      for those that one of them has.
 *  I7  Nothing new is asked for while packages that come before it are fetched (P1); what is under way may end.
 *  I8  Where what is here is enough, as for the parts of a patch that is over, nothing is asked for and nothing is missing.
 *  I9  A store that stalls is left alone only as far as another source can give what was asked of it: the server, or a
 *      store that has it and has not stalled itself. Else it is kept, and what is under way there is not cancelled.
 */
import { type Decision, decideSources } from '../../../policy/windows.ts'
import { MAX_CHUNK_BYTES } from '../../../protocol/limits.ts'
import type { KioskOptions } from '../../options.ts'
import { contactFailed, giveBackUnlessAsked, takeBack } from './changes.ts'
import { ASKED, chunkBytes, MISSING, missingBytes, setStatus, unwantMissing } from './chunk-table.ts'
import type { DownloadEffect } from './effects.ts'
import { flowBegins, pipelineBytesOf, timeFor } from './flow.ts'
import { admittedAt, hopefulPeers, isAskable, isContactHopeful, isStalled, storesHopeful } from './hope.ts'
import { nextOwnChunk } from './origin-share.ts'
import { nextWake, reasonOf } from './outlook.ts'
import { recallStalled, serverStanding, withdrawStalled } from './stalls.ts'
import type { DownloadState, Grant, Moment, PeerView } from './state.ts'

export function decide(
  state: DownloadState,
  moment: Moment,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  if (state.isEnough) giveUpMissing(state, effects)
  if (state.table.held === state.table.total) return complete(state, effects)
  state.completed = false
  // What is being written says by itself how that ended.
  if (state.isEnough) return void effects.push({ type: 'wake', at: null })
  const { now } = moment
  const decision: Decision = decideSources({ role: state.role, ...state.windows }, moment.serverNow)
  const storesOpen = decision.stores.state === 'open'
  const serverOpen = decision.server.state === 'open'

  const server = serverOpen ? serverStanding(state, now) : 'none'
  withdrawStalled(state, server, now, options, effects)
  giveUpContact(state, now, options)
  if (!storesOpen) withdrawFromStores(state, effects)
  if (!serverOpen) withdrawFromServer(state, effects)
  if (storesOpen) contactStores(state, now, options, effects)

  tryDisk(state, now, effects)
  const mayAsk = !state.heldBack
  if (mayAsk && storesOpen)
    for (const peers of [fastestFirst(state), recallStalled(state, server, now, options)])
      for (const peer of peers) askPeer(state, peer, now, options, effects)
  if (mayAsk && storesOpen) hedge(state, now, options, effects)
  const hopeful = storesOpen && storesHopeful(state, now, options)
  const wantsServer = mayAsk && serverOpen && (state.role === 'store' || !hopeful)
  state.origin.wantedAt = wantsServer ? (state.origin.wantedAt ?? now) : null
  if (wantsServer && now >= admittedAt(state, options)) askServer(state, hopeful, now, options, effects)

  state.reason = reasonOf(state, decision, now, options)
  effects.push({ type: 'wake', at: nextWake(state, decision, moment, options) })
}

function complete(state: DownloadState, effects: DownloadEffect[]): void {
  // Should a chunk be lost later, stores are looked for afresh.
  state.contact = { name: 'idle' }
  if (!state.completed) effects.push({ type: 'complete' }, { type: 'wake', at: null })
  state.completed = true
  state.toldTrouble = null
}

/** I5, W5: a contact that never came has failed. */
function giveUpContact(state: DownloadState, now: number, options: KioskOptions): void {
  const { contact } = state
  const isReaching = contact.name === 'asking' || contact.name === 'connecting'
  if (isReaching && now >= contact.since + options.contactTimeoutMs) contactFailed(state, null, now, options)
}

function withdraw(state: DownloadState, peer: PeerView, effects: DownloadEffect[]): void {
  const indexes = [...peer.asked]
  if (indexes.length === 0) return
  for (const index of indexes) takeBack(state, peer, index)
  effects.push({ type: 'cancel', deviceId: peer.deviceId, indexes })
}

/** What is being written still is. */
function giveUpMissing(state: DownloadState, effects: DownloadEffect[]): void {
  withdrawFromStores(state, effects)
  withdrawFromServer(state, effects)
  unwantMissing(state.table)
}

/** Whoever is being reached meanwhile is not waited for; when stores open again, the reaching begins anew. */
function withdrawFromStores(state: DownloadState, effects: DownloadEffect[]): void {
  state.contact = { name: 'idle' }
  for (const peer of state.peers.values()) withdraw(state, peer, effects)
}

function withdrawFromServer(state: DownloadState, effects: DownloadEffect[]): void {
  if (state.origin.fetching.size === 0) return
  const fetching = [...state.origin.fetching]
  state.origin.fetching.clear()
  for (const index of fetching) giveBackUnlessAsked(state, index)
  effects.push({ type: 'abort-fetches' })
}

function contactStores(
  state: DownloadState,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  for (const peer of state.peers.values()) {
    const mayBeAsked = peer.offer === 'silent' || peer.offer === 'later'
    if (!mayBeAsked || now < peer.suspectUntil) continue
    // "Later" gives no new hope by being asked again; only an answer does.
    if (peer.offer === 'silent') peer.lastSignAt = now
    peer.offer = 'asked'
    effects.push({ type: 'interest', deviceId: peer.deviceId })
  }
  const enough = Math.min(options.maxStoreLinks, state.storesOnline)
  if (!state.online || state.peers.size >= enough) return
  const { contact } = state
  switch (contact.name) {
    case 'asking':
    case 'connecting':
      return
    case 'idle':
      state.contact = { name: 'asking', since: now, attempt: 0 }
      break
    case 'pausing':
      if (now < contact.until) return
      state.contact = { name: 'asking', since: now, attempt: contact.attempt }
      break
    case 'deferred': {
      if (now < contact.until) return
      const isFresh = now < contact.since + options.contactTimeoutMs
      state.contact = { name: 'asking', since: isFresh ? contact.since : now, attempt: contact.attempt }
    }
  }
  effects.push({ type: 'introduce' })
}

/** I4: what is fetched for a disk that does not take it has crossed the line for nothing. */
function tryDisk(state: DownloadState, now: number, effects: DownloadEffect[]): void {
  const { storage } = state
  if (storage === null || storage.until === null || now < storage.until) return
  state.storage = { ...storage, until: null }
  effects.push({ type: 'try-disk', sizeBytes: Math.min(missingBytes(state.table), MAX_CHUNK_BYTES) })
}

/** I4. */
function isDiskBusy(state: DownloadState, options: KioskOptions): boolean {
  return state.storage !== null || state.storingBytes >= options.maxStoringBytes
}

/** Of several stores the faster ones are asked first, so that what is left at the end is not the slow one's. */
function fastestFirst(state: DownloadState): Iterable<PeerView> {
  if (state.peers.size < 2) return state.peers.values()
  return [...state.peers.values()].sort((a, b) => (b.flow.rate ?? 0) - (a.flow.rate ?? 0))
}

/** A pipeline is filled when a quarter of it has come: fewer messages, and never empty. */
const REFILL_BELOW = 0.75

/** Fills a peer's pipeline; at least one chunk, however large. */
function askPeer(
  state: DownloadState,
  peer: PeerView,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  // One that has stalled owes enough: it is asked for more when something of it has come (I9).
  if (!isAskable(peer, now) || isStalled(peer, now, options) || isDiskBusy(state, options)) return
  const pipelineBytes = pipelineBytesOf(peer.flow, options)
  if (peer.askedBytes > REFILL_BELOW * pipelineBytes) return
  const indexes: number[] = []
  let comingBytes = allAskedBytes(state)
  while (peer.askedBytes < pipelineBytes && peer.queue.length > 0) {
    // What all stores together may send has to fit into memory; one that is idle gets a chunk all the same.
    if (comingBytes >= 2 * options.maxPipelineBytes && peer.asked.size > 0) break
    const index = peer.queue.shift() as number
    if (state.table.status[index] !== MISSING || !peer.has.has(index)) continue
    markAsked(state, peer, index, now)
    indexes.push(index)
    comingBytes += chunkBytes(state.table, index)
  }
  if (indexes.length > 0) effects.push({ type: 'request', deviceId: peer.deviceId, indexes })
}

function allAskedBytes(state: DownloadState): number {
  let bytes = 0
  for (const peer of state.peers.values()) bytes += peer.askedBytes
  return bytes
}

function markAsked(state: DownloadState, peer: PeerView, index: number, now: number): void {
  // The stall timeout counts from the first request of an idle peer, not from its last word before.
  if (peer.asked.size === 0) {
    peer.lastBytesAt = now
    peer.lastSignAt = now
    flowBegins(peer.flow, now)
  }
  setStatus(state.table, index, ASKED)
  peer.asked.add(index)
  peer.askedBytes += chunkBytes(state.table, index)
}

/** Chunks that are asked of a second store at the very end: what one slow store can hold up, and no more. */
const MAX_HEDGED = 8

/**
 * The very end: nothing is left to ask for, a store is idle, and another one will take longer for what it owes than the idle
 * one would. The last of it is asked of both; whoever is first wins, the other is told to leave it.
 */
function hedge(state: DownloadState, now: number, options: KioskOptions, effects: DownloadEffect[]): void {
  if (state.table.missing.size > 0 || state.peers.size < 2 || isDiskBusy(state, options)) return
  for (const idle of state.peers.values()) {
    if (idle.asked.size > 0 || !isAskable(idle, now)) continue
    const indexes: number[] = []
    let bytes = 0
    for (const slow of state.peers.values()) {
      for (const index of [...slow.asked].reverse()) {
        if (state.hedged.size >= MAX_HEDGED) break
        const size = chunkBytes(state.table, index)
        const isFaster = timeFor(idle.flow, bytes + size) < timeFor(slow.flow, slow.askedBytes) / 2
        if (!isFaster || !idle.has.has(index) || state.hedged.has(index)) continue
        state.hedged.add(index)
        indexes.push(index)
        bytes += size
      }
    }
    for (const index of indexes) markAsked(state, idle, index, now)
    if (indexes.length > 0) effects.push({ type: 'request', deviceId: idle.deviceId, indexes })
  }
}

function askServer(
  state: DownloadState,
  hopeful: boolean,
  now: number,
  options: KioskOptions,
  effects: DownloadEffect[],
): void {
  const { origin } = state
  if (now < origin.pausedUntil || isDiskBusy(state, options)) return
  if (needsGrant(origin.grant, now, options)) askGrant(state, now, effects)
  const { grant } = origin
  if (grant.name !== 'held') return
  // A store that is still reaching for its fellows waits that moment: the shares depend on who is there.
  if (hopeful && isContactHopeful(state, now, options)) return
  // I6.
  const fellows = hopeful ? hopefulPeers(state, now, options) : null
  while (origin.fetching.size < options.originParallel) {
    const index = nextOwnChunk(state, fellows)
    if (index === null) break
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
      return now >= grant.renewAt
    case 'refused':
      return now >= grant.until
  }
}

/** Without a session what is left of a grant is used: the origin says when it has ended. */
function askGrant(state: DownloadState, now: number, effects: DownloadEffect[]): void {
  if (!state.online) return
  state.origin.grant = { name: 'asking', since: now }
  effects.push({ type: 'ask-grant' })
}
