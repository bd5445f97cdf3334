/**
 * The states of a package on a device. Two lives at most go on side by side: of the release that runs (`running`), and of
 * the one that is wanted, on its way to the screen (`coming`). Each state has only its own fields; which may follow which
 * is the table in `moves.ts`. Knows chunks only as "all here"; `now` is monotonic ms.
 */
import type { Assignment, Confirmation } from '../../../protocol/assignment.ts'
import type { ManifestRefusal } from '../../../protocol/signed-manifest.ts'
import type { PackageRecord, ReleaseFailure, ReleaseRef } from '../../records.ts'

/** How the manifest and the chunks of the wanted release come to be here. */
export type Supply =
  /** For its manifest. `retryAt` null: the question is out. */
  | { readonly name: 'asking'; readonly attempt: number; readonly retryAt: number | null }
  | {
      readonly name: 'refused'
      readonly reason: ManifestRefusal
      readonly message: string
      readonly retryAt: number | null
    }
  /** `moving`: something comes in or is about to; otherwise it waits for a window, a store or the server. */
  | { readonly name: 'fetching'; readonly moving: boolean }
  | { readonly name: 'complete' }

interface Waiting {
  readonly name: 'waiting'
  readonly release: ReleaseRef
  readonly supply: Exclude<Supply, { name: 'complete' }>
}
interface Downloading {
  readonly name: 'downloading'
  readonly release: ReleaseRef
}
/** Every chunk is here and verified. */
export interface Staged {
  readonly name: 'staged'
  readonly release: ReleaseRef
  /** When to look again whether it may take over; null: only something that happens can change that. */
  readonly lookAt: number | null
  /** The administrator was told that it waits. */
  readonly reported: boolean
  /** Writes of the pointer that failed in a row; it is not tried again before `lookAt`. */
  readonly failures: number
}
/** The pointer is being written; until it is on the disk the release before runs. */
export interface Activating {
  readonly name: 'activating'
  readonly release: ReleaseRef
  readonly confirmation: Confirmation
  readonly next: PackageRecord
  readonly failures: number
}
/** Failed on this device and is not tried again unless that is asked for, or there is nothing else to show. */
export interface Failed {
  readonly name: 'failed'
  readonly release: ReleaseRef
  readonly failure: ReleaseFailure | null
  /** When it is tried again because nothing runs, monotonic ms; null: only on request. */
  readonly retryAt: number | null
}
export interface OnTrial {
  readonly name: 'on-trial'
  readonly release: ReleaseRef
  readonly confirmation: Confirmation
  readonly page: 'loading' | 'loaded' | 'not-shown'
  /** When its page became that. */
  readonly since: number
  /** What went wrong so far, where the app has the last word (`ready`). */
  readonly trouble: ReleaseFailure | null
  readonly tending: Supply | null
}
export interface Confirmed {
  readonly name: 'confirmed'
  readonly release: ReleaseRef
  readonly tending: Supply | null
}
/** The pointer is being set back; until it is on the disk the failed release is still what would be served. */
export interface RollingBack {
  readonly name: 'rolling-back'
  readonly release: ReleaseRef
  readonly failure: ReleaseFailure
  readonly next: PackageRecord
  readonly failures: number
  /** Null while it is being written. */
  readonly retryAt: number | null
}

export type Coming = Waiting | Downloading | Staged | Activating | Failed
/** `tending`: manifest and chunks of what runs, while that is also what is wanted: for stores to share, and to mend. */
export type Running = OnTrial | Confirmed | RollingBack
export type Life = Coming | Running
export type LifeName = Life['name']
export type LifeIn<Name extends LifeName> = Extract<Life, { name: Name }>

export interface PackageState {
  /** As it is on the disk, or about to be; its pointer moves only once the new one is written. */
  readonly record: PackageRecord
  readonly wanted: Assignment | null
  /** Null: nothing is wanted, or the wanted release runs. */
  readonly coming: Coming | null
  /** Null: there is nothing to show. */
  readonly running: Running | null
}

/** What the machine has to know of the world at a step. */
export interface PackageMoment {
  /** Monotonic ms. */
  readonly now: number
  /** Epoch ms; null until the server was heard. */
  readonly serverNow: number | null
  readonly timeZone: string
  /** When somebody last touched the screen, monotonic ms; the start of the engine counts as a touch. */
  readonly activeAt: number
  /** How often an administrator asked for another try of this package (`DeviceIdentity.retries`). */
  readonly retries: number
  /** Whether the page shows this package, or would as soon as it has a release. */
  readonly onScreen: boolean
}

/** Manifest and chunks of the wanted release, wherever it is in its life; null once it failed or nothing is wanted. */
export function supplyOf({ wanted, coming, running }: PackageState): Supply | null {
  if (wanted === null) return null
  if (running?.release.digest === wanted.digest)
    return running.name === 'rolling-back' ? null : running.tending
  switch (coming?.name) {
    case 'waiting':
      return coming.supply
    case 'downloading':
      return { name: 'fetching', moving: true }
    case 'staged':
    case 'activating':
      return { name: 'complete' }
    default:
      return null
  }
}

export function releaseRefOf({ release, version, digest }: ReleaseRef): ReleaseRef {
  return { release, version, digest }
}
