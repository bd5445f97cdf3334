/**
 * Whose turn it is to fetch one release from the server, among the kiosks of one site (T1 to T5): a few at a time, in the order in
 * which they came. Bookkeeping only; time and chance are arguments. Stores are not its business: they always may.
 *
 *  1. Never more devices hold a turn than `atOnce`.
 *  2. Nobody overtakes a device that asked earlier and comes back when it was told to.
 *  3. A turn that is not used ends: with its grant, soon after its device went away, or, while others wait, after `turnMs`.
 */
export interface TurnLimits {
  /** Devices of a site that may fetch the same release from the server at once. */
  readonly atOnce: number
  /** How long one may hold its turn while others wait for theirs. */
  readonly turnMs: number
  /** First and longest pause of a device that has to wait; who stands further back waits longer. */
  readonly minRetryMs: number
  readonly maxRetryMs: number
  /** How long after its time a device is waited for before the next one goes first. */
  readonly lateMs: number
  /** How long a device that went offline keeps its turn: a session that breaks comes back within seconds. */
  readonly absenceMs: number
}

export const DEFAULT_TURN_LIMITS: TurnLimits = {
  // One stream does not fill a line with a long round trip, and beyond a few they only slow each other.
  atOnce: 4,
  turnMs: 15 * 60_000,
  minRetryMs: 10_000,
  maxRetryMs: 60_000,
  lateMs: 30_000,
  absenceMs: 60_000,
}

interface Held {
  readonly since: number
  until: number
}

export type Turn = { readonly admitted: true } | { readonly admitted: false; readonly retryAt: number }

export class FetchTurns {
  readonly #limits: TurnLimits
  readonly #held = new Map<string, Held>()
  /** When each device that waits is expected; in the order in which they came. */
  readonly #waiting = new Map<string, number>()

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  get isIdle(): boolean {
    return this.#held.size === 0 && this.#waiting.size === 0
  }

  /** Asks for a turn, or to keep the one it has until `until`. `chance` in [0, 1) spreads those who have to come back. */
  ask(deviceId: string, until: number, now: number, chance: number): Turn {
    this.expire(now)
    const held = this.#held.get(deviceId)
    const others = [...this.#waiting.keys()].filter(each => each !== deviceId)
    if (held !== undefined) {
      if (others.length === 0 || now < held.since + this.#limits.turnMs) {
        held.until = Math.max(held.until, until)
        return { admitted: true }
      }
      this.#held.delete(deviceId)
    }
    const { atOnce, lateMs } = this.#limits
    const place = this.#waiting.has(deviceId) ? [...this.#waiting.keys()].indexOf(deviceId) : others.length
    if (this.#held.size + place < atOnce) {
      this.#waiting.delete(deviceId)
      this.#held.set(deviceId, { since: now, until })
      return { admitted: true }
    }
    const retryAt = now + this.#pauseMs(place, chance)
    this.#waiting.set(deviceId, retryAt + lateMs)
    return { admitted: false, retryAt }
  }

  /** The device has the release, or is not to run it any more. */
  finish(deviceId: string): void {
    this.#held.delete(deviceId)
    this.#waiting.delete(deviceId)
  }

  /** The device went offline. */
  leave(deviceId: string, now: number): void {
    const held = this.#held.get(deviceId)
    if (held !== undefined) held.until = Math.min(held.until, now + this.#limits.absenceMs)
  }

  expire(now: number): void {
    for (const [deviceId, { until }] of this.#held) if (now >= until) this.#held.delete(deviceId)
    for (const [deviceId, expectedBy] of this.#waiting) if (now >= expectedBy) this.#waiting.delete(deviceId)
  }

  #pauseMs(place: number, chance: number): number {
    const { atOnce, minRetryMs, maxRetryMs } = this.#limits
    const pauseMs = Math.min(maxRetryMs, minRetryMs * (1 + Math.floor(place / atOnce)))
    return Math.round(pauseMs * (0.5 + chance / 2))
  }
}
