/** Pauses after that many failures in a row: doubling, bounded, the same rule as everywhere in the kiosk. */
import type { KioskOptions } from '../../options.ts'

type Pauses = Pick<KioskOptions, 'minRetryMs' | 'maxRetryMs'>

export function pauseMs(failures: number, { minRetryMs, maxRetryMs }: Pauses): number {
  return Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(failures - 1, 16))
}

/** Before a release that failed so often is tried again where there is no other to show. */
export function pauseBeforeRetryMs(
  failures: number,
  { minReleaseRetryMs, maxReleaseRetryMs }: KioskOptions,
): number {
  return pauseMs(failures, { minRetryMs: minReleaseRetryMs, maxRetryMs: maxReleaseRetryMs })
}
