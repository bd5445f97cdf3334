/**
 * A token bucket per address, for what strangers may do without proving anything. Time is an argument. What an address is,
 * and what costs a token, is the caller's.
 */
import type { BucketLimits } from '../../policy/device-budget.ts'
import { fullBucket, refill, type TokenBucket } from './token-bucket.ts'

/** Beyond it all addresses are forgotten, rather than memory spent on an attack. */
const MAX_ADDRESSES = 10_000

export class AddressBuckets {
  readonly #limits: BucketLimits
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(limits: BucketLimits) {
    this.#limits = limits
  }

  /** When the address has a token again, epoch ms; null when it has one now. */
  emptyUntil(address: string, now: number): number | null {
    const { tokens } = this.#left(address, now)
    return tokens >= 1 ? null : now + Math.ceil(((1 - tokens) / this.#limits.refillPerSecond) * 1000)
  }

  /** Takes a token, if there is one. */
  spend(address: string, now: number): void {
    const { tokens, updatedAt } = this.#left(address, now)
    if (this.#buckets.size >= MAX_ADDRESSES) this.#buckets.clear()
    this.#buckets.set(address, { tokens: Math.max(0, tokens - 1), updatedAt })
  }

  #left(address: string, now: number): TokenBucket {
    return refill(this.#buckets.get(address) ?? fullBucket(this.#limits, now), this.#limits, now)
  }
}
