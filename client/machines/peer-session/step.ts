/**
 * One link between two devices, both sides of it (docs/PROTOCOL.md, PR-P1 to PR-P13): the greeting, and each event to
 * the part it concerns. Taking is in `taking.ts`, serving in `serving.ts`.
 * Knows no WebRTC and reads no chunks; times are server time in epoch ms. The state is updated in place.
 */
import { MAX_PEER_FRAME_BYTES } from '../../../protocol/limits.ts'
import type { PeerMessage } from '../../../protocol/peer/messages.ts'
import { agreedVersion, newestOf, oldestOf } from '../../../protocol/spoken-versions.ts'
import { closeLink, type PeerSessionEffect } from './effects.ts'
import { keepsPace } from './pace.ts'
import {
  cancelled,
  chunkDone,
  fetching,
  gained,
  interested,
  nextOpeningAt,
  requested,
  review,
  sendNext,
} from './serving.ts'
import type { PeerSessionState, Shares } from './state.ts'
import { answered, ask, cancel, unwant, want } from './taking.ts'

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
  /** What may be served has changed: windows were edited, a release was assigned or taken away. */
  | { readonly type: 'shares-changed' }
  /** The chunk in `sending` was sent, or could not be read. */
  | { readonly type: 'chunk-done'; readonly outcome: 'sent' | 'unreadable' }
  | { readonly type: 'wake' }

/** When the machine wants a `wake` (server time): a window opens to the other side by time alone (PR-P11). */
export function peerSessionWakeAt(state: PeerSessionState, now: number, shares: Shares): number | null {
  return state.phase === 'open' ? nextOpeningAt(state, now, shares) : null
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
      return greet(state, effects)
    case 'link-closed':
      state.phase = 'closed'
      return
    case 'violation':
      return closeLink(state, event.detail, true, effects)
    case 'message':
      return receive(state, event.message, now, shares, effects)
    case 'want':
      return want(state, event.release, event.sizes, effects)
    case 'unwant':
      return unwant(state, event.release, effects)
    case 'ask':
      return ask(state, event.release, event.indexes, effects)
    case 'cancel':
      return cancel(state, event.release, event.indexes, effects)
    case 'gained':
      return gained(state, event.release, event.indexes, effects)
    case 'fetching':
      return fetching(state, event.release, now, effects)
    case 'shares-changed':
    case 'wake':
      return review(state, now, shares, effects)
    case 'chunk-done':
      return chunkDone(state, event.outcome, effects)
  }
}

function receive(
  state: PeerSessionState,
  message: PeerMessage,
  now: number,
  shares: Shares,
  effects: PeerSessionEffect[],
): void {
  if (!keepsPace(state.pace, message, now)) return closeLink(state, 'too many messages', true, effects)
  if (message.type === 'hello') return greeted(state, message, effects)
  if (state.phase !== 'open')
    return closeLink(state, `a ${message.type} message came before hello`, true, effects)
  switch (message.type) {
    case 'interest':
      return interested(state, message.release, message.chunkCount, now, shares, effects)
    case 'request':
      return requested(state, message.release, message.indexes, now, shares, effects)
    case 'cancel':
      return cancelled(state, message.release, message.indexes)
    default:
      return answered(state, message, effects)
  }
}

function greet(state: PeerSessionState, effects: PeerSessionEffect[]): void {
  if (state.phase !== 'connecting') return
  state.phase = 'greeting'
  effects.push({
    type: 'send',
    message: {
      type: 'hello',
      protocolVersion: newestOf(state.versions),
      minProtocolVersion: oldestOf(state.versions),
      maxFrameBytes: MAX_PEER_FRAME_BYTES,
    },
  })
}

function greeted(
  state: PeerSessionState,
  message: Extract<PeerMessage, { type: 'hello' }>,
  effects: PeerSessionEffect[],
): void {
  if (state.phase !== 'greeting') return closeLink(state, 'hello came twice', true, effects)
  const version = agreedVersion(state.versions, message)
  if (version === null) return closeLink(state, 'no common protocol version', false, effects)
  state.version = version
  state.phase = 'open'
  state.remoteMaxFrameBytes = Math.min(message.maxFrameBytes, MAX_PEER_FRAME_BYTES)
  effects.push({ type: 'opened' })
}
