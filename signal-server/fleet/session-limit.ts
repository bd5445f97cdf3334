/**
 * How many sessions a device may begin (`policy/device-budget.ts`). It is kept by device, over the end of a session, so that
 * reconnecting renews nothing. Only devices that proved their key are counted, or strangers could lock a device out by its id.
 */
import { DEVICE_SESSIONS } from '../../policy/device-budget.ts'
import { fullBucket, refill, type TokenBucket, take } from './token-bucket.ts'

export class SessionLimit {
  readonly #buckets = new Map<string, TokenBucket>()

  /** How many devices are remembered: those that began a session within the last minutes. */
  get size(): number {
    return this.#buckets.size
  }

  /** Counts a session. Null when it may begin; otherwise when the device may come back, epoch ms, and then nothing is counted. */
  begin(deviceId: string, now: number): number | null {
    const bucket = this.#buckets.get(deviceId) ?? fullBucket(DEVICE_SESSIONS, now)
    const rest = take(bucket, DEVICE_SESSIONS, 1, now)
    if (rest === null) {
      const { tokens } = refill(bucket, DEVICE_SESSIONS, now)
      return now + Math.ceil(((1 - tokens) / DEVICE_SESSIONS.refillPerSecond) * 1000)
    }
    this.#buckets.set(deviceId, rest)
    return null
  }

  /** Forgets devices whose bucket is full again. */
  expire(now: number): void {
    for (const [deviceId, bucket] of this.#buckets) {
      if (refill(bucket, DEVICE_SESSIONS, now).tokens >= DEVICE_SESSIONS.capacity)
        this.#buckets.delete(deviceId)
    }
  }
}
