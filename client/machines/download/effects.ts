/** What a download asks its runner to do. */

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
  /** The disk takes no more: to be told to people. Once per trouble, however many chunks and attempts it costs. */
  | {
      readonly type: 'storage-trouble'
      readonly reason: 'out-of-space' | 'storage-failed'
      readonly message: string
    }
  /** Write so many bytes of no meaning, and take them away again. */
  | { readonly type: 'try-disk'; readonly sizeBytes: number }
  /** Evict what may go, so that there is room. */
  | { readonly type: 'make-room' }
  | { readonly type: 'drop-peer'; readonly deviceId: string; readonly index: number }
  | { readonly type: 'report-bad-origin'; readonly index: number }
  /** Every chunk is held. */
  | { readonly type: 'complete' }
  /** Monotonic ms; null: no wake is needed. */
  | { readonly type: 'wake'; readonly at: number | null }
