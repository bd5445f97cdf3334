/**
 * Sends this device's status to the server: at once after a pause, then at most every `statusIntervalMs`, the last state
 * always. A status that says nothing new is not sent; of what is in it, only the counters of bytes are looked at.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { Platform } from '../ports.ts'

export class StatusSender {
  readonly #platform: Platform
  readonly #intervalMs: number
  readonly #read: () => DeviceStatus
  readonly #send: (status: DeviceStatus) => boolean
  #lastSent = ''
  /** The counters of bytes that were sent last, in this session or an earlier one. */
  #lastCounters = ''
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

  /**
   * Other releases are about to be wanted, and with them the counters of those that were are reported no more: what they
   * counted since the last report is reported now (PR-S17).
   */
  beforeAssignments(): void {
    if (this.#stopped) return
    const status = this.#read()
    if (countersOf(status) !== this.#lastCounters) this.#sendIfNew(status)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #sendNow(): void {
    if (this.#sendIfNew(this.#read())) this.#sentAt = this.#platform.monotonicMs()
  }

  #sendIfNew(status: DeviceStatus): boolean {
    // The offset moves with every ping and would be a change of its own.
    const text = JSON.stringify({ ...status, clockOffsetMs: 0 })
    if (text === this.#lastSent || !this.#send(status)) return false
    this.#lastSent = text
    this.#lastCounters = countersOf(status)
    return true
  }
}

const countersOf = ({ packages }: DeviceStatus): string =>
  packages
    .map(
      ({ package: name, wantedRelease, bytes }) =>
        `${name} ${wantedRelease} ${bytes.fromStores} ${bytes.fromServer}`,
    )
    .join('\n')
