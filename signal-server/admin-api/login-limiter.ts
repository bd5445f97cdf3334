/**
 * How often a password may be guessed: a few times in a row from one address, and not without end from all together. Only
 * attempts that fail are counted, and counts are kept in memory: a restart forgives.
 */
import type { BucketLimits } from '../../policy/device-budget.ts'
import { networkOf } from '../client-network.ts'
import { fullBucket, refill, type TokenBucket, take } from '../fleet/token-bucket.ts'

/** Five mistakes at once, then one try in 30 s. */
const PER_ADDRESS: BucketLimits = { capacity: 5, refillPerSecond: 1 / 30 }
/** A crowd of addresses gets no further than that; an administrator waits seconds behind it, not for ever. */
const ALL_TOGETHER: BucketLimits = { capacity: 100, refillPerSecond: 1 / 3 }
const MAX_ADDRESSES = 10_000

export interface LoginLimiter {
  /** Counts one attempt. Null: go on; else when the next one may be made (epoch ms). */
  attempt(address: string, now: number): number | null
  /** The attempt was no mistake. */
  forgive(address: string): void
}

export function createLoginLimiter(): LoginLimiter {
  const buckets = new Map<string, TokenBucket>()
  let all: TokenBucket | null = null

  return {
    attempt(address, now) {
      const key = networkOf(address)
      const own = buckets.get(key) ?? fullBucket(PER_ADDRESS, now)
      all ??= fullBucket(ALL_TOGETHER, now)
      const ownAfter = take(own, PER_ADDRESS, 1, now)
      const allAfter = take(all, ALL_TOGETHER, 1, now)
      if (ownAfter === null || allAfter === null)
        return Math.max(fullAt(own, PER_ADDRESS, now), fullAt(all, ALL_TOGETHER, now))
      // The address seen last goes to the end, so that the one that is dropped has been quiet the longest.
      buckets.delete(key)
      buckets.set(key, ownAfter)
      all = allAfter
      const oldest = buckets.size > MAX_ADDRESSES ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      return null
    },
    forgive(address) {
      buckets.delete(networkOf(address))
      if (all !== null) all = { ...all, tokens: Math.min(ALL_TOGETHER.capacity, all.tokens + 1) }
    },
  }
}

/** When the bucket holds one whole token. */
function fullAt(bucket: TokenBucket, limits: BucketLimits, now: number): number {
  const missing = Math.max(0, 1 - refill(bucket, limits, now).tokens)
  return now + Math.ceil((missing / limits.refillPerSecond) * 1000)
}
