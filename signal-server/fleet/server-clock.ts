/** The time and the timers of the fleet's runners, as one argument; tests hand in a clock of their own. */
export interface ServerClock {
  /** Epoch ms. */
  now(): number
  /** Runs `task` once, not before `delayMs` have passed. Returns what cancels it. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: ServerClock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    // Sessions keep the process alive through their sockets; a timer alone must not.
    timer.unref()
    return () => clearTimeout(timer)
  },
}
