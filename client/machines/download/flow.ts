/**
 * How fast one store sends, as measured: how much to ask of it ahead, and when it is too slow to be waited for.
 * Only numbers; instants are monotonic ms, times of bytes are their arrival.
 */
import type { KioskOptions } from '../../options.ts'

/** Long enough that one chunk more or less does not matter, short enough to grow within a second. */
const SAMPLE_MS = 200
/** Weight of the newest sample: a store that slows down is noticed within a few. */
const SAMPLE_WEIGHT = 0.4

export interface Flow {
  /** Bytes per ms while it had something to send; null before the first sample. */
  rate: number | null
  /** Shortest time from asking an idle store to its first bytes; null before the first answer. */
  roundTripMs: number | null
  /** When the store was asked while it was idle, until its first bytes come. */
  askedAt: number | null
  sampleAt: number
  sampleBytes: number
  /** What came since `windowAt`; every stall timeout a new window begins. */
  windowAt: number
  windowBytes: number
}

export function createFlow(now: number): Flow {
  return {
    rate: null,
    roundTripMs: null,
    askedAt: null,
    sampleAt: now,
    sampleBytes: 0,
    windowAt: now,
    windowBytes: 0,
  }
}

/** The store was idle and is asked for something. */
export function flowBegins(flow: Flow, now: number): void {
  flow.askedAt = now
  flow.windowAt = now
  flow.windowBytes = 0
}

export function flowed(flow: Flow, bytes: number, now: number, options: KioskOptions): void {
  flow.windowBytes += bytes
  if (now >= flow.windowAt + options.stallTimeoutMs && !isTrickle(flow, now, options)) {
    flow.windowAt = now
    flow.windowBytes = 0
  }
  if (flow.askedAt !== null) {
    flow.roundTripMs = Math.min(flow.roundTripMs ?? Number.POSITIVE_INFINITY, now - flow.askedAt)
    flow.askedAt = null
    // The first bytes tell of the way, the rate is of what follows them.
    flow.sampleAt = now
    flow.sampleBytes = 0
    return
  }
  flow.sampleBytes += bytes
  const elapsedMs = now - flow.sampleAt
  if (elapsedMs < SAMPLE_MS) return
  const sample = flow.sampleBytes / elapsedMs
  flow.rate = flow.rate === null ? sample : flow.rate + SAMPLE_WEIGHT * (sample - flow.rate)
  flow.sampleAt = now
  flow.sampleBytes = 0
}

/** A whole stall timeout has brought less than the slowest store that is worth waiting for would send. */
export function isTrickle(flow: Flow, now: number, options: KioskOptions): boolean {
  const leastBytes = (options.minStoreBytesPerS * options.stallTimeoutMs) / 1000
  return now >= flow.windowAt + options.stallTimeoutMs && flow.windowBytes < leastBytes
}

/** Raw bytes to have asked for: what it sends in `pipelineMs` and two round trips, within floor and cap. */
export function pipelineBytesOf(flow: Flow, options: KioskOptions): number {
  const { pipelineMs, minPipelineBytes, maxPipelineBytes } = options
  const bytes = (flow.rate ?? 0) * (pipelineMs + 2 * (flow.roundTripMs ?? 0))
  return Math.min(maxPipelineBytes, Math.max(minPipelineBytes, bytes))
}

/** How long the store will take for so many bytes, ms; infinite while its rate is not known. */
export function timeFor(flow: Flow, bytes: number): number {
  if (flow.rate === null || flow.rate <= 0) return Number.POSITIVE_INFINITY
  return (flow.roundTripMs ?? 0) + bytes / flow.rate
}
