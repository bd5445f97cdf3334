/**
 * Counts what devices report as the server does, report by report, without records: for sites under virtual time.
 * `signal-server/records/traffic-increments.ts` decides what a report adds.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { MIB } from '../../protocol/limits.ts'
import {
  countersAfter,
  type PackageCounters,
  type Travelled,
  trafficIncrement,
} from '../../signal-server/records/traffic-increments.ts'

const BOUNDS = { elapsedMs: 60_000, capOf: () => 64 * MIB }

export class ReportCounter {
  readonly #counters = new Map<string, ReadonlyMap<string, PackageCounters>>()
  readonly #sums = new Map<string, Travelled>()

  report(deviceId: string, status: Pick<DeviceStatus, 'packages'>): void {
    const before = this.#counters.get(deviceId) ?? new Map<string, PackageCounters>()
    const sum = this.of(deviceId)
    const increment = trafficIncrement(before, status, BOUNDS)
    this.#sums.set(deviceId, {
      fromStores: sum.fromStores + increment.fromStores,
      fromServer: sum.fromServer + increment.fromServer,
    })
    this.#counters.set(deviceId, countersAfter(before, status))
  }

  of(deviceId: string): Travelled {
    return this.#sums.get(deviceId) ?? { fromStores: 0, fromServer: 0 }
  }

  total(): Travelled {
    let fromStores = 0
    let fromServer = 0
    for (const sum of this.#sums.values()) {
      fromStores += sum.fromStores
      fromServer += sum.fromServer
    }
    return { fromStores, fromServer }
  }
}
