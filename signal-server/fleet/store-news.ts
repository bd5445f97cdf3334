/**
 * When the devices of a site are told that its stores came or went: at once when one came after a quiet time, otherwise a
 * moment later and all changes together. A store that reconnects in a loop is then no loop of messages to everyone, and one
 * that is back within the moment is not mentioned. It knows neither devices nor messages.
 */
import { STORES_NEWS_EVERY_MS } from '../../policy/device-budget.ts'
import type { ServerClock } from './server-clock.ts'

interface Told {
  /** Stores that the site was told of last; none before the first time. */
  readonly stores: number
  /** When that number was new to it. */
  readonly since: number
  cancel: (() => void) | null
}

const NOTHING_TOLD: Told = { stores: 0, since: Number.NEGATIVE_INFINITY, cancel: null }

export class StoreNews {
  readonly #clock: ServerClock
  readonly #tell: (site: string) => void
  readonly #sites = new Map<string, Told>()
  #isStopped = false

  /** `tell` tells the devices of a site what holds now, and calls `recordTold`. */
  constructor(clock: ServerClock, tell: (site: string) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Which stores are online has changed at a site; there are `stores` of them now. */
  onStoresChanged(site: string, stores: number): void {
    if (this.#isStopped) return
    const told = this.#sites.get(site) ?? { ...NOTHING_TOLD }
    this.#sites.set(site, told)
    const isQuiet = this.#clock.now() - told.since >= STORES_NEWS_EVERY_MS
    if (isQuiet && stores > told.stores) return this.#tell(site)
    told.cancel ??= this.#clock.after(STORES_NEWS_EVERY_MS, () => this.#tell(site))
  }

  /** The devices of a site have just been told how many stores are online, for this or another reason. */
  recordTold(site: string, stores: number): void {
    const before = this.#sites.get(site) ?? NOTHING_TOLD
    before.cancel?.()
    const since = stores === before.stores ? before.since : this.#clock.now()
    this.#sites.set(site, { stores, since, cancel: null })
  }

  /** Nothing of the site is online any more. */
  forget(site: string): void {
    this.#sites.get(site)?.cancel?.()
    this.#sites.delete(site)
  }

  /** For good: sessions that end with the server are no news. */
  stop(): void {
    this.#isStopped = true
    for (const site of [...this.#sites.keys()]) this.forget(site)
  }
}
