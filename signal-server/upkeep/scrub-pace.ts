/** How fast what is stored is read through and verified: whole passes in days, beside a server that has better to do. */
import { MIB } from '../../protocol/limits.ts'

/** From the beginning of one pass to that of the next. Disks lose bits in months; a week finds it while backups are recent. */
export const SCRUB_PASS_MS = 7 * 24 * 3600_000
/** A pass is through a little earlier, so that the next begins in time. */
const PASS_SHARE = 0.9
/** What the slowest disk and one core do beside serving. Above 2 TB a pass takes longer than a week. */
const MAX_BYTES_PER_SECOND = 4 * MIB
/** Where the disk or the processor is busy, reading takes longer, and it gets a tenth of the time at most. */
const MAX_SHARE_OF_TIME = 0.1
/** Small vaults are through in hours: waiting longer for each chunk would gain nothing. */
const MAX_PAUSE_MS = 10 * 60_000

/** The pause after something of `bytes` was read and verified in `tookMs`, where a pass has `passBytes`. */
export function scrubPauseMs(bytes: number, tookMs: number, passBytes: number): number {
  const bytesPerMs = Math.min(MAX_BYTES_PER_SECOND / 1000, passBytes / (SCRUB_PASS_MS * PASS_SHARE))
  const forRateMs = bytesPerMs > 0 ? bytes / bytesPerMs : MAX_PAUSE_MS
  return Math.max(Math.min(forRateMs, MAX_PAUSE_MS), busyPauseMs(tookMs))
}

/** The pause after something that could not wait took so long. */
export function busyPauseMs(tookMs: number): number {
  return tookMs * (1 / MAX_SHARE_OF_TIME - 1)
}
