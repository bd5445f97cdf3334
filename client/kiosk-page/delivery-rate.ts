/**
 * How fast a package comes and how long it will still take, from what its status said over the last seconds. Pure.
 * Says nothing where it does not know: a guess that jumps is worse than none.
 */
import type { PackageStatus } from '../../protocol/device-status.ts'

/** What had come when; `at` in ms of a clock that only goes forward. */
interface Sample {
  readonly at: number
  readonly bytes: number
  readonly chunks: number
}

export interface DeliveryRate {
  /** Over everything that travelled; null while too little was seen. */
  readonly bytesPerS: number | null
  /** Null: unknown, because nothing moves, or it moves too seldom to tell. */
  readonly remainingMs: number | null
}

/** Long enough that a large chunk more or less does not show, short enough that a change of pace does. */
const WINDOW_MS = 20_000
/** Before that, one chunk more would change everything. */
const SHORTEST_MS = 3_000
const SPACING_MS = 500
const UNKNOWN: DeliveryRate = { bytesPerS: null, remainingMs: null }

/** The measurement with one more look at the package; begins anew when the package is not coming in. */
export function measure(samples: readonly Sample[], status: PackageStatus, at: number): readonly Sample[] {
  // What is found on the disk at start comes much faster than anything from outside.
  if (status.phase !== 'downloading' || status.reason === 'checking-held-chunks') return []
  const sample = {
    at,
    bytes: status.bytes.fromStores + status.bytes.fromServer,
    chunks: status.chunks.have,
  }
  const last = samples.at(-1)
  if (last && (sample.bytes < last.bytes || sample.chunks < last.chunks)) return [sample]
  if (last && at - last.at < SPACING_MS) return samples
  const recent = samples.filter((_, index) => (samples[index + 1]?.at ?? at) >= at - WINDOW_MS)
  return [...recent, sample]
}

export function rateOf(samples: readonly Sample[], status: PackageStatus, at: number): DeliveryRate {
  const [first] = samples
  const last = samples.at(-1)
  if (!first || !last || at - first.at < SHORTEST_MS) return UNKNOWN
  const tookMs = at - first.at
  const chunks = last.chunks - first.chunks
  const left = status.chunks.total - status.chunks.have
  return {
    bytesPerS: ((last.bytes - first.bytes) / tookMs) * 1000,
    remainingMs: chunks > 0 ? (left * tookMs) / chunks : null,
  }
}
