/**
 * How much may wait in the browser's queue of one link: what its line takes in half a second. More makes nothing faster; it goes out
 * after a window has closed, and ahead of everything that is said in the meantime. Knows counts of bytes and a clock, no link.
 */
import { MAX_PEER_FRAME_BYTES, MIB } from '../../protocol/limits.ts'

const QUEUED_MS = 500
/** One frame waits while the next is made. */
const LEAST_BYTES = MAX_PEER_FRAME_BYTES
/** Data channels fail at 16 MiB, and a kiosk that leaves should not cost much. */
const MOST_BYTES = 4 * MIB
/** A queue that has moved less than half of the limit says something of the line only after this. */
const SAMPLE_MS = 250

export class SendQueueLimit {
  /** The first look at a fast line finds it. */
  #bytes = LEAST_BYTES
  /** Since the queue has not been empty; `left`: bytes that had left it by then. */
  #sample: { readonly at: number; readonly left: number } | null = null

  get bytes(): number {
    return this.#bytes
  }

  /** Of all the bytes that were handed over until now, in ms, so many wait. */
  observe(handedOverBytes: number, queuedBytes: number, now: number): void {
    const sample = this.#sample
    const left = handedOverBytes - queuedBytes
    const next = queuedBytes > 0 ? { at: now, left } : null
    if (sample === null) {
      this.#sample = next
      return
    }
    const moved = left - sample.left
    const tookMs = now - sample.at
    const isDry = queuedBytes === 0
    const saysMuch = moved >= this.#bytes / 2
    if (!isDry && !saysMuch && tookMs < SAMPLE_MS) return
    this.#sample = next
    // The browser takes the first bytes from the queue at once, however slow the line is.
    if (isDry && !saysMuch) return
    const wanted = tookMs > 0 ? (moved / tookMs) * QUEUED_MS : MOST_BYTES
    // A line that ran dry is at least as fast as that. One pause of the browser is not yet a slow line.
    const floor = isDry ? this.#bytes : this.#bytes / 2
    this.#bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, floor, wanted))
  }
}
