/**
 * A clock that tests turn: timers fire in order, each instant is played to its end before the next, hours pass in
 * milliseconds. And a seeded source of chance, so that the same seed plays the same run.
 */

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

export class VirtualTime {
  #nowMs = 0
  #order = 0
  readonly #timers = new Set<Timer>()

  get nowMs(): number {
    return this.#nowMs
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size
  }

  /** Calls back once, after `delayMs`; returns a function that prevents it. Whole milliseconds, as browsers do. */
  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#nowMs + Math.max(0, Math.ceil(delayMs)), order: this.#order++, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Plays everything that happens within `ms`. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms
    await settle()
    for (let next = this.#next(end); next !== null; next = this.#next(end)) await this.#fire(next)
    this.#nowMs = end
  }

  /** Plays on until `condition` holds; false when it does not within `limitMs`. */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#nowMs + limitMs
    await settle()
    while (!condition()) {
      const next = this.#next(end)
      if (next === null) {
        this.#nowMs = end
        return condition()
      }
      await this.#fire(next)
    }
    return true
  }

  #next(end: number): Timer | null {
    let next: Timer | null = null
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      if (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer
    }
    return next
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer)
    this.#nowMs = timer.at
    timer.callback()
    await settle()
  }
}

/** Lets every promise that can go on without a timer or I/O go on. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}
