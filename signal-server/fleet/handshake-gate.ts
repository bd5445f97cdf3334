/**
 * Turns connections away while the server is behind with handshakes, so that those it lets in are through at once: after an
 * outage a whole fleet comes back within seconds, and whoever is turned away comes back by itself, later and spread out.
 * Bookkeeping only; the time that the event loop is late is an argument.
 */
export interface GateLimits {
  /** Handshakes under way at once. At about a millisecond each the last of them waits a quarter of a second. */
  readonly handshakes: number
  /** Below it the server is not behind, however many connections say nothing: they hinder nobody. */
  readonly lateMs: number
}

const GATE_LIMITS: GateLimits = { handshakes: 200, lateMs: 50 }

export class HandshakeGate {
  readonly #limits: GateLimits
  #underWay = 0

  constructor(limits: GateLimits = GATE_LIMITS) {
    this.#limits = limits
  }

  /** Whether another connection may begin its handshake; if so it counts until `leave`. */
  enter(lateMs: number): boolean {
    const { handshakes, lateMs: limitMs } = this.#limits
    if (this.#underWay >= handshakes && lateMs > limitMs) return false
    this.#underWay++
    return true
  }

  leave(): void {
    this.#underWay--
  }
}
