/** What a kiosk shows and says of itself, put together from the engine's parts. Reads, and keeps nothing. */
import type { DeviceStatus, PeerStatus, StorageStatus } from '../../protocol/device-status.ts'
import { MAX_PEERS_IN_STATUS } from '../../protocol/limits.ts'
import type { KioskView } from '../kiosk-api.ts'
import type { Platform } from '../ports.ts'
import type { AssignedPackages } from './assigned-packages.ts'
import type { DeviceEnrolment } from './device-enrolment.ts'
import type { PackageRunner } from './package-runner.ts'
import type { ServerSession } from './server-session.ts'
import { packageStatus } from './status.ts'

export interface ViewParts {
  readonly platform: Pick<Platform, 'monotonicMs' | 'wallClockMs'>
  readonly enrolment: DeviceEnrolment
  readonly session: ServerSession
  readonly packages: AssignedPackages
  readonly storage: StorageStatus
  readonly peers: readonly PeerStatus[]
  /** When somebody last touched the screen, monotonic ms. */
  readonly activeAt: number
}

export function deviceStatusOf(parts: ViewParts): DeviceStatus {
  const { platform, enrolment, session, packages, storage, peers, activeAt } = parts
  const { role, timeZone } = enrolment
  const serverNow = session.serverNow()
  const context = {
    role,
    // Before the first welcome there is nothing to decide about, so the number does not matter.
    now: serverNow ?? 0,
    timeZone,
    online: session.isOnline(),
    storesOnline: session.storesOnline,
    storage: storage.kind,
    activation: { serverNow, timeZone, idleForMs: platform.monotonicMs() - activeAt },
  }
  return {
    deviceId: enrolment.deviceId,
    role,
    site: enrolment.device?.site ?? null,
    connection: context.online ? 'online' : 'offline',
    clockOffsetMs: serverNow === null ? 0 : Math.round(serverNow - platform.wallClockMs()),
    storage,
    packages: packages.assigned().flatMap(runner => packageStatus(runner.view(), context) ?? []),
    peers: peers.slice(0, MAX_PEERS_IN_STATUS),
  }
}

export function kioskViewOf(parts: ViewParts): KioskView {
  const { enrolment, packages, session, storage } = parts
  const shown = packages.shown()
  return {
    enrolment: enrolment.view,
    keysRefused: enrolment.keysRefused,
    timeZone: enrolment.timeZone,
    storage: storage.kind,
    needsNewPage: session.needsNewPage(),
    app: shown === undefined ? null : shownApp(shown),
    status: deviceStatusOf(parts),
  }
}

function shownApp({ shown, name, state }: PackageRunner): KioskView['app'] {
  if (shown === null) return null
  const path = `app/${name}/${shown.entry.split('/').map(encodeURIComponent).join('/')}`
  const { coming } = state
  const staged =
    coming?.name === 'staged' ? { release: coming.release.release, version: coming.release.version } : null
  return { package: name, ...shown.ref, path, confirmed: shown.confirmed, staged }
}
