/** What a peer session asks its runner to do, and the few effects that more than one of its parts makes. */
import { MAX_INDEXES_PER_MESSAGE } from '../../../protocol/limits.ts'
import type { PeerMessage, RejectReason } from '../../../protocol/peer/messages.ts'
import type { PeerSessionState } from './state.ts'

export type PeerSessionEffect =
  | { readonly type: 'send'; readonly message: PeerMessage }
  /** Read, verify and send this chunk in slices, then report `chunk-done`. */
  | {
      readonly type: 'send-chunk'
      readonly release: string
      readonly index: number
      readonly maxFrameBytes: number
    }
  | { readonly type: 'close'; readonly reason: string; readonly violation: boolean }
  | { readonly type: 'opened' }
  | { readonly type: 'offer'; readonly release: string; readonly bits: Uint8Array }
  | { readonly type: 'have'; readonly release: string; readonly indexes: readonly number[] }
  /** The other side says that bytes of the release are reaching it (PR-P8). */
  | { readonly type: 'alive'; readonly release: string }
  /** Part of a chunk that was asked for came. */
  | { readonly type: 'progress'; readonly release: string; readonly bytes: number }
  | {
      readonly type: 'rejected'
      readonly release: string
      readonly reason: RejectReason
      readonly retryAfterMs: number
      readonly indexes: readonly number[]
    }
  | {
      readonly type: 'chunk'
      readonly release: string
      readonly index: number
      readonly encoded: Uint8Array<ArrayBuffer>
      /** Bytes of its last slice; the others were told of as progress. */
      readonly lastBytes: number
    }
  | { readonly type: 'refused-to-serve'; readonly release: string; readonly reason: RejectReason }

/** In as many messages as the bound on indexes asks for; none for no indexes. */
export function sendIndexes(
  type: 'have' | 'request' | 'cancel',
  release: string,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  for (let at = 0; at < indexes.length; at += MAX_INDEXES_PER_MESSAGE) {
    const message = { type, release, indexes: indexes.slice(at, at + MAX_INDEXES_PER_MESSAGE) }
    effects.push({ type: 'send', message })
  }
}

/** Without indexes: the whole release. */
export function sendReject(
  release: string,
  reason: RejectReason,
  retryAfterMs: number,
  indexes: readonly number[],
  effects: PeerSessionEffect[],
): void {
  effects.push({ type: 'send', message: { type: 'reject', release, reason, retryAfterMs, indexes } })
}

export function closeLink(
  state: PeerSessionState,
  reason: string,
  violation: boolean,
  effects: PeerSessionEffect[],
): void {
  state.phase = 'closed'
  effects.push({ type: 'close', reason, violation })
}
