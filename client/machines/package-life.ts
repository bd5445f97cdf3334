/**
 * The life of one package on a device: the release that is wanted, the one that runs, and what leads from one to
 * the other (DESIGN section 7): manifest → download → staged → active → confirmed, or back to the release before.
 * Knows chunks only as "all here"; `now` is monotonic ms, so that trials are timed also without a server.
 */
import type { Assignment } from '../../protocol/assignment.ts'
import type { DeviceEventKind } from '../../protocol/signal/up.ts'
import type { ManifestRefusal } from '../../protocol/signed-manifest.ts'
import type { KioskOptions } from '../options.ts'
import type { PackageRecord, ReleaseRef } from '../records.ts'

/** How far the wanted release has come. */
type Progress =
  /** Nothing is wanted, or the wanted release runs. */
  | { readonly name: 'settled' }
  | { readonly name: 'manifest'; readonly attempt: number; readonly retryAt: number | null }
  | {
      readonly name: 'refused'
      readonly reason: ManifestRefusal
      readonly message: string
      /** Null while it is asked for again. */
      readonly retryAt: number | null
    }
  | { readonly name: 'downloading' }
  /** Failed on this device before and is not tried again unless asked to. */
  | { readonly name: 'given-up' }

/** The trial of an active release that is not confirmed yet. */
interface Trial {
  readonly loaded: boolean
  /** Confirmed then if loaded, failed then if not. */
  readonly endsAt: number
}

export interface PackageState {
  readonly record: PackageRecord
  readonly wanted: Assignment | null
  readonly progress: Progress
  readonly trial: Trial | null
  /** Why the last release failed, for the screen. */
  readonly failure: string | null
}

export type PackageEvent =
  /** The server's assignment; null when the package is no longer wanted. */
  | { readonly type: 'assigned'; readonly assignment: Assignment | null }
  | { readonly type: 'manifest-accepted'; readonly digest: string }
  | {
      readonly type: 'manifest-refused'
      readonly digest: string
      readonly reason: ManifestRefusal
      readonly message: string
    }
  | { readonly type: 'manifest-unreachable'; readonly digest: string; readonly chance: number }
  /** Every chunk of the release is here and verified. `onScreen`: the page shows this package, so it can be seen to load. */
  | { readonly type: 'downloaded'; readonly digest: string; readonly onScreen: boolean }
  | { readonly type: 'app-loaded'; readonly digest: string }
  | { readonly type: 'app-failed'; readonly digest: string; readonly message: string }
  | { readonly type: 'app-ready' }
  | { readonly type: 'retry' }
  /** A session with the server has begun. */
  | { readonly type: 'server-back' }
  /** The device now belongs to a server none of whose keys it knew: release numbers are that server's (PR-M4). */
  | { readonly type: 'new-authority' }
  /** What was on the disk is gone, or some of it. */
  | { readonly type: 'storage-lost' }
  /** The engine has started with this record: an unconfirmed release goes on with its trial. */
  | { readonly type: 'started'; readonly onScreen: boolean }
  | { readonly type: 'wake' }

export type PackageEffect =
  /** Load and verify it; `highestRelease`: what is older than that is refused (PR-M4). */
  | { readonly type: 'load-manifest'; readonly assignment: Assignment; readonly highestRelease: number }
  | { readonly type: 'stop-download' }
  /** Make the record durable; the pointer in it is what is served. */
  | { readonly type: 'save'; readonly record: PackageRecord }
  | {
      readonly type: 'report'
      readonly kind: DeviceEventKind
      readonly release: number
      readonly detail: string
    }
  /** Chunks that no kept release needs may go. */
  | { readonly type: 'collect-garbage' }

export interface PackageStep {
  readonly state: PackageState
  readonly effects: readonly PackageEffect[]
}

export function emptyPackageRecord(name: string): PackageRecord {
  return {
    package: name,
    active: null,
    confirmed: true,
    tries: 0,
    previous: null,
    failed: [],
    highestRelease: 0,
  }
}

export function createPackage(record: PackageRecord): PackageState {
  return { record, wanted: null, progress: { name: 'settled' }, trial: null, failure: null }
}

/** Whether a manifest of this release is waited for, so that its download may begin. */
export function awaitsManifest(state: PackageState, digest: string): boolean {
  const { progress } = state
  return isWanted(state, digest) && (progress.name === 'manifest' || progress.name === 'refused')
}

/** When the machine wants a `wake` at the latest. */
export function packageWakeAt(state: PackageState): number | null {
  const instants: number[] = []
  if (state.trial !== null) instants.push(state.trial.endsAt)
  const { progress } = state
  if ((progress.name === 'manifest' || progress.name === 'refused') && progress.retryAt !== null) {
    instants.push(progress.retryAt)
  }
  return instants.length === 0 ? null : Math.min(...instants)
}

