/** When a patch can be expected, from how fast parts have come so far. Knows sizes and times; makes nothing. */
import { MAX_PART_MAKES_BYTES } from '../../protocol/limits.ts'

/** How fast patch content is made before this server has made any: a part of full size in four seconds. */
const FIRST_GUESS = { bytes: MAX_PART_MAKES_BYTES, ms: MAX_PART_MAKES_BYTES / 1000 }
/** What the past weighs beside the next part: the last few count, and small ones count for little. */
const PACE_MEMORY = 0.7
/** Nobody asks again sooner. */
const SOONEST_MS = 1_000

export class PatchPace {
  /** What is being made, and raw bytes of it that are planned and not made yet. */
  #making: { readonly key: string; readonly leftBytes: number } | null = null
  /** Raw bytes that were made lately, and in what time. */
  #pace: { readonly bytes: number; readonly ms: number } = FIRST_GUESS

  /** Another patch is next; how much of it there is shows only when it is planned. */
  begin(key: string): void {
    this.#making = { key, leftBytes: 0 }
  }

  planned(rawBytes: number): void {
    if (this.#making !== null) this.#making = { ...this.#making, leftBytes: rawBytes }
  }

  /** A part was made, or found not to be worth it, in so much time. */
  partMade(rawBytes: number, ms: number): void {
    if (this.#making !== null) this.planned(this.#making.leftBytes - rawBytes)
    this.#pace = {
      bytes: PACE_MEMORY * this.#pace.bytes + rawBytes,
      ms: PACE_MEMORY * this.#pace.ms + ms,
    }
  }

  end(): void {
    this.#making = null
  }

  /** Of one that is not planned yet, or waits for its turn: when it is worth asking again. */
  expectedInMs(key: string): number {
    const leftMs = ((this.#making?.leftBytes ?? 0) * this.#pace.ms) / this.#pace.bytes
    const turnMs = this.#making?.key === key ? 0 : SOONEST_MS
    return Math.max(SOONEST_MS, leftMs) + turnMs
  }
}
