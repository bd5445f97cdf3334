/**
 * What the engine needs from the world, as interfaces: browser adapters, fakes for tests, Node later.
 * One contract suite per port (test/contract/) runs over every adapter. Nothing here knows a policy.
 */

import type { EnrolRequest, EnrolResponse } from '../protocol/device-http.ts'
import type { ManifestChunk } from '../protocol/manifest.ts'
import type { Problem } from '../protocol/problem.ts'
import type { IceServer } from '../protocol/signal/down.ts'
import type { PeerSignal } from '../protocol/signal/peer-signal.ts'

export type PutResult =
  | { readonly ok: true }
  /** `quota`: the browser has no room for it; the caller may evict and try again. */
  | { readonly ok: false; readonly reason: 'quota' | 'failed'; readonly message: string }

/** Encoded chunks by digest. A cache, not the truth: what is read is verified by the reader. */
export interface ChunkStore {
  /** Where chunks rest; `memory` when the disk could not be used, and then nothing survives a reload. */
  readonly kind: 'disk' | 'memory'
  /** Digests that have a record, whatever is in it. */
  digests(): Promise<ReadonlySet<string>>
  /** The record as it is, unverified, in memory of its own; null when there is none or it cannot be read. */
  get(digest: string): Promise<Uint8Array<ArrayBuffer> | null>
  /** Durable once it resolves `ok`. Calls made close together share a transaction. Never rejects. */
  put(digest: string, encoded: Uint8Array<ArrayBuffer>): Promise<PutResult>
  remove(digests: readonly string[]): Promise<void>
  close(): void
}

export type IngestResult =
  | PutResult
  | { readonly ok: false; readonly reason: 'bad-chunk'; readonly message: string }

/** What a part of a patch makes, and out of what. */
export interface PartRecipe {
  readonly part: ManifestChunk
  /** In the order of the dictionary. */
  readonly dictionary: readonly ManifestChunk[]
  /** In the order in which they come out. */
  readonly makes: readonly ManifestChunk[]
}

/**
 * The chunks of this device for the engine: what goes in is verified first, what comes out is verified again, because
 * the store is a cache that may rot. Hashing, decoding and the disk may be on another thread. Only `digests` and
 * `remove` reject.
 */
export interface ChunkIo {
  readonly kind: ChunkStore['kind']
  /** Digests that have a record, whatever is in it. */
  digests(): Promise<ReadonlySet<string>>
  /**
   * Stores an encoded chunk if, decoded, it has the manifest's digest and size; durable once `ok`. Takes `encoded` over:
   * the caller must not use it afterwards. `onVerified`: the chunk will be asked for by others, and can be read from
   * this call on, before it is durable.
   */
  ingest(
    chunk: ManifestChunk,
    encoded: Uint8Array<ArrayBuffer>,
    onVerified?: () => void,
  ): Promise<IngestResult>
  /** The encoded chunk, verified, shared with other readers; null when it is missing or rotten. Rejects when nobody could look. */
  readEncoded(chunk: ManifestChunk): Promise<Uint8Array<ArrayBuffer> | null>
  /** For each chunk its encoded bytes, where it is held and right; else null, and what was rotten is removed. */
  heldBytes(chunks: readonly ManifestChunk[]): Promise<readonly (number | null)[]>
  /** Whether the disk would take so many bytes more: writes them and removes them again. */
  tryPut(sizeBytes: number): Promise<PutResult>
  /**
   * Makes chunks of a part of a patch and puts them on the disk; true once they are durable. False, with nothing lost, when the
   * part or a chunk of its dictionary is missing or rotten, or anything else comes out of it. Never rejects.
   */
  makeChunks(recipe: PartRecipe): Promise<boolean>
  /** A text from a patch of another; null when it is none. Not verified. Never rejects. */
  patchText(old: string, patch: Uint8Array<ArrayBuffer>): Promise<string | null>
  /** The record as it is, unverified: for readers that verify by themselves. */
  peek(digest: string): Promise<Uint8Array<ArrayBuffer> | null>
  remove(digests: readonly string[]): Promise<void>
  close(): void
}

/** Small structured-cloneable records by key: identity, manifests, what is active. */
export interface RecordStore {
  get(key: string): Promise<unknown>
  /** All entries in one transaction: all or none are visible afterwards. Rejects when they could not be written. */
  setMany(entries: readonly (readonly [key: string, value: unknown])[]): Promise<void>
  remove(keys: readonly string[]): Promise<void>
  keys(): Promise<readonly string[]>
  /** What is under way is finished first. */
  close(): void
  /** Undoes what is under way, so that nobody has to wait for this page, even if it is frozen now. */
  abandon(): void
}

