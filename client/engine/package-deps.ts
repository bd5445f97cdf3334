/** What each package's runner gets of the device that it is on: its session, links, stores and clocks. Decides nothing. */
import type { KioskOptions } from '../options.ts'
import type { ChunkIo, OriginClient, Platform } from '../ports.ts'
import type { AssignedPackages } from './assigned-packages.ts'
import type { DeviceEnrolment } from './device-enrolment.ts'
import type { PackageDeps } from './package-runner.ts'
import type { PeerHub } from './peer-hub.ts'
import type { ServerSession } from './server-session.ts'

export interface DeviceParts {
  readonly platform: Platform
  readonly origin: OriginClient
  readonly options: KioskOptions
  readonly chunks: ChunkIo
  readonly packages: AssignedPackages
  readonly enrolment: DeviceEnrolment
  readonly session: ServerSession
  readonly hub: PeerHub
  /** Epoch ms; before the first welcome there is nothing to decide about, so the number does not matter. */
  readonly serverNow: () => number
  /** When somebody last touched the screen, monotonic ms. */
  readonly activeAt: () => number
  /** Something was written to the disk or removed. */
  readonly stored: () => void
  /** What a page would show has changed. */
  readonly changed: () => void
}

export function packageDepsOf(device: DeviceParts): PackageDeps {
  const { platform, origin, options, chunks, packages, enrolment, session, hub } = device
  const { serverNow, activeAt, stored, changed } = device
  return {
    platform,
    options,
    records: packages.records,
    origin,
    trustedKeys: () => enrolment.trustedKeys,
    moment: packageName => ({
      now: platform.monotonicMs(),
      serverNow: session.serverNow(),
      timeZone: enrolment.timeZone,
      activeAt: activeAt(),
      retries: enrolment.retriesOf(packageName),
      onScreen: packages.isOnScreen(packageName),
    }),
    self: () => ({ deviceId: enrolment.deviceId, role: enrolment.role }),
    download: {
      platform,
      options,
      hub,
      origin,
      chunks,
      serverNow,
      session: () => ({
        online: session.isOnline() && enrolment.isAccepted,
        storesOnline: session.storesOnline,
      }),
      introduce: release => session.ask('introduce', release),
      askGrant: release => session.ask('grant', release),
      makeRoom: packageName => packages.disk.makeRoom(packageName),
      changed: () => {
        stored()
        changed()
      },
    },
    report: (kind, packageName, release, detail, peer) =>
      session.report({
        kind,
        package: packageName,
        detail,
        ...(release === null ? {} : { release }),
        ...(peer === undefined ? {} : { peer }),
      }),
    introduceFor: (release, subject) => session.ask('introduce', release, subject),
    askGrantFor: (release, subject) => session.ask('grant', release, subject),
    collectGarbage: () => void packages.disk.tidy(),
    sharesChanged: () => hub.stepAll({ type: 'shares-changed' }),
    changed,
  }
}
