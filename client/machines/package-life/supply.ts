/**
 * How the wanted release gets here, as far as its life is concerned: its manifest is asked for, refused, accepted; its
 * chunks move, wait, are all here. The same for a release that runs already: a store has to know its chunks to share
 * them, and what rotted is mended.
 */
import type { Assignment } from '../../../protocol/assignment.ts'
import type { KioskOptions } from '../../options.ts'
import { type PackageEffect, type PackageEvent, type PackageStep, stay } from './events.ts'
import { move } from './moves.ts'
import { pauseMs } from './pause.ts'
import {
  type Failed,
  type PackageMoment,
  type PackageState,
  releaseRefOf,
  type Supply,
  supplyOf,
} from './states.ts'

/** Whether a manifest of this release is waited for, so that its download may begin. */
export function awaitsManifest(state: PackageState, digest: string): boolean {
  if (state.wanted?.digest !== digest) return false
  const supply = supplyOf(state)
  return supply?.name === 'asking' || supply?.name === 'refused'
}

const asking = { name: 'asking', attempt: 0, retryAt: null } as const satisfies Supply

/** Begins with the wanted release from its manifest on, unless it failed here; `before`: what has to be done first. */
export function beginWanted(state: PackageState, before: readonly PackageEffect[] = []): PackageStep {
  const { wanted, running, record } = state
  if (wanted === null) return { state: { ...state, coming: null }, effects: before }
  const effects = [...before, loadManifest(state, wanted)]
  if (running?.release.digest === wanted.digest) {
    if (running.name === 'rolling-back') return { state: { ...state, coming: null }, effects: before }
    return { state: { ...state, coming: null, running: { ...running, tending: asking } }, effects }
  }
  const release = releaseRefOf(wanted)
  const failed = record.failed.find(({ digest }) => digest === wanted.digest)
  if (failed !== undefined) {
    const coming = { name: 'failed', release, failure: failed.failure, retryAt: null } as const
    return { state: { ...state, coming }, effects: before }
  }
  return { state: { ...state, coming: { name: 'waiting', release, supply: asking } }, effects }
}

/** Another try of a release that failed here. */
export function beginAgain(state: PackageState, failed: Failed, wanted: Assignment): PackageStep {
  const coming = move(failed, { name: 'waiting', release: failed.release, supply: asking })
  return { state: { ...state, coming }, effects: [loadManifest(state, wanted)] }
}

/** Numbers only rise, but what runs here already may also be the wanted release after a newer one failed. */
function loadManifest({ record, running }: PackageState, assignment: Assignment): PackageEffect {
  const runs = running?.release.digest === assignment.digest
  return {
    type: 'load-manifest',
    assignment,
    highestRelease: runs ? assignment.release : record.highestRelease,
  }
}

/** Puts it where it belongs: a release that runs keeps its state, one that is coming moves with its supply. */
function withSupply(state: PackageState, supply: Supply): PackageState {
  const { coming, running, wanted } = state
  if (running !== null && running.name !== 'rolling-back' && running.release.digest === wanted?.digest) {
    return { ...state, running: { ...running, tending: supply } }
  }
  if (coming === null || coming.name === 'activating' || coming.name === 'failed') return state
  const { release } = coming
  if (supply.name === 'complete') {
    if (coming.name === 'staged') return state
    const staged = { name: 'staged', release, lookAt: null, reported: false, failures: 0 } as const
    return { ...state, coming: move(coming, staged) }
  }
  if (supply.name === 'fetching' && supply.moving) {
    if (coming.name === 'downloading') return state
    return { ...state, coming: move(coming, { name: 'downloading', release }) }
  }
  const waiting = { name: 'waiting', release, supply } as const
  return { ...state, coming: coming.name === 'waiting' ? waiting : move(coming, waiting) }
}

export function manifestAccepted(state: PackageState, digest: string): PackageStep {
  return awaitsManifest(state, digest)
    ? stay(withSupply(state, { name: 'fetching', moving: true }))
    : stay(state)
}

export function manifestUnreachable(
  state: PackageState,
  event: Extract<PackageEvent, { type: 'manifest-unreachable' }>,
  { now }: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const supply = supplyOf(state)
  if (!awaitsManifest(state, event.digest) || supply === null) return stay(state)
  const attempt = supply.name === 'asking' ? supply.attempt + 1 : 1
  const retryAt = now + pauseMs(attempt, options) * (0.5 + event.chance / 2)
  // What was refused stays refused until something better has come.
  const next: Supply =
    supply.name === 'refused' ? { ...supply, retryAt } : { name: 'asking', attempt, retryAt }
  return stay(withSupply(state, next))
}

export function manifestRefused(
  state: PackageState,
  event: Extract<PackageEvent, { type: 'manifest-refused' }>,
  { now }: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const { wanted } = state
  const supply = supplyOf(state)
  if (!awaitsManifest(state, event.digest) || wanted === null || supply === null) return stay(state)
  const { reason, message } = event
  // Asked for again and refused again for the same reason: that is no news.
  const isNews = supply.name !== 'refused' || supply.reason !== reason
  const detail = `${reason}: ${message}`
  return {
    state: withSupply(state, { name: 'refused', reason, message, retryAt: now + options.maxRetryMs }),
    effects: isNews ? [{ type: 'report', kind: 'manifest-refused', release: wanted.release, detail }] : [],
  }
}

export function fetching(
  state: PackageState,
  { digest, moving }: Extract<PackageEvent, { type: 'fetching' }>,
): PackageStep {
  const supply = supplyOf(state)
  if (state.wanted?.digest !== digest || (supply?.name !== 'fetching' && supply?.name !== 'complete'))
    return stay(state)
  return stay(withSupply(state, { name: 'fetching', moving }))
}

export function downloaded(state: PackageState, digest: string): PackageStep {
  if (state.wanted?.digest !== digest || supplyOf(state)?.name !== 'fetching') return stay(state)
  const next = withSupply(state, { name: 'complete' })
  // What was missing of a release that runs may have been fetched beside chunks that nobody needs any more.
  return { state: next, effects: next.coming === null ? [{ type: 'collect-garbage' }] : [] }
}

/** A manifest whose pause is over is asked for again; what is `atOnce`, also before. */
export function askAgain(
  state: PackageState,
  now: number,
  atOnce: readonly Supply['name'][] = [],
): PackageStep {
  const { wanted } = state
  const supply = supplyOf(state)
  if (wanted === null || (supply?.name !== 'asking' && supply?.name !== 'refused')) return stay(state)
  if (supply.retryAt === null || (now < supply.retryAt && !atOnce.includes(supply.name))) return stay(state)
  return {
    state: withSupply(state, { ...supply, retryAt: null }),
    effects: [loadManifest(state, wanted)],
  }
}

/** What is on the disk is found out by beginning the wanted release anew. */
export function supplyLost(state: PackageState): PackageStep {
  const supply = supplyOf(state)
  const isLoading = supply?.name === 'asking' && supply.retryAt === null
  if (state.wanted === null || supply === null || isLoading || state.coming?.name === 'activating')
    return stay(state)
  return {
    state: withSupply(state, asking),
    effects: [{ type: 'stop-download' }, loadManifest(state, state.wanted)],
  }
}
