/**
 * How often a secret may be guessed: a few times in a row from one network, and not without end from all together. Networks
 * from which an administrator logged in before have a reserve: they are counted by themselves alone, so that an attack from
 * many addresses does not shut the administrator out. Only attempts that fail are counted, and counts are kept in memory.
 */
import type { BucketLimits } from '../../policy/device-budget.ts'
import { networkOf } from '../client-network.ts'
import { fullBucket, refill, type TokenBucket, take } from '../fleet/token-bucket.ts'

export interface LoginLimits {
  readonly perNetwork: BucketLimits
  /** Of all networks that are not known; null: they are counted by themselves alone. */
  readonly strangers: BucketLimits | null
}

export const PASSWORD_LIMITS: LoginLimits = {
  /** Five mistakes at once, then one try in 30 s. */
  perNetwork: { capacity: 5, refillPerSecond: 1 / 30 },
  /** A crowd of addresses gets no further than that. An administrator on a new network waits behind it, or uses a link. */
  strangers: { capacity: 100, refillPerSecond: 1 / 3 },
}

/** A link has 256 random bits, which no number of tries finds: the bound is on what nonsense may cost, by network. */
export const LINK_LIMITS: LoginLimits = {
  perNetwork: { capacity: 20, refillPerSecond: 1 / 3 },
  strangers: null,
}

const MAX_NETWORKS = 10_000

export interface LoginLimiter {
  /** Counts one attempt. Null: go on; else when the next one may be made (epoch ms). `isKnown`: a login from there succeeded before. */
  attempt(address: string, isKnown: boolean, now: number): number | null
  /** The attempt was no mistake. */
  forgive(address: string, isKnown: boolean): void
}

export function createLoginLimiter({ perNetwork, strangers }: LoginLimits): LoginLimiter {
  const buckets = new Map<string, TokenBucket>()
  let shared: TokenBucket | null = null

  return {
    attempt(address, isKnown, now) {
      const network = networkOf(address)
      const own = buckets.get(network) ?? fullBucket(perNetwork, now)
      const ownAfter = take(own, perNetwork, 1, now)
      if (ownAfter === null) return fullAt(own, perNetwork, now)
      if (strangers !== null && !isKnown) {
        shared ??= fullBucket(strangers, now)
        const sharedAfter = take(shared, strangers, 1, now)
        if (sharedAfter === null) return fullAt(shared, strangers, now)
        shared = sharedAfter
      }
      // The network seen last goes to the end, so that the one that is dropped has been quiet the longest.
      buckets.delete(network)
      buckets.set(network, ownAfter)
      const oldest = buckets.size > MAX_NETWORKS ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      return null
    },
    forgive(address, isKnown) {
      buckets.delete(networkOf(address))
      if (shared !== null && strangers !== null && !isKnown)
        shared = { ...shared, tokens: Math.min(strangers.capacity, shared.tokens + 1) }
    },
  }
}

/** When the bucket holds one whole token. */
function fullAt(bucket: TokenBucket, limits: BucketLimits, now: number): number {
  const missing = Math.max(0, 1 - refill(bucket, limits, now).tokens)
  return now + Math.ceil((missing / limits.refillPerSecond) * 1000)
}
