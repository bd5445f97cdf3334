/**
 * Over what time the fleet spreads its return after an outage (PR-S16). A device hears it while all is well, since when the
 * server is back it is too late: ten thousand that come within a second wait for each other in the kernel's queue for
 * many seconds, where nothing can turn them away.
 */
import type { FleetDirectory } from '../fleet-directory.ts'
import type { ServerClock } from './server-clock.ts'

/** Half of what one process on a slow core greets. */
const RETURNS_PER_SECOND = 300
/** Beyond it a fleet has more processes than one, or takes its time. */
const MAX_SPREAD_MS = 600_000
/** Whoever was not seen for so long is not expected back in the same minute as all others. */
const SEEN_WITHIN_MS = 7 * 24 * 60 * 60 * 1000
/** Counting reads a row of each device. */
const RECOUNT_EVERY_MS = 300_000

export interface ReturnSpreadDeps {
  readonly directory: Pick<FleetDirectory, 'countDevicesSeen'>
  readonly clock: ServerClock
  readonly log: { error(fields: object, message: string): void }
}

export class ReturnSpread {
  readonly #deps: ReturnSpreadDeps
  #milliseconds = 0
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(deps: ReturnSpreadDeps) {
    this.#deps = deps
    void this.#count()
  }

  /** As of the last count, which is some minutes old at most; 0 until there was one. */
  get milliseconds(): number {
    return this.#milliseconds
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  async #count(): Promise<void> {
    const { directory, clock, log } = this.#deps
    try {
      this.#milliseconds = returnSpreadMs(await directory.countDevicesSeen(clock.now() - SEEN_WITHIN_MS))
    } catch (error) {
      log.error({ err: error }, 'the devices of the fleet could not be counted')
    }
    if (!this.#isStopped) this.#cancel = clock.after(RECOUNT_EVERY_MS, () => void this.#count())
  }
}

export function returnSpreadMs(devices: number): number {
  return Math.min(MAX_SPREAD_MS, Math.round((devices / RETURNS_PER_SECOND) * 1000))
}
