/** What the signaling half knows at the moment and the administration shows. Ports: neither half knows how the other does it. */
import type { DuplicateIdentity } from './fleet/duplicate-identities.ts'
import type { DeviceRecord } from './fleet-directory.ts'

export interface FleetPresence {
  isOnline(deviceId: string): boolean
  /** The role in force (W8). */
  roleOf(device: DeviceRecord): 'store' | 'kiosk'
  /** Asks a device for its diagnostics, which come as a report of it. False when it is not online. */
  diagnose(deviceId: string): boolean
  /** Two browsers have its key, and where they are; null for any other device, as far as can be told. */
  duplicateOf(deviceId: string): DuplicateIdentity | null
  /** Asks the browser that is online as this device to begin as a new one; null when none is. */
  separate(deviceId: string): Promise<{ readonly address: string } | null>
  /** Calls back when a device came or went, or `duplicateOf` changed. Returns the unsubscribe. */
  subscribe(listener: (deviceId: string) => void): () => void
}

export interface OriginTraffic {
  /** Encoded chunk bytes sent since the start of the server, by release digest. */
  chunkBytesSent(): ReadonlyMap<string, number>
}
