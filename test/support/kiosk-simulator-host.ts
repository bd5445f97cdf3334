/**
 * One run of a simulated browser: what may still call into it, and its platform. When it dies, nothing reaches the engine
 * in it any more, as when a process is killed.
 */
import type { Platform } from '../../client/ports.ts'
import { seededRandom, type VirtualTime } from './virtual-time.ts'

export class SimulatedHost {
  readonly deviceId: string
  readonly platform: Platform
  readonly log: string[] = []
  alive = true
  readonly #time: VirtualTime
  readonly #timers = new Set<() => void>()

  /** `wallClockOffsetMs`: how wrong the device's own clock is; nothing may depend on it. */
  constructor(time: VirtualTime, deviceId: string, seed: number, wallClockOffsetMs: number) {
    this.#time = time
    this.deviceId = deviceId
    const random = seededRandom(seed)
    const bootedAt = time.nowMs - Math.floor(random() * 1e6)
    this.platform = {
      monotonicMs: () => time.nowMs - bootedAt,
      wallClockMs: () => time.nowMs + wallClockOffsetMs,
      random,
      randomId: () => Math.floor(random() * 2 ** 48).toString(36),
      setTimer: (delayMs, callback) => this.#setTimer(delayMs, callback),
      log: message => this.log.push(`${time.nowMs} ${message}`),
    }
  }

  /** Timers of the engine that have not fired: 0 after `stop()`. */
  get timers(): number {
    return this.#timers.size
  }

  /** The world calls into this browser, unless it is gone by then. */
  later(delayMs: number, callback: () => void): void {
    this.#time.setTimer(delayMs, () => {
      if (this.alive) callback()
    })
  }

  die(): void {
    this.alive = false
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  #setTimer(delayMs: number, callback: () => void): () => void {
    if (!this.alive) return () => {}
    const cancel = () => {
      this.#timers.delete(cancel)
      cancelTimer()
    }
    const cancelTimer = this.#time.setTimer(delayMs, () => {
      this.#timers.delete(cancel)
      callback()
    })
    this.#timers.add(cancel)
    return cancel
  }
}
