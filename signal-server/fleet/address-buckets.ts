/**
 * A token bucket per network (`client-network.ts`), for what strangers may do without proving anything. Time is an argument.
 * What costs a token is the caller's.
 */
import type { BucketLimits } from '../../policy/device-budget.ts'
import { networkOf } from '../client-network.ts'
import { fullBucket, refill, type TokenBucket } from './token-bucket.ts'

/** Beyond it the network that spent nothing for longest is forgotten, rather than memory spent on an attack. */
const MAX_NETWORKS = 10_000

export class AddressBuckets {
  readonly #limits: BucketLimits
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(limits: BucketLimits) {
    this.#limits = limits
  }

  /** When the network of the address has a token again, epoch ms; null when it has one now. */
  emptyUntil(address: string, now: number): number | null {
    const { tokens } = this.#left(address, now)
    return tokens >= 1 ? null : now + Math.ceil(((1 - tokens) / this.#limits.refillPerSecond) * 1000)
  }

  /** Takes a token, if there is one. */
  spend(address: string, now: number): void {
    const { tokens, updatedAt } = this.#left(address, now)
    const network = networkOf(address)
    this.#buckets.delete(network)
    this.#buckets.set(network, { tokens: Math.max(0, tokens - 1), updatedAt })
    const oldest = this.#buckets.size > MAX_NETWORKS ? this.#buckets.keys().next().value : undefined
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }

  #left(address: string, now: number): TokenBucket {
    return refill(this.#buckets.get(networkOf(address)) ?? fullBucket(this.#limits, now), this.#limits, now)
  }
}
