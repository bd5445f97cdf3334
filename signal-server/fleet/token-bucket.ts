/** A token bucket as a value: bursts up to the capacity, then the refill rate. Time is an argument. */
import type { BucketLimits } from '../../policy/device-budget.ts'

export interface TokenBucket {
  readonly tokens: number
  readonly updatedAt: number
}

export function fullBucket(limits: BucketLimits, now: number): TokenBucket {
  return { tokens: limits.capacity, updatedAt: now }
}

/** The bucket at `now`. A clock that went backwards refills nothing. */
export function refill(bucket: TokenBucket, limits: BucketLimits, now: number): TokenBucket {
  const elapsedMs = Math.max(0, now - bucket.updatedAt)
  const tokens = Math.min(limits.capacity, bucket.tokens + (elapsedMs / 1000) * limits.refillPerSecond)
  return { tokens, updatedAt: now }
}

/** The bucket after `cost`, or null when it does not hold that much. */
export function take(
  bucket: TokenBucket,
  limits: BucketLimits,
  cost: number,
  now: number,
): TokenBucket | null {
  const { tokens, updatedAt } = refill(bucket, limits, now)
  return tokens < cost ? null : { tokens: tokens - cost, updatedAt }
}

/** The bucket with `amount` put back; it holds no more than its capacity. */
export function give(bucket: TokenBucket, limits: BucketLimits, amount: number, now: number): TokenBucket {
  const { tokens, updatedAt } = refill(bucket, limits, now)
  return { tokens: Math.min(limits.capacity, tokens + amount), updatedAt }
}
