/**
 * Sends frames over one peer link without filling the browser's memory: hands over up to the high watermark, which follows the
 * line, then waits until the link says that its queue has drained. Knows nothing of what the frames mean.
 */
import type { PeerLink, Platform } from '../ports.ts'
import { SendQueueLimit } from './send-queue-limit.ts'

/** Of the high watermark. Below this a turn counts as over: the rest is on its way in a moment. */
const LOW_WATERMARK_SHARE = 1 / 4

export class FlowControlledSender {
  readonly #link: PeerLink
  readonly #now: () => number
  readonly #limit = new SendQueueLimit()
  readonly #waiting = new Set<() => void>()
  #ended = false
  bytesOut = 0

  /** `now`: monotonic, ms. */
  constructor(link: PeerLink, now: () => number) {
    this.#link = link
    this.#now = now
    link.setLowWatermark(this.#lowBytes)
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** At once, whatever is queued: `room` is asked before anything large. The frame's memory is the caller's again afterwards. */
  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#ended) return
    this.bytesOut += frame.byteLength
    this.#link.send(frame)
  }

  /** Resolves true when the queue has room, false when the link has ended. */
  async room(): Promise<boolean> {
    while (!this.#ended && this.#look() >= this.#limit.bytes) await this.#drain()
    return !this.#ended
  }

  /** Resolves when the queue is low, the link has ended, or after `limitMs`. */
  async low(platform: Platform, limitMs: number): Promise<void> {
    if (this.#ended || this.#look() <= this.#lowBytes) return
    await this.pause(platform, limitMs)
  }

  /** Resolves after `ms`, or as soon as the queue has drained or the link has ended. */
  pause(platform: Platform, ms: number): Promise<void> {
    return new Promise(resolve => {
      const resume = () => {
        cancel()
        this.#waiting.delete(resume)
        resolve()
      }
      const cancel = platform.setTimer(ms, resume)
      this.#waiting.add(resume)
    })
  }

  /** The link's queue fell below the low watermark. */
  drained(): void {
    if (!this.#ended) this.#look()
    this.#resume()
  }

  end(): void {
    this.#ended = true
    this.drained()
  }

  get #lowBytes(): number {
    return this.#limit.bytes * LOW_WATERMARK_SHARE
  }

  /** Bytes that are queued. */
  #look(): number {
    const queued = this.#link.bufferedBytes()
    const before = this.#limit.bytes
    this.#limit.observe(this.bytesOut, queued, this.#now())
    if (this.#limit.bytes !== before) {
      this.#link.setLowWatermark(this.#lowBytes)
      // The queue may be below the new one already, and then never falls to it.
      this.#resume()
    }
    return queued
  }

  #resume(): void {
    for (const resume of [...this.#waiting]) resume()
  }

  #drain(): Promise<void> {
    return new Promise(resolve => {
      const resume = () => {
        this.#waiting.delete(resume)
        resolve()
      }
      this.#waiting.add(resume)
    })
  }
}
