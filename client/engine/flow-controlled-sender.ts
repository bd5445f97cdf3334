/**
 * Sends frames over one peer link without filling the browser's memory: hands over up to the high watermark, then
 * waits until the link says that its queue has drained. Knows nothing of what the frames mean.
 */
import type { PeerLink, Platform } from '../ports.ts'

/** Above this nothing more is queued: data channels fail at 16 MiB, and a kiosk that leaves should not cost much. */
const HIGH_WATERMARK_BYTES = 4 * 1024 * 1024
/** Below this a turn counts as over: the rest is on its way in a moment. As the link's own low watermark. */
const LOW_WATERMARK_BYTES = 1024 * 1024

export class FlowControlledSender {
  readonly #link: PeerLink
  readonly #waiting = new Set<() => void>()
  #ended = false
  bytesOut = 0

  constructor(link: PeerLink) {
    this.#link = link
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
    while (!this.#ended && this.#link.bufferedBytes() >= HIGH_WATERMARK_BYTES) await this.#drain()
    return !this.#ended
  }

  /** Resolves when the queue is low, the link has ended, or after `limitMs`. */
  async low(platform: Platform, limitMs: number): Promise<void> {
    if (this.#ended || this.#link.bufferedBytes() <= LOW_WATERMARK_BYTES) return
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
    for (const resume of [...this.#waiting]) resume()
  }

  end(): void {
    this.#ended = true
    this.drained()
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
