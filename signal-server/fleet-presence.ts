/** What the signaling half knows at the moment and the administration shows. Ports: neither half knows how the other does it. */
import type { DeviceRecord } from './fleet-directory.ts'

export interface FleetPresence {
  isOnline(deviceId: string): boolean
  /** The role in force (W8). */
  roleOf(device: DeviceRecord): 'store' | 'kiosk'
  /** Asks a device for its diagnostics, which come as a report of it. False when it is not online. */
  diagnose(deviceId: string): boolean
  /** Calls back when a device came or went. Returns the unsubscribe. */
  subscribe(listener: (deviceId: string) => void): () => void
}

export interface OriginTraffic {
  /** Encoded chunk bytes sent since the start of the server, by release digest. */
  chunkBytesSent(): ReadonlyMap<string, number>
}
