/** The browser's clock, chance and timers behind the `Platform` port. */
import type { Platform } from '../../ports.ts'
import { pageTimers, type SetTimeoutLike } from './worker-timers.ts'

/** Browsers fire timers beyond 2^31-1 ms at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

export function createWebPlatform(timers: SetTimeoutLike = pageTimers): Platform {
  return {
    monotonicMs: () => performance.now(),
    wallClockMs: () => Date.now(),
    random: () => Math.random(),
    /** 32 hex digits: fits the protocol's short ids, which a UUID with dashes does not. */
    randomId: () => crypto.randomUUID().replaceAll('-', ''),
    setTimer: (delayMs, callback) => setTimer(timers, delayMs, callback),
    log: message => console.info(`larder: ${message}`),
  }
}

/** Waits on, in pieces, until the monotonic clock has really moved by `delayMs`: timers may fire a little early. */
function setTimer(timers: SetTimeoutLike, delayMs: number, callback: () => void): () => void {
  const dueAt = performance.now() + delayMs
  let cancel: () => void
  const wait = () => {
    const leftMs = Math.ceil(dueAt - performance.now())
    cancel = timers(Math.min(Math.max(leftMs, 0), MAX_TIMEOUT_MS), fire)
  }
  const fire = () => (performance.now() >= dueAt ? callback() : wait())
  wait()
  return () => cancel()
}
