/**
 * Over what time the fleet spreads its return after an outage (PR-S16). A device hears it while all is well, since when the
 * server is back it is too late: ten thousand that come within a second wait for each other in the kernel's queue for
 * many seconds, where nothing can turn them away.
 */
import { returnSpreadMs } from '../../policy/return-spread.ts'
import type { Role } from '../../policy/windows.ts'
import type { FleetDirectory } from '../fleet-directory.ts'
import type { ServerClock } from './server-clock.ts'

/** Whoever was not seen for so long is not expected back in the same minute as all others. */
const SEEN_WITHIN_MS = 7 * 24 * 60 * 60 * 1000
/** Counting reads a row of each device, and the number changes slowly. */
const RECOUNT_EVERY_MS = 900_000

export interface ReturnSpreadDeps {
  readonly directory: Pick<FleetDirectory, 'countDevicesSeen'>
  readonly clock: ServerClock
  readonly log: { error(fields: object, message: string): void }
}

export class ReturnSpread {
  readonly #deps: ReturnSpreadDeps
  #deviceCount = 0
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(deps: ReturnSpreadDeps) {
    this.#deps = deps
    void this.#count()
  }

  /** As of the last count, which is a quarter of an hour old at most; 0 until there was one. */
  spreadMs(role: Role): number {
    return returnSpreadMs(this.#deviceCount, role)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  async #count(): Promise<void> {
    const { directory, clock, log } = this.#deps
    try {
      this.#deviceCount = await directory.countDevicesSeen(clock.now() - SEEN_WITHIN_MS)
    } catch (error) {
      if (this.#isStopped) return
      log.error({ err: error }, 'the devices of the fleet could not be counted')
    }
    if (!this.#isStopped) this.#cancel = clock.after(RECOUNT_EVERY_MS, () => void this.#count())
  }
}
