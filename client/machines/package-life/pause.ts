/** The pause after that many failures in a row: doubling, bounded, the same rule as everywhere in the kiosk. */
import type { KioskOptions } from '../../options.ts'

export function pauseMs(failures: number, { minRetryMs, maxRetryMs }: KioskOptions): number {
  return Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(failures - 1, 16))
}