/** What the browser says of its storage. Never rejects; null: it does not say. */
export interface StorageProbe {
  /** Whether asking for persistence shows nobody a question. */
  readonly asksSilently: boolean
  estimate(): Promise<{ readonly usageBytes: number | null; readonly quotaBytes: number | null }>
  /** Whether the browser has promised to clear nothing by itself. */
  persisted(): Promise<boolean | null>
  /** Asks for that promise. */
  persist(): Promise<void>
}

/** One WebRTC data channel, reliable and ordered, to one other device. */
export interface PeerLink {
  /** Takes a signal the other side sent. A signal it cannot use ends this link, never the page. */
  signal(signal: PeerSignal): void
  /** Queues one frame, whose memory is the caller's again when this returns. Ignored after the link has ended. */
  send(frame: Uint8Array<ArrayBuffer>): void
  /** Bytes queued and not yet on the wire. */
  bufferedBytes(): number
  /** `onDrain` comes when the queue falls from above this to this or less. */
  setLowWatermark(bytes: number): void
  /** Idempotent; `onClose` follows unless it came already. */
  close(): void
}
export interface PeerLinkEvents {
  readonly onSignal: (signal: PeerSignal) => void
  readonly onOpen: () => void
  /** In memory of its own, which the receiver may give back. */
  readonly onFrame: (frame: Uint8Array<ArrayBuffer>) => void
  /** The queue has fallen below the low watermark. */
  readonly onDrain: () => void
  /** Exactly once. */
  readonly onClose: (reason: string) => void
}
export type OpenPeerLink = (
  options: { readonly initiator: boolean; readonly iceServers: readonly IceServer[] },
  events: PeerLinkEvents,
) => PeerLink

/** The signaling session's socket. */
export interface SignalLink {
  send(text: string): void
  close(): void
}
export interface SignalLinkEvents {
  readonly onOpen: () => void
  readonly onMessage: (text: string) => void
  /** Exactly once, also when it never opened. */
  readonly onClose: (code: number) => void
}
export type OpenSignalLink = (events: SignalLinkEvents) => SignalLink

export type OriginAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** The origin answered and refused. */
  | { readonly ok: false; readonly reason: 'refused'; readonly problem: Problem }
  /** No usable answer: no network, a timeout, a proxy's error page. */
  | { readonly ok: false; readonly reason: 'unreachable'; readonly message: string }

/** The origin over HTTP. Never rejects; every request ends within its own timeout. */
export interface OriginClient {
  enrol(request: EnrolRequest): Promise<OriginAnswer<EnrolResponse>>
  /** The signed manifest's text, at most MAX_MANIFEST_BYTES. */
  manifest(releaseDigest: string, abort: AbortSignal): Promise<OriginAnswer<string>>
  /** The text of the patch set between two releases, at most MAX_PATCH_SET_BYTES; `patch-coming` while it is being made. */
  patchSet(to: string, from: string, abort: AbortSignal): Promise<OriginAnswer<string>>
  /** The signed manifest of `to` as a patch of that of `from`, at most MAX_PART_MAKES_BYTES. */
  manifestPatch(to: string, from: string, abort: AbortSignal): Promise<OriginAnswer<Uint8Array<ArrayBuffer>>>
  /** One encoded chunk, or part of a patch, at most MAX_ENCODED_CHUNK_BYTES; unverified. `onProgress`: some of its bytes arrived. */
  chunk(
    releaseDigest: string,
    chunkDigest: string,
    grantToken: string,
    abort: AbortSignal,
    onProgress?: () => void,
  ): Promise<OriginAnswer<Uint8Array<ArrayBuffer>>>
}

/**
 * Decodes an encoded chunk to exactly `sizeBytes` raw bytes, a view of `encoded` or memory of their own that the receiver may
 * give back; null when it is not that. Allocates no more than that.
 */
export type DecodeChunk = (
  encoded: Uint8Array<ArrayBuffer>,
  sizeBytes: number,
) => Promise<Uint8Array<ArrayBuffer> | null>

/** Clock, chance and timers. */
export interface Platform {
  /** Milliseconds that only go forward, from any start. Unmoved by changes of the wall clock. */
  monotonicMs(): number
  /** The device's own idea of the time, epoch ms. Only ever reported, never decided by. */
  wallClockMs(): number
  /** In [0, 1). */
  random(): number
  randomId(): string
  /** Calls back once, not before `delayMs`; returns a function that prevents it. */
  setTimer(delayMs: number, callback: () => void): () => void
  /** One line for whoever looks at the console; once per life-cycle transition. */
  log(message: string): void
}
