/**
 * Sends chunks over all links of this device: reads ahead what is asked for next, gives the links their turns, keeps to the
 * rate, and hands frames over as the link takes them. What may be sent to whom is decided in `machines/peer-session/`.
 */
import { MAX_PEER_FRAME_BYTES, MIB } from '../../protocol/limits.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import { encodePeerMessage } from '../../protocol/peer/codec.ts'
import { CHUNK_HEADER_BYTES } from '../../protocol/peer/messages.ts'
import type { SpokenVersion } from '../../protocol/spoken-versions.ts'
import type { KioskOptions } from '../options.ts'
import type { Platform } from '../ports.ts'
import type { FlowControlledSender } from './flow-controlled-sender.ts'
import { UploadRate } from './upload-rate.ts'
import { UploadTurns } from './upload-turns.ts'

/** One link's turn: large enough that turns cost nothing, small enough that 64 links all get theirs within a stall. */
const TURN_BYTES = MIB
/** A link whose queue does not drain for so long has lost its turn to those that wait. */
const TURN_DRAIN_MS = 1_000
/** Raw bytes that are read before their turn, all links together: a disk needs some depth to be fast. */
const READ_AHEAD_BYTES = 8 * MIB
/** Under a limit, frames are small: the first bytes of a kiosk's share then come soon. */
const LIMITED_FRAME_BYTES = 64 * 1024

type Bytes = Uint8Array<ArrayBuffer>

export interface WantedChunk {
  readonly release: string
  readonly index: number
}

export interface ChunkUploadsDeps {
  readonly platform: Platform
  readonly options: KioskOptions
  /** Bytes a second; null for no limit. */
  readonly limit: () => number | null
  readonly chunkOf: (release: string, index: number) => ManifestChunk | undefined
  /** The encoded chunk, verified; null when it cannot be read. */
  readonly readChunk: (chunk: ManifestChunk) => Promise<Bytes | null>
}

export class ChunkUploads {
  readonly #deps: ChunkUploadsDeps
  readonly #turns: UploadTurns<FlowControlledSender>
  readonly #rate: UploadRate
  /** Chunks that are being read or wait for their turn, by link and digest. */
  readonly #ahead = new Map<FlowControlledSender, Map<string, Promise<Bytes | null>>>()
  /** Each frame in turn: fresh memory costs more than what is written into it. */
  #frame: Bytes | null = null

  constructor(deps: ChunkUploadsDeps) {
    this.#deps = deps
    this.#turns = new UploadTurns(deps.options.uploadSlots, TURN_BYTES)
    this.#rate = new UploadRate(deps.platform, deps.limit, deps.options)
  }

  userActive(): void {
    this.#rate.userActive()
  }

  /** Begins to read what the link will be sent next, in this order. */
  expect(sender: FlowControlledSender, next: Iterable<WantedChunk>): void {
    const ahead = this.#ahead.get(sender) ?? new Map<string, Promise<Bytes | null>>()
    const wanted = new Set<string>()
    const shareBytes = READ_AHEAD_BYTES / Math.max(1, this.#ahead.size)
    let bytes = 0
    for (const { release, index } of next) {
      const chunk = this.#deps.chunkOf(release, index)
      if (chunk === undefined) continue
      if (bytes > 0 && bytes + chunk.sizeBytes > shareBytes) break
      bytes += chunk.sizeBytes
      wanted.add(chunk.digest)
      if (!ahead.has(chunk.digest)) ahead.set(chunk.digest, this.#deps.readChunk(chunk))
    }
    for (const digest of ahead.keys()) if (!wanted.has(digest)) ahead.delete(digest)
    if (ahead.size > 0) this.#ahead.set(sender, ahead)
    else this.#ahead.delete(sender)
  }

  /** Sends one chunk in frames of at most `maxFrameBytes`, as `encode` writes them. Null: the link has ended meanwhile. */
  async send(
    sender: FlowControlledSender,
    { release, index }: WantedChunk,
    maxFrameBytes: number,
    encode: SpokenVersion['encodePeer'] = encodePeerMessage,
  ): Promise<'sent' | 'unreadable' | null> {
    const chunk = this.#deps.chunkOf(release, index)
    if (chunk === undefined) return 'unreadable'
    const encoded = await (this.#ahead.get(sender)?.get(chunk.digest) ?? this.#deps.readChunk(chunk))
    if (encoded === null) return 'unreadable'
    if (!this.#turns.mayGoOn(sender) && !(await this.#nextTurn(sender))) return null
    const totalBytes = encoded.byteLength
    for (let offset = 0; offset < totalBytes; ) {
      if (!(await sender.room()) || !(await this.#rateAllows(sender))) return null
      const isLimited = this.#rate.bytesPerS() !== null
      const frameBytes = isLimited ? Math.min(maxFrameBytes, LIMITED_FRAME_BYTES) : maxFrameBytes
      const payload = encoded.subarray(offset, offset + frameBytes - CHUNK_HEADER_BYTES)
      this.#frame ??= new Uint8Array(MAX_PEER_FRAME_BYTES)
      const slice = { type: 'chunk', release, index, totalBytes, offset, payload } as const
      const frame = encode(slice, this.#frame)
      if (frame === null) return 'unreadable'
      sender.send(frame)
      offset += payload.byteLength
      this.#turns.sent(sender, payload.byteLength)
      this.#rate.sent(payload.byteLength)
    }
    return 'sent'
  }

  /** Nothing is asked for any more on this link. */
  idle(sender: FlowControlledSender): void {
    this.#ahead.delete(sender)
    this.#turns.leave(sender)
  }

  /** A turn that is over is passed on once what it queued has left, or does not leave. */
  async #nextTurn(sender: FlowControlledSender): Promise<boolean> {
    await sender.low(this.#deps.platform, TURN_DRAIN_MS)
    return !sender.hasEnded && (await this.#turns.take(sender)) && !sender.hasEnded
  }

  async #rateAllows(sender: FlowControlledSender): Promise<boolean> {
    for (let waitMs = this.#rate.waitMs(); waitMs > 0; waitMs = this.#rate.waitMs()) {
      await sender.pause(this.#deps.platform, waitMs)
      if (sender.hasEnded) return false
    }
    return true
  }
}
