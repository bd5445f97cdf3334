/**
 * How often the server is asked whether it has another build of the kiosk page, while something calls for one all the time:
 * at once, then with growing pauses. Pure but for what it is given; the clock only has to go forward.
 */

/** The first is as long as the pause between two tries of a device that the server refuses. */
const SHORTEST_PAUSE_MS = 60_000
/** A worker's script that has not changed costs a request without a body; a fleet sends some two a second for each thousand. */
const LONGEST_PAUSE_MS = 10 * 60 * 1000

/** To be called as often as one likes. */
export function createBuildLook(look: () => void, now: () => number): () => void {
  let pauseMs = SHORTEST_PAUSE_MS
  let nextAt = Number.NEGATIVE_INFINITY
  return () => {
    if (now() < nextAt) return
    nextAt = now() + pauseMs
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    look()
  }
}
