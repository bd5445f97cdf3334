/**
 * Sends this device's status to the server: at once after a pause, then at most every `statusIntervalMs`, the last state
 * always. Knows not what is in it, but that a status which says nothing new is not sent.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { Platform } from '../ports.ts'

export class StatusSender {
  readonly #platform: Platform
  readonly #intervalMs: number
  readonly #read: () => DeviceStatus
  readonly #send: (status: DeviceStatus) => boolean
  #lastSent = ''
  #sentAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null
  #stopped = false

  /** `send` answers false when there is no session; the next one begins with `begin()`. */
  constructor(
    platform: Platform,
    intervalMs: number,
    read: () => DeviceStatus,
    send: (status: DeviceStatus) => boolean,
  ) {
    this.#platform = platform
    this.#intervalMs = intervalMs
    this.#read = read
    this.#send = send
  }

  /** A session has begun: the server may know nothing any more. */
  begin(): void {
    this.#lastSent = ''
    this.changed()
  }

  changed(): void {
    if (this.#cancel !== null || this.#stopped) return
    const delayMs = Math.max(0, this.#sentAt + this.#intervalMs - this.#platform.monotonicMs())
    this.#cancel = this.#platform.setTimer(delayMs, () => {
      this.#cancel = null
      this.#sendNow()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #sendNow(): void {
    const status = this.#read()
    // The offset moves with every ping and would be a change of its own.
    const text = JSON.stringify({ ...status, clockOffsetMs: 0 })
    if (text === this.#lastSent || !this.#send(status)) return
    this.#lastSent = text
    this.#sentAt = this.#platform.monotonicMs()
  }
}