export function stepPackage(
  state: PackageState,
  event: PackageEvent,
  now: number,
  options: KioskOptions,
): PackageStep {
  switch (event.type) {
    case 'started':
      return started(state, event.onScreen, now, options)
    case 'assigned':
      return assigned(state, event.assignment)
    case 'manifest-accepted':
      if (!awaitsManifest(state, event.digest)) return stay(state)
      return { state: { ...state, progress: { name: 'downloading' } }, effects: [] }
    case 'manifest-refused':
      return manifestRefused(state, event, now, options)
    case 'manifest-unreachable':
      return manifestUnreachable(state, event.digest, event.chance, now, options)
    case 'downloaded':
      return isWanted(state, event.digest) && state.progress.name === 'downloading'
        ? activate(state, event.onScreen, now, options)
        : stay(state)
    case 'app-loaded':
      if (state.trial === null || state.record.active?.digest !== event.digest || state.trial.loaded)
        return stay(state)
      return {
        state: { ...state, trial: { loaded: true, endsAt: now + options.confirmAfterMs } },
        effects: [],
      }
    case 'app-ready':
      return state.trial === null ? stay(state) : confirm(state)
    case 'app-failed':
      return state.trial !== null && state.record.active?.digest === event.digest
        ? rollBack(state, event.message)
        : stay(state)
    case 'retry':
      return retry(state)
    case 'server-back':
      return serverBack(state)
    case 'new-authority':
      return newAuthority(state)
    case 'storage-lost':
      return storageLost(state)
    case 'wake':
      return wake(state, now, options)
  }
}

function started(state: PackageState, onScreen: boolean, now: number, options: KioskOptions): PackageStep {
  const { record } = state
  if (record.active === null || record.confirmed) return stay(state)
  const tries = record.tries + 1
  if (tries > options.maxTries)
    return rollBack(state, `it was begun ${record.tries} times and never confirmed`)
  const begun = { ...record, tries }
  return {
    state: { ...state, record: begun, trial: beginTrial(onScreen, now, options) },
    effects: [{ type: 'save', record: begun }],
  }
}

/** What nobody looks at cannot be seen to load: it only has to go without an error. */
function beginTrial(onScreen: boolean, now: number, options: KioskOptions): Trial {
  return onScreen
    ? { loaded: false, endsAt: now + options.loadTimeoutMs }
    : { loaded: true, endsAt: now + options.confirmAfterMs }
}

function assigned(state: PackageState, assignment: Assignment | null): PackageStep {
  const before = state.wanted
  const next = { ...state, wanted: assignment }
  if (assignment?.digest === before?.digest) return stay(next)
  // Also of a release that is complete: it is no longer shared, and no longer mended.
  const stop: PackageEffect[] = before === null ? [] : [{ type: 'stop-download' }]
  if (assignment === null) return { state: { ...next, progress: { name: 'settled' } }, effects: stop }
  if (state.record.failed.includes(assignment.digest)) {
    return { state: { ...next, progress: { name: 'given-up' } }, effects: stop }
  }
  return beginManifest(next, assignment, stop)
}

/** Also for a release that runs already: a store has to know its chunks to share them, and rotten ones are mended. */
function beginManifest(
  state: PackageState,
  assignment: Assignment,
  effects: readonly PackageEffect[],
): PackageStep {
  return {
    state: { ...state, progress: { name: 'manifest', attempt: 0, retryAt: null } },
    effects: [...effects, loadManifest(state, assignment)],
  }
}

/** Numbers only rise, but what runs here already may also be the wanted release after a newer one failed. */
function loadManifest({ record }: PackageState, assignment: Assignment): PackageEffect {
  const runs = record.active?.digest === assignment.digest
  return {
    type: 'load-manifest',
    assignment,
    highestRelease: runs ? assignment.release : record.highestRelease,
  }
}

function manifestUnreachable(
  state: PackageState,
  digest: string,
  chance: number,
  now: number,
  options: KioskOptions,
): PackageStep {
  if (!awaitsManifest(state, digest)) return stay(state)
  const { progress } = state
  const attempt = progress.name === 'manifest' ? progress.attempt + 1 : 1
  const boundMs = Math.min(options.maxRetryMs, options.minRetryMs * 2 ** Math.min(attempt - 1, 16))
  const retryAt = now + boundMs * (0.5 + chance / 2)
  // What was refused stays refused until something better has come.
  return progress.name === 'refused'
    ? { state: { ...state, progress: { ...progress, retryAt } }, effects: [] }
    : { state: { ...state, progress: { name: 'manifest', attempt, retryAt } }, effects: [] }
}

function manifestRefused(
  state: PackageState,
  event: Extract<PackageEvent, { type: 'manifest-refused' }>,
  now: number,
  options: KioskOptions,
): PackageStep {
  const { progress, wanted } = state
  if (!awaitsManifest(state, event.digest) || wanted === null) return stay(state)
  const { reason, message } = event
  const detail = `${reason}: ${message}`
  // Asked for again and refused again for the same reason: that is no news.
  const isNews = progress.name !== 'refused' || progress.reason !== reason
  return {
    state: { ...state, progress: { name: 'refused', reason, message, retryAt: now + options.maxRetryMs } },
    effects: isNews ? [{ type: 'report', kind: 'manifest-refused', release: wanted.release, detail }] : [],
  }
}

