/** What happens to a package on a device, and what its machine wants done. The runner is `engine/package-runner.ts`. */
import type { Assignment } from '../../../protocol/assignment.ts'
import type { DeviceEventKind } from '../../../protocol/signal/up.ts'
import type { ManifestRefusal } from '../../../protocol/signed-manifest.ts'
import type { PackageRecord, ReleaseFailure } from '../../records.ts'
import type { PackageState } from './states.ts'

export type PackageEvent =
  /**
   * The engine has started with this record. How the page that ran it last ended: `hung` without an answer,
   * `endedInOrder` by being closed, reloaded or left, neither by a crash, a kill or a power cut.
   */
  | { readonly type: 'started'; readonly hung: boolean; readonly endedInOrder: boolean }
  /** The server's assignment; null when the package is no longer wanted. */
  | { readonly type: 'assigned'; readonly assignment: Assignment | null }
  /** The server's word on the device is new: another try may have been asked for, the site may have another clock. */
  | { readonly type: 'device-changed' }
  | { readonly type: 'manifest-accepted'; readonly digest: string }
  | {
      readonly type: 'manifest-refused'
      readonly digest: string
      readonly reason: ManifestRefusal
      readonly message: string
    }
  | { readonly type: 'manifest-unreachable'; readonly digest: string; readonly chance: number }
  /** Chunks are missing, and they come in or are about to (`moving`), or wait for a window, a store or the server. */
  | { readonly type: 'fetching'; readonly digest: string; readonly moving: boolean }
  /** Every chunk of the release is here and verified. */
  | { readonly type: 'downloaded'; readonly digest: string }
  /** This record, and with it the pointer, is on the disk. */
  | { readonly type: 'switched'; readonly record: PackageRecord }
  | { readonly type: 'switch-failed'; readonly record: PackageRecord }
  | { readonly type: 'app-loaded'; readonly digest: string }
  | { readonly type: 'app-failed'; readonly digest: string; readonly failure: ReleaseFailure }
  /** Nobody was there to give the app's page out; it is loaded again. */
  | { readonly type: 'app-not-served'; readonly digest: string }
  | { readonly type: 'app-ready'; readonly digest: string }
  /** The app chooses this moment for the staged release (A8). */
  | { readonly type: 'activate-now' }
  /** Somebody on the device asks for another try of the release that failed. */
  | { readonly type: 'retry' }
  /** A session with the server has begun. */
  | { readonly type: 'server-back' }
  /** Other keys are trusted from now on: what was refused for its signature may be right (PR-E8). */
  | { readonly type: 'keys-changed' }
  /** The device now belongs to a server none of whose keys it knew: numbers and counters are that server's (PR-M4). */
  | { readonly type: 'new-authority' }
  /** What was on the disk is gone, or some of it. */
  | { readonly type: 'storage-lost' }
  | { readonly type: 'wake' }

export type PackageEffect =
  /** Load and verify it; `highestRelease`: what is older than that is refused (PR-M4). */
  | { readonly type: 'load-manifest'; readonly assignment: Assignment; readonly highestRelease: number }
  | { readonly type: 'stop-download' }
  /** Make the record durable; it says the same of what runs as the one before. */
  | { readonly type: 'save'; readonly record: PackageRecord }
  /** Make the record with its new pointer durable, and answer with `switched` or `switch-failed`. */
  | { readonly type: 'switch'; readonly record: PackageRecord }
  | {
      readonly type: 'report'
      readonly kind: DeviceEventKind
      readonly release: number
      readonly detail: string
    }
  /** Chunks that no kept release needs may go, once what was saved before is on the disk. */
  | { readonly type: 'collect-garbage' }

export interface PackageStep {
  readonly state: PackageState
  readonly effects: readonly PackageEffect[]
}

export function stay(state: PackageState): PackageStep {
  return { state, effects: [] }
}
