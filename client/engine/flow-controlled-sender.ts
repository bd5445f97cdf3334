/**
 * Sends frames over one peer link without filling the browser's memory: hands over up to the high watermark, then
 * waits until the link says that its queue has drained. Knows nothing of what the frames mean.
 */
import type { PeerLink } from '../ports.ts'

/** Above this nothing more is queued: data channels fail at 16 MiB, and a kiosk that leaves should not cost much. */
const HIGH_WATERMARK_BYTES = 4 * 1024 * 1024

export class FlowControlledSender {
  readonly #link: PeerLink
  #waiting: (() => void)[] = []
  #ended = false
  bytesOut = 0

  constructor(link: PeerLink) {
    this.#link = link
  }

  /** At once, whatever is queued: for control messages, which are small. */
  send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#ended) return
    this.bytesOut += frame.byteLength
    this.#link.send(frame)
  }

  /** Resolves true when the queue has room, false when the link has ended. */
  async room(): Promise<boolean> {
    while (!this.#ended && this.#link.bufferedBytes() >= HIGH_WATERMARK_BYTES) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    return !this.#ended
  }

  /** The link's queue fell below the low watermark. */
  drained(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }

  end(): void {
    this.#ended = true
    this.drained()
  }
}
