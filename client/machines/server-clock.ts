/**
 * The server's time on a device (DESIGN section 3, "Whose clock"): an offset to a monotonic clock, learned from
 * request and answer, with half the round trip as its error. The device's wall clock plays no part.
 */

export interface ServerClock {
  /** Server time (epoch ms) minus monotonic time (ms). */
  readonly offsetMs: number
  /** The true offset lies within this of `offsetMs`. */
  readonly errorMs: number
  readonly sampledAt: number
}

/** A monotonic clock of a cheap machine drifts by up to this much; an old sample is worth that much less. */
const DRIFT_PER_MS = 100e-6

/** One exchange: sent and received in monotonic ms, `serverTime` in epoch ms. Keeps the better of old and new. */
export function sampleClock(
  clock: ServerClock | null,
  sentAt: number,
  receivedAt: number,
  serverTime: number,
): ServerClock {
  const errorMs = (receivedAt - sentAt) / 2
  const fresh = { offsetMs: serverTime - (sentAt + receivedAt) / 2, errorMs, sampledAt: receivedAt }
  if (clock === null) return fresh
  const aged = clock.errorMs + (receivedAt - clock.sampledAt) * DRIFT_PER_MS
  // A server whose clock was set differs by more than both errors: the old sample is then simply wrong.
  const agrees = Math.abs(fresh.offsetMs - clock.offsetMs) <= fresh.errorMs + aged + 1
  return agrees && aged < errorMs ? clock : fresh
}

/** Server time at a monotonic instant; null until the first sample. */
export function serverTimeAt(clock: ServerClock | null, monotonicMs: number): number | null {
  return clock === null ? null : monotonicMs + clock.offsetMs
}
