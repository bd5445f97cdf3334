/** Statuses as devices report them, with what a test does not care about filled in. */

import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { plainStorage } from './default-fields.ts'

export function packageStatus(change: Partial<PackageStatus> = {}): PackageStatus {
  return {
    package: 'lobby',
    wantedRelease: 1,
    activeRelease: null,
    activeVersion: null,
    phase: 'downloading',
    update: 'downloading',
    reason: 'fetching-from-stores',
    detail: 'fetching 1.0.0 from stores',
    decision: { stores: 'open', server: 'open', nextChangeAt: null },
    chunks: { have: 0, total: 10 },
    bytes: { fromStores: 0, fromServer: 0, reused: 0 },
    ...change,
  }
}

export function statusOf(
  deviceId: string,
  packages: readonly PackageStatus[],
  change: Partial<DeviceStatus> = {},
): DeviceStatus {
  return {
    deviceId,
    role: 'kiosk',
    site: 'berlin',
    connection: 'online',
    clockOffsetMs: 0,
    storage: plainStorage,
    packages: [...packages],
    peers: [],
    ...change,
  }
}
