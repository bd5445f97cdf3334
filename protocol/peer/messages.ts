/**
 * What two devices say to each other on a data channel (docs/PROTOCOL.md, rules PR-P1 to PR-P12).
 * Digests name releases, indexes name chunks of their manifest; no path or address ever travels here.
 */

/** Why the other side does not give what was asked for. */
export const rejectReasons = [
  'window-closed',
  'proxy-distribution-off',
  'not-held',
  'not-assigned',
  'busy',
] as const
export type RejectReason = (typeof rejectReasons)[number]

export type PeerMessage =
  /** First on every link, both ways. `maxFrameBytes`: largest frame the sender accepts. */
  | {
      readonly type: 'hello'
      readonly protocolVersion: number
      readonly minProtocolVersion: number
      readonly maxFrameBytes: number
    }
  /** "I want this release": answered by `bitfield` or `reject`, then kept up to date by `have`. */
  | { readonly type: 'interest'; readonly release: string; readonly chunkCount: number }
  /** What the sender holds. `bits` has `ceil(chunkCount / 8)` bytes, chunk 0 in the highest bit of the first. */
  | {
      readonly type: 'bitfield'
      readonly release: string
      readonly chunkCount: number
      readonly bits: Uint8Array
    }
  | { readonly type: 'have'; readonly release: string; readonly indexes: readonly number[] }
  /** "Bytes of this release are reaching me": whoever waits for me need not turn elsewhere yet. */
  | { readonly type: 'fetching'; readonly release: string }
  | { readonly type: 'request'; readonly release: string; readonly indexes: readonly number[] }
  | { readonly type: 'cancel'; readonly release: string; readonly indexes: readonly number[] }
  /** Without indexes: the whole release. `retryAfterMs` 0: do not ask again on this link. */
  | {
      readonly type: 'reject'
      readonly release: string
      readonly reason: RejectReason
      readonly retryAfterMs: number
      readonly indexes: readonly number[]
    }
  /** A slice of an encoded chunk; slices of one chunk come in order and are not mixed with another chunk's. */
  | {
      readonly type: 'chunk'
      readonly release: string
      readonly index: number
      readonly totalBytes: number
      readonly offset: number
      readonly payload: Uint8Array<ArrayBuffer>
    }
export type PeerMessageType = PeerMessage['type']

/** Bytes of a `chunk` message before its payload. */
export const CHUNK_HEADER_BYTES = 1 + 32 + 4 + 4 + 4
