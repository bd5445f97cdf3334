/**
 * What the engine gives to a page: the public interface of `window.larder`, and the part of the client library's that comes
 * from here (`library/create-kiosk.ts` adds events and files).
 * The page shows; the kiosk decides. Neither knows how the other does it.
 */
import type { DeviceStatus } from '../protocol/device-status.ts'
import type { DiagnosticsReport } from '../protocol/diagnostics.ts'
import type { ReleaseFailure } from './records.ts'

/** Where this browser stands with the server. */
export type Enrolment =
  | { readonly state: 'starting' }
  /** No identity known to a server: show how to enrol. */
  | { readonly state: 'none' }
  | { readonly state: 'enrolling' }
  /** The server did not answer, or takes nobody now; `message` says which. It is asked again by itself. */
  | { readonly state: 'retrying'; readonly message: string }
  /**
   * An administrator has to accept the device by this code. `acceptUrl`: where, with the code filled in, if the server
   * tells. `refusal`: why the link or token that was used first was not taken.
   */
  | {
      readonly state: 'pending'
      readonly code: string
      readonly acceptUrl: string | null
      readonly refusal: string | null
    }
  | {
      readonly state: 'enrolled'
      readonly name: string
      readonly site: string | null
      /** What the administrator wrote on the device, for the app to read. */
      readonly labels: Readonly<Record<string, string>>
    }
  /** An administrator shut this device out. It keeps its key, shows and fetches nothing, and waits to be accepted again. */
  | { readonly state: 'revoked'; readonly message: string }
  /** The server said no, or this browser cannot be a device; `message` says why and what to do. */
  | { readonly state: 'refused'; readonly message: string }

/** A release the page is to show in its frame. */
export interface ShownApp {
  readonly package: string
  readonly release: number
  readonly version: string
  readonly digest: string
  /** Relative to the kiosk page: `app/<package>/<entry>`. */
  readonly path: string
  /** False while the release still has to prove itself. */
  readonly confirmed: boolean
  /** A newer release that is complete and waits for its moment. */
  readonly staged: { readonly release: number; readonly version: string } | null
}

/** Why `activateNow()` did not do what it was asked for; a closed set. */
export type ActivateRefusal =
  /** No newer release is complete. */
  | 'nothing-staged'
  /** The administrator allows a daily window only, and it is closed. */
  | 'window-closed'
  /** As before, and the device has not heard what time it is since it started. */
  | 'time-unknown'
  /** The tab that runs the engine did not answer. */
  | 'no-engine'

export type ActivateResult =
  | { readonly ok: true }
  /** `message`: what it waits for, as a sentence. */
  | { readonly ok: false; readonly reason: ActivateRefusal; readonly message: string }

/** All that a kiosk page needs to draw itself. */
export interface KioskView {
  readonly enrolment: Enrolment
  /** A sentence while the server names signing keys that this device does not trust (PR-E8); else null. */
  readonly keysRefused: string | null
  /** The site's IANA time zone, for times on the screen. */
  readonly timeZone: string
  /** `memory`: the disk could not be used, nothing survives a reload. */
  readonly storage: 'disk' | 'memory'
  /** Server and page do not understand each other: only the page that belongs to this server connects again. */
  readonly needsNewPage: boolean
  readonly app: ShownApp | null
  readonly status: DeviceStatus
}

export interface Kiosk {
  /** The contract of DESIGN section 9. Always the newest; safe to call at any time. */
  status(): DeviceStatus
  /** Calls `listener` after every change (coalesced) and once at once. Returns the way to stop. */
  subscribe(listener: (status: DeviceStatus) => void): () => void
  view(): KioskView
  subscribeView(listener: (view: KioskView) => void): () => void
  /**
   * Enrols with a token, or without one to wait for acceptance by code. Resolves when the server has answered or could
   * not be reached; it is then asked again by itself. Only an enrolment by hand can replace the signing keys that are
   * trusted here: with a token that this browser uses for the first time, or `isByHand`, when a person has just entered it.
   */
  enrol(token?: string, isByHand?: boolean): Promise<void>
  /** For a page that is itself the app: what runs works, and is confirmed. Frames say which release with `appReady`. */
  ready(packageName?: string): void
  /** The app of this release says that it works; counts for no other release. */
  appReady(digest: string): void
  /** The page observed that the app's page was loaded completely. */
  appLoaded(digest: string): void
  /** The page observed that something went wrong in the app; it matters until the release is confirmed. */
  appFailed(digest: string, failure: ReleaseFailure): void
  /** The page found no service worker to give the app out and tries again; that says nothing of the release. */
  appNotServed(digest: string): void
  /** The app chooses this moment for the release that is staged, within what the administrator allows (A8). */
  activateNow(packageName?: string): Promise<ActivateResult>
  /** Somebody who read a chunk found it missing or rotten: it is fetched again. */
  chunkLost(chunkDigest: string): void
  /**
   * Databases were deleted, or something in them cannot be read: what is known is written again, the rest fetched.
   * `troubles`: sentences for the administrator.
   */
  storageLost(troubles?: readonly string[]): void
  /** Something of this device's disk was lost that the page keeps and not the engine; `detail`: a sentence for the administrator. */
  reportStorageFailure(detail: string): void
  /** Tries a failed release again, on somebody's wish. */
  retry(packageName: string): void
  /**
   * Somebody touched the screen: what is sent to other devices gives way for a few seconds, and a release that waits for
   * nobody to use it waits on.
   */
  userActive(): void
  /** Diagnostics that somebody ran on this device, for the administrator. */
  reportDiagnostics(report: DiagnosticsReport): void
  /** The browser says that there is a network again: no need to wait out a pause. */
  networkBack(): void
  /** Ends all connections and timers; what is verified stays on the disk. */
  stop(): Promise<void>
}
