/** Limits log lines that strangers can cause, so that they do not fill the disk. A line that is written says how many were left out. */
import type { BucketLimits } from '../../policy/device-budget.ts'
import { fullBucket, type TokenBucket, take } from './token-bucket.ts'

export class LineLimit {
  readonly #limits: BucketLimits
  #bucket: TokenBucket
  #leftOut = 0

  constructor(limits: BucketLimits, now: number) {
    this.#limits = limits
    this.#bucket = fullBucket(limits, now)
  }

  /** Null for a line that is left out; otherwise how many were since the last that was written. */
  admit(now: number): number | null {
    const rest = take(this.#bucket, this.#limits, 1, now)
    if (rest === null) {
      this.#leftOut++
      return null
    }
    this.#bucket = rest
    const leftOut = this.#leftOut
    this.#leftOut = 0
    return leftOut
  }
}
