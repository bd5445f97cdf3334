/** What the administration sees of the fleet at a glance and live, put together from the board, the rates and the traffic. */
import type { Overview, UnknownReleases, Upkeep } from '../../protocol/admin/overview.ts'
import type { SiteExchange, SiteSummary } from '../../protocol/admin/sites.ts'
import { toInstant } from '../../protocol/primitives.ts'
import type { BackgroundJobs } from '../background-jobs.ts'
import type { FleetPresence } from '../fleet-presence.ts'
import type { Records } from '../records/records.ts'
import { nextReleases } from '../records/release-numbers.ts'
import { findSite, listSites, type SiteRecord } from '../records/sites.ts'
import type { ShownStorage } from '../storage-state.ts'
import { type AttentionDevice, attentionOf } from './attention.ts'
import { ExchangeRates, exchangeDevices } from './exchange-rates.ts'
import { type BoardRow, FleetBoard, packagesOf } from './fleet-board.ts'
import { unknownReleases } from './unknown-releases.ts'

export interface FleetWatchDeps {
  readonly records: Records
  readonly presence: FleetPresence
  readonly storage: ShownStorage
  /** Epoch ms. */
  readonly clock: () => number
  readonly jobs: BackgroundJobs
  /** What the server found wrong with itself. */
  readonly upkeep: () => Upkeep
}

export class FleetWatch {
  readonly board: FleetBoard
  readonly #deps: FleetWatchDeps
  readonly #rates = new ExchangeRates()
  readonly #unsubscribe: () => void

  constructor(deps: FleetWatchDeps) {
    this.#deps = deps
    this.board = new FleetBoard({ ...deps, onRemoved: deviceId => this.#rates.forget(deviceId) })
    this.#unsubscribe = deps.records.reports.subscribe((deviceId, report, at) => {
      if (report.type === 'status') this.#rates.report(deviceId, report.status, at)
    })
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    await this.board.close()
  }

  async overview(): Promise<Overview> {
    const { records, storage, clock, upkeep } = this.#deps
    const now = clock()
    const { trouble } = storage
    const { since, ...today } = await records.traffic.today(now)
    const storageTrouble = trouble && {
      reason: trouble.reason,
      detail: `${trouble.words} (${storage.path}); ${trouble.advice}`,
      since: toInstant(trouble.since),
    }
    const found = upkeep()
    const unknown = await this.unknownReleases()
    return {
      at: toInstant(now),
      counts: this.board.counts,
      bytes: { total: records.traffic.total(), today: { ...today, since: toInstant(since) } },
      share: this.#share(),
      storageTrouble,
      upkeep: found,
      unknownReleases: unknown,
      attention: attentionOf({
        devices: attentionDevices(this.board.rows()),
        storageTrouble,
        upkeep: found,
        unknownReleases: unknown,
      }),
    }
  }

  /** Releases that devices run and that the records do not know. */
  async unknownReleases(): Promise<UnknownReleases[]> {
    const { db } = this.#deps.records
    const next = await nextReleases(db)
    await this.board.settled()
    return unknownReleases(this.board.rows(), next)
  }

  upkeep(): Upkeep {
    return this.#deps.upkeep()
  }

  async sites(): Promise<SiteSummary[]> {
    return (await listSites(this.#deps.records.db)).map(site => this.#summary(site))
  }

  async site(name: string): Promise<SiteSummary | null> {
    const site = await findSite(this.#deps.records.db, name)
    return site && this.#summary(site)
  }

  /** Who gives to whom at the site now. */
  exchange(site: string): SiteExchange {
    const now = this.#deps.clock()
    const rows = this.board.rowsOf(site)
    const online = rows.filter(row => row.isOnline).map(row => row.device.deviceId)
    return {
      site,
      at: toInstant(now),
      devices: exchangeDevices(rows),
      links: this.#rates.links(new Set(online), now),
    }
  }

  #summary(site: SiteRecord): SiteSummary {
    return { ...site, counts: this.board.countsOf(site.name) }
  }

  #share(): Overview['share'] {
    let all = 0
    let fromStores = 0
    let best = 0
    for (const [site, bytes] of this.#deps.records.traffic.bySite()) {
      const siteBytes = bytes.fromStores + bytes.fromServer
      const devices = this.board.countsOf(site).devices
      all += siteBytes
      fromStores += bytes.fromStores
      if (devices > 0) best += (siteBytes * (devices - 1)) / devices
    }
    return all === 0 ? { fromStores: null, best: null } : { fromStores: fromStores / all, best: best / all }
  }
}

function* attentionDevices(rows: Iterable<BoardRow>): Iterable<AttentionDevice> {
  for (const row of rows) {
    const { state, site, enrolledAt, lastSeenAt } = row.device
    const { isOnline, role, duplicate } = row
    const packages = packagesOf(row)
    yield { state, site, enrolledAt, lastSeenAt, isOnline, role, isShared: duplicate !== null, packages }
  }
}
