/** When a page counts as hung. Pure: instants are arguments. */

/** Far longer than the longest task of an app that works, short enough that nobody is called because of a frozen screen. */
const HANG_MS = 15_000
/** The watch itself did not run for so long: the machine slept, or the browser froze page and watch together. */
const OWN_PAUSE_MS = 5_000

export interface Watch {
  answered(): void
  /** Called about once a second; true when the page has not answered for too long, and again after as long as that. */
  tick(now: number): boolean
}

export function createWatch(): Watch {
  let silentSince: number | null = null
  let tickedAt: number | null = null
  return {
    answered: () => {
      silentSince = null
    },
    tick: now => {
      if (tickedAt === null || now - tickedAt > OWN_PAUSE_MS) silentSince = null
      tickedAt = now
      silentSince ??= now
      if (now - silentSince < HANG_MS) return false
      silentSince = now
      return true
    },
  }
}
