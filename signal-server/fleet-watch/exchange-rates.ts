/**
 * Who gives to whom and how fast, from the counters that devices report. It knows two reports of each device, no more;
 * what a device said a while ago is no rate any more.
 */
import type { SiteExchange } from '../../protocol/admin/sites.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import {
  countersAfter,
  countersIn,
  type PackageCounters,
  trafficIncrement,
} from '../records/traffic-increments.ts'
import type { BoardRow } from './fleet-board.ts'
import { packagesOf } from './fleet-board.ts'

/** Devices that transfer report every second; one that has not for this long transfers nothing. */
const RATE_LIFE_MS = 4_000
/** After a pause a device reports at once: its bytes are those of a moment, not of the whole pause. */
const MAX_INTERVAL_MS = 2_000
const MIN_INTERVAL_MS = 100

/** A rate is shown for seconds and kept nowhere: what a report may claim is bounded where it is added up. */
const UNBOUNDED = { elapsedMs: Number.MAX_SAFE_INTEGER, capOf: () => Number.MAX_SAFE_INTEGER }

interface Counters {
  readonly at: number
  readonly packages: ReadonlyMap<string, PackageCounters>
  readonly peers: ReadonlyMap<string, { readonly bytesIn: number; readonly bytesOut: number }>
}

interface Rates {
  readonly at: number
  readonly fromServer: number
  /** Links that are open, idle ones too. */
  readonly peers: ReadonlyMap<string, { readonly in: number; readonly out: number }>
}

const NO_RATES: Rates = { at: 0, fromServer: 0, peers: new Map() }

export class ExchangeRates {
  readonly #counters = new Map<string, Counters>()
  readonly #rates = new Map<string, Rates>()

  report(deviceId: string, status: DeviceStatus, at: number): void {
    const before = this.#counters.get(deviceId)
    const counters: Counters = {
      at,
      packages: before === undefined ? countersIn(status) : countersAfter(before.packages, status),
      peers: new Map(
        status.peers.map(({ deviceId: peer, bytesIn, bytesOut }) => [peer, { bytesIn, bytesOut }]),
      ),
    }
    this.#counters.set(deviceId, counters)
    const elapsedMs = Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, at - (before?.at ?? 0)))
    const rateOf = (bytes: number) => Math.round((bytes * 1000) / elapsedMs)
    // A link that was made anew counts from nothing.
    const rate = (now: number, earlier: number) => rateOf(now < earlier ? now : now - earlier)
    // By package and release: counters of one that begins or goes hide nothing of the others (PR-S17).
    const fromServer =
      before === undefined ? 0 : trafficIncrement(before.packages, status, UNBOUNDED).fromServer
    const open = status.peers.filter(peer => peer.state === 'open')
    this.#rates.set(deviceId, {
      at,
      fromServer: rateOf(fromServer),
      peers: new Map(
        open.map(peer => {
          const earlier = before?.peers.get(peer.deviceId) ?? { bytesIn: 0, bytesOut: 0 }
          // Of a device just seen for the first time nobody knows when its bytes came.
          const isFirst = before === undefined
          return [
            peer.deviceId,
            {
              in: isFirst ? 0 : rate(peer.bytesIn, earlier.bytesIn),
              out: isFirst ? 0 : rate(peer.bytesOut, earlier.bytesOut),
            },
          ]
        }),
      ),
    })
  }

  forget(deviceId: string): void {
    this.#counters.delete(deviceId)
    this.#rates.delete(deviceId)
  }

  /** The links between these devices, and from the server to them. What the receiver says counts, else what the giver says. */
  links(deviceIds: ReadonlySet<string>, now: number): SiteExchange['links'] {
    const links = new Map<string, SiteExchange['links'][number]>()
    const put = (from: string, to: string, bytesPerS: number) =>
      links.set(`${from} ${to}`, { from, to, bytesPerS })
    for (const deviceId of deviceIds) {
      const { at, peers } = this.#ratesOf(deviceId)
      for (const [peer, rates] of peers)
        if (deviceIds.has(peer) && !links.has(`${deviceId} ${peer}`))
          put(deviceId, peer, isFresh(at, now) ? rates.out : 0)
    }
    for (const deviceId of deviceIds) {
      const { at, peers, fromServer } = this.#ratesOf(deviceId)
      for (const [peer, rates] of peers)
        if (deviceIds.has(peer)) put(peer, deviceId, isFresh(at, now) ? rates.in : 0)
      if (fromServer > 0 && isFresh(at, now)) put('server', deviceId, fromServer)
    }
    return [...links.values()]
  }

  #ratesOf(deviceId: string): Rates {
    return this.#rates.get(deviceId) ?? NO_RATES
  }
}

const isFresh = (at: number, now: number) => now - at < RATE_LIFE_MS

/** The devices of a site as its live picture shows them: stores first, then by name. */
export function exchangeDevices(rows: readonly BoardRow[]): SiteExchange['devices'] {
  return rows
    .filter(row => row.device.state === 'accepted')
    .map(row => ({
      deviceId: row.device.deviceId,
      name: row.device.name,
      role: row.role,
      connection: row.isOnline ? ('online' as const) : ('offline' as const),
      phase: row.phase,
      chunks: packagesOf(row).reduce(
        (sum, { chunks }) => ({ have: sum.have + chunks.have, total: sum.total + chunks.total }),
        { have: 0, total: 0 },
      ),
    }))
    .sort(
      (a, b) =>
        Number(b.role === 'store') - Number(a.role === 'store') ||
        NAMES.compare(a.name, b.name) ||
        (a.deviceId < b.deviceId ? -1 : 1),
    )
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