/** The one switch: after it is saved, whoever loads the app gets the new release (atomic, DESIGN section 7). */
function activate(state: PackageState, onScreen: boolean, now: number, options: KioskOptions): PackageStep {
  const { wanted, record } = state
  if (wanted === null) return stay(state)
  const settled = { ...state, progress: { name: 'settled' } as const, failure: null }
  if (record.active?.digest === wanted.digest)
    return { state: settled, effects: [{ type: 'collect-garbage' }] }
  const active: ReleaseRef = { release: wanted.release, version: wanted.version, digest: wanted.digest }
  const switched: PackageRecord = {
    ...record,
    active,
    confirmed: false,
    tries: 1,
    // An unconfirmed release is nothing to go back to.
    previous: record.confirmed ? record.active : record.previous,
    highestRelease: Math.max(record.highestRelease, wanted.release),
  }
  return {
    state: { ...settled, record: switched, trial: beginTrial(onScreen, now, options) },
    effects: [
      { type: 'save', record: switched },
      {
        type: 'report',
        kind: 'release-activated',
        release: active.release,
        detail: `${active.version} runs`,
      },
    ],
  }
}

function confirm(state: PackageState): PackageStep {
  const record = { ...state.record, confirmed: true, tries: 0, previous: null }
  const release = record.active?.release ?? 1
  return {
    state: { ...state, record, trial: null },
    effects: [
      { type: 'save', record },
      {
        type: 'report',
        kind: 'release-confirmed',
        release,
        detail: `${record.active?.version ?? ''} is confirmed`,
      },
      { type: 'collect-garbage' },
    ],
  }
}

function rollBack(state: PackageState, message: string): PackageStep {
  const { record } = state
  const failedRef = record.active
  if (failedRef === null) return stay(state)
  const back: PackageRecord = {
    ...record,
    active: record.previous,
    confirmed: true,
    tries: 0,
    previous: null,
    failed: [...record.failed.filter(digest => digest !== failedRef.digest), failedRef.digest].slice(-16),
  }
  const wantedFailed = state.wanted?.digest === failedRef.digest
  return {
    state: {
      ...state,
      record: back,
      trial: null,
      failure: message,
      progress: wantedFailed ? { name: 'given-up' } : state.progress,
    },
    effects: [
      { type: 'save', record: back },
      {
        type: 'report',
        kind: 'release-rolled-back',
        release: failedRef.release,
        detail: `${failedRef.version} failed: ${message}`.slice(0, 500),
      },
    ],
  }
}

function retry(state: PackageState): PackageStep {
  const { wanted, record } = state
  if (wanted === null || state.progress.name !== 'given-up') return stay(state)
  const cleared = { ...record, failed: record.failed.filter(digest => digest !== wanted.digest) }
  return beginManifest({ ...state, record: cleared, failure: null }, wanted, [
    { type: 'save', record: cleared },
  ])
}

function wake(state: PackageState, now: number, options: KioskOptions): PackageStep {
  const { trial, progress } = state
  if (trial !== null && now >= trial.endsAt) {
    if (trial.loaded) return confirm(state)
    return rollBack(state, `its page did not load within ${options.loadTimeoutMs / 1000} s`)
  }
  const waits = progress.name === 'manifest' || progress.name === 'refused'
  if (!waits || progress.retryAt === null || now < progress.retryAt || state.wanted === null)
    return stay(state)
  return {
    state: { ...state, progress: { ...progress, retryAt: null } },
    effects: [loadManifest(state, state.wanted)],
  }
}

/** However long the pauses had grown while it was away: a manifest that could not be had is asked for again now. */
function serverBack(state: PackageState): PackageStep {
  const { progress, wanted } = state
  if (progress.name !== 'manifest' || progress.retryAt === null || wanted === null) return stay(state)
  return {
    state: { ...state, progress: { ...progress, retryAt: null } },
    effects: [loadManifest(state, wanted)],
  }
}

function newAuthority(state: PackageState): PackageStep {
  const record = { ...state.record, highestRelease: 0 }
  return { state: { ...state, record }, effects: [{ type: 'save', record }] }
}

/** What is known is written again; what is on the disk is found out by beginning the wanted release anew. */
function storageLost(state: PackageState): PackageStep {
  const { progress, wanted, record } = state
  const save: PackageEffect = { type: 'save', record }
  const isLoading = progress.name === 'manifest' && progress.retryAt === null
  if (wanted === null || isLoading || progress.name === 'given-up') return { state, effects: [save] }
  return beginManifest(state, wanted, [save, { type: 'stop-download' }])
}

function isWanted(state: PackageState, digest: string): boolean {
  return state.wanted?.digest === digest
}

function stay(state: PackageState): PackageStep {
  return { state, effects: [] }
}
