/** What a download is waiting for, as a reason for people and as the instant at which time alone changes it. Pure questions. */
import type { Decision } from '../../../policy/windows.ts'
import type { StatusReason } from '../../../protocol/device-status.ts'
import type { KioskOptions } from '../../options.ts'
import { admittedAt, hopefulPeers, isContactHopeful } from './hope.ts'
import type { DownloadState, Moment } from './state.ts'

export function reasonOf(
  state: DownloadState,
  decision: Decision,
  now: number,
  options: KioskOptions,
): StatusReason {
  if (state.storage !== null) return state.storage.reason
  // A store that has sent nothing for so long is waited for (I9), which holds back no other package (P2).
  const fromStores = [...state.peers.values()].some(
    peer => peer.asked.size > 0 && now < peer.lastBytesAt + options.stallTimeoutMs,
  )
  const fromServer = state.origin.fetching.size > 0
  if (fromStores && fromServer) return 'fetching-from-stores-and-server'
  if (fromStores) return 'fetching-from-stores'
  if (fromServer) return 'fetching-from-server'
  if (state.storingBytes > 0) return 'checking-held-chunks'
  if (state.heldBack) return 'waiting-for-other-package'
  if (decision.order.length === 0) return 'windows-closed'
  if (decision.stores.state === 'open') {
    if (hopefulPeers(state, now, options).length > 0) return 'waiting-for-store-progress'
    if (isContactHopeful(state, now, options)) return 'contacting-store'
    if (decision.server.state === 'closed')
      return state.storesOnline > 0 ? 'stores-not-answering' : 'no-store-online'
  }
  const { grant } = state.origin
  if (grant.name === 'refused') return 'grant-refused'
  if (state.origin.wantedAt !== null && now < admittedAt(state, options)) return 'fetching-from-server'
  return grant.name === 'asking' && state.online ? 'fetching-from-server' : 'server-unreachable'
}

/** I5: the first instant (monotonic ms) at which time alone changes what `decide` would do. */
export function nextWake(
  state: DownloadState,
  decision: Decision,
  { now, serverNow }: Moment,
  options: KioskOptions,
): number | null {
  const instants: number[] = [state.origin.pausedUntil]
  if (state.origin.wantedAt !== null) instants.push(admittedAt(state, options))
  if (decision.nextChangeAt !== null) instants.push(now + (decision.nextChangeAt - serverNow))
  if (state.storage !== null && state.storage.until !== null) instants.push(state.storage.until)
  for (const peer of state.peers.values()) {
    if (peer.stall !== null) instants.push(peer.stall.pausedUntil)
    instants.push(peer.suspectUntil, peer.lastSignAt + options.stallTimeoutMs)
    if (peer.asked.size > 0)
      instants.push(peer.lastBytesAt + options.stallTimeoutMs, peer.flow.windowAt + options.stallTimeoutMs)
  }
  const { contact } = state
  if (contact.name === 'pausing' || contact.name === 'deferred') instants.push(contact.until)
  if (contact.name !== 'idle' && contact.name !== 'pausing')
    instants.push(contact.since + options.contactTimeoutMs)
  const { grant } = state.origin
  if (grant.name === 'asking') instants.push(grant.since + options.contactTimeoutMs)
  if (grant.name === 'refused') instants.push(grant.until)
  const coming = instants.filter(at => at > now && Number.isFinite(at))
  return coming.length === 0 ? null : Math.min(...coming)
}
