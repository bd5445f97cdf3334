/**
 * What happened between two views of a kiosk, as events for a page. Derived from what every tab sees, so that they are
 * the same in the tab that runs the engine and in those that follow. Pure.
 */
import type { DeviceStatus, PackageStatus } from '../../protocol/device-status.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import type { Enrolment, KioskView } from '../kiosk-api.ts'

export interface ReleaseEvent {
  readonly package: string
  readonly release: number
}

export interface KioskEvents {
  /** Every change, coalesced to a few a second. */
  readonly status: DeviceStatus
  readonly connection: { readonly connection: DeviceStatus['connection'] }
  readonly enrolment: Enrolment
  /** A release is complete and verified, and waits for its moment. */
  readonly staged: ReleaseEvent
  /** Another release runs now; it may still have to prove itself. */
  readonly activated: ReleaseEvent & { readonly version: string }
  /** The release that runs has proved itself. */
  readonly confirmed: ReleaseEvent
  /** A release failed: the one before it (`release`) runs again. `reason`: a sentence. */
  readonly 'rolled-back': ReleaseEvent & {
    readonly version: string
    readonly failedRelease: number
    readonly reason: string
  }
  /** Something keeps this page from doing its work; a sentence. */
  readonly trouble: { readonly message: string }
}

type KioskEventOf<K extends keyof KioskEvents> = K extends keyof KioskEvents
  ? { readonly type: K; readonly event: KioskEvents[K] }
  : never
export type AnyKioskEvent = KioskEventOf<keyof KioskEvents>

const otherVersion =
  'The server has another version than this page’s library, so they do not understand each other. Replace the library by the one of the server’s version and load the page again.'

/** In the order in which they happened. */
export function eventsBetween(before: KioskView, after: KioskView): AnyKioskEvent[] {
  const events: AnyKioskEvent[] = []
  if (!isSameValue(before.enrolment, after.enrolment))
    events.push({ type: 'enrolment', event: after.enrolment })
  if (after.needsNewPage && !before.needsNewPage)
    events.push({ type: 'trouble', event: { message: otherVersion } })
  const { connection } = after.status
  if (before.status.connection !== connection) events.push({ type: 'connection', event: { connection } })
  for (const status of after.status.packages) {
    const earlier = before.status.packages.find(candidate => candidate.package === status.package)
    // What is there when a page opens has not just happened.
    if (earlier) events.push(...packageEvents(earlier, status))
  }
  events.push({ type: 'status', event: after.status })
  return events
}

function packageEvents(before: PackageStatus, after: PackageStatus): AnyKioskEvent[] {
  const { package: name, activeRelease, wantedRelease } = after
  const events: AnyKioskEvent[] = []
  const moved = activeRelease !== null && activeRelease !== before.activeRelease
  const forward = moved && activeRelease > (before.activeRelease ?? 0)
  const wasStaged = before.update === 'staged' && before.wantedRelease === wantedRelease
  const isStaged = after.update === 'staged' || after.update === 'activating'
  // A view may skip the moment in between: nothing runs that was not staged.
  if (!wasStaged && before.update !== 'activating' && (isStaged || forward))
    events.push({
      type: 'staged',
      event: { package: name, release: forward ? activeRelease : wantedRelease },
    })
  const version = after.activeVersion ?? ''
  if (forward) events.push({ type: 'activated', event: { package: name, release: activeRelease, version } })
  if (moved && !forward)
    events.push({
      type: 'rolled-back',
      event: {
        package: name,
        release: activeRelease,
        version,
        failedRelease: before.activeRelease ?? wantedRelease,
        reason: after.detail,
      },
    })
  if (after.update === 'confirmed' && activeRelease !== null && (before.update !== 'confirmed' || forward))
    events.push({ type: 'confirmed', event: { package: name, release: activeRelease } })
  return events
}
