/**
 * The life of one package on a device (DESIGN section 7): waiting → downloading → staged → activating → on trial →
 * confirmed, or back to the release before. Inputs only change the state; `decide` is the one place that acts by itself.
 */
import type { KioskOptions } from '../../options.ts'
import type { PackageRecord } from '../../records.ts'
import { type PackageEffect, type PackageEvent, type PackageStep, stay } from './events.ts'
import { pauseBeforeRetryMs, pauseMs } from './pause.ts'
import { changeRecord } from './record-changes.ts'
import { type PackageMoment, type PackageState, supplyOf } from './states.ts'
import {
  askAgain,
  beginAgain,
  beginWanted,
  downloaded,
  fetching,
  manifestAccepted,
  manifestRefused,
  manifestUnreachable,
  supplyLost,
} from './supply.ts'
import { activateNow, couldNotTakeOver, takeOverWhenAllowed, tookOver } from './takeover.ts'
import {
  appFailed,
  appLoaded,
  appNotServed,
  appReady,
  changeConfirmation,
  judgeTrial,
  started,
  trialEndsAt,
  wentBack,
} from './trial.ts'

export function emptyPackageRecord(name: string): PackageRecord {
  return { package: name, active: null, trial: null, previous: null, failed: [], highestRelease: 0 }
}

/** Nothing runs before `started`. */
export function createPackage(record: PackageRecord): PackageState {
  return { record, wanted: null, coming: null, running: null }
}

/** When the machine wants a `wake` at the latest, monotonic ms. */
export function packageWakeAt(state: PackageState, options: KioskOptions): number | null {
  const { coming, running } = state
  const supply = supplyOf(state)
  const instants: (number | null)[] = []
  if (running?.name === 'on-trial' && coming?.name !== 'activating')
    instants.push(trialEndsAt(running, options))
  if (running?.name === 'rolling-back') instants.push(running.retryAt)
  if (coming?.name === 'failed') instants.push(coming.retryAt)
  if (coming?.name === 'staged' && running?.name !== 'rolling-back') instants.push(coming.lookAt)
  if (supply?.name === 'asking' || supply?.name === 'refused') instants.push(supply.retryAt)
  const known = instants.filter(at => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** The record as it is, and as it will be once the pointer that is being written is on the disk. */
export function pendingRecords({ record, coming, running }: PackageState): readonly PackageRecord[] {
  if (coming?.name === 'activating') return [record, coming.next]
  if (running?.name === 'rolling-back') return [record, running.next]
  return [record]
}

export function stepPackage(
  state: PackageState,
  event: PackageEvent,
  moment: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const applied = apply(state, event, moment, options)
  const decided = decide(applied.state, moment, options)
  return { state: decided.state, effects: [...applied.effects, ...decided.effects] }
}

/**
 * What the package does by itself, after every event:
 * 1. A trial whose time is over is confirmed or rolled back.
 * 2. A manifest whose pause is over is asked for again.
 * 3. A pointer that could not be set back is written again when its pause is over.
 * 4. A release that failed while nothing else runs is tried again when its pause is over.
 * 5. A staged release takes over as soon as its activation option lets it, and while no pointer is being set back.
 */
function decide(state: PackageState, moment: PackageMoment, options: KioskOptions): PackageStep {
  const effects: PackageEffect[] = []
  let current = state
  const rules = [judgeTrial, retryManifest, retryGoingBack, retryOnlyRelease, takeOverWhenAllowed]
  for (const rule of rules) {
    const step = rule(current, moment, options)
    current = step.state
    effects.push(...step.effects)
  }
  return { state: current, effects }
}

const retryManifest = (state: PackageState, { now }: PackageMoment) => askAgain(state, now)

function retryGoingBack(state: PackageState, { now }: PackageMoment): PackageStep {
  const { running } = state
  if (running?.name !== 'rolling-back' || running.retryAt === null || now < running.retryAt)
    return stay(state)
  return {
    state: { ...state, running: { ...running, retryAt: null } },
    effects: [{ type: 'switch', record: running.next }],
  }
}

/** Better than an empty screen for good: what failed may have failed for a reason that passes, such as a network that was down. */
function retryOnlyRelease(state: PackageState, { now }: PackageMoment, options: KioskOptions): PackageStep {
  const { coming, running, wanted, record } = state
  if (coming?.name !== 'failed' || running !== null || wanted === null) return stay(state)
  if (coming.retryAt === null) {
    const times = record.failed.find(({ digest }) => digest === coming.release.digest)?.times ?? 1
    return stay({ ...state, coming: { ...coming, retryAt: now + pauseBeforeRetryMs(times, options) } })
  }
  return now < coming.retryAt ? stay(state) : beginAgain(state, coming, wanted)
}

function apply(
  state: PackageState,
  event: PackageEvent,
  moment: PackageMoment,
  options: KioskOptions,
): PackageStep {
  switch (event.type) {
    case 'started':
      return started(state, event, moment, options)
    case 'assigned':
      return then(assigned(state, event.assignment), current => heedRetries(current, moment))
    case 'device-changed':
      return heedRetries(state, moment)
    case 'manifest-accepted':
      return manifestAccepted(state, event.digest)
    case 'manifest-refused':
      return manifestRefused(state, event, moment, options)
    case 'manifest-unreachable':
      return manifestUnreachable(state, event, moment, options)
    case 'fetching':
      return fetching(state, event)
    case 'downloaded':
      return downloaded(state, event.digest)
    case 'switched':
      return switched(state, event.record, moment)
    case 'switch-failed':
      return switchFailed(state, event.record, moment, options)
    case 'app-loaded':
      return appLoaded(state, event.digest, moment.now)
    case 'app-failed':
      return appFailed(state, event, moment)
    case 'app-not-served':
      return appNotServed(state, event.digest, moment.now)
    case 'app-ready':
      return appReady(state, event.digest)
    case 'activate-now':
      return activateNow(state, moment)
    case 'retry':
      return retry(state)
    case 'server-back':
      // However long the pauses had grown while it was away.
      return askAgain(state, moment.now, ['asking'])
    case 'keys-changed':
      return askAgain(state, moment.now, ['asking', 'refused'])
    case 'new-authority':
      return changeRecord(state, record => ({
        ...record,
        highestRelease: 0,
        failed: record.failed.map(failed => ({ ...failed, retries: 0 })),
      }))
    case 'storage-lost':
      return then(
        changeRecord(state, record => record),
        supplyLost,
      )
    case 'wake':
      return stay(state)
  }
}

function assigned(state: PackageState, assignment: PackageState['wanted']): PackageStep {
  const before = state.wanted
  const next = { ...state, wanted: assignment }
  if (assignment?.digest === before?.digest) return changeConfirmation(next)
  // Also of a release that is complete: it is no longer shared, and no longer mended.
  const stop: PackageEffect[] = before === null ? [] : [{ type: 'stop-download' }]
  const { running } = next
  const untended: PackageState =
    running === null || running.name === 'rolling-back'
      ? next
      : { ...next, running: { ...running, tending: null } }
  // A pointer that is being written ends first; then the newly wanted release begins.
  return untended.coming?.name === 'activating'
    ? { state: untended, effects: stop }
    : beginWanted(untended, stop)
}

/** A counter that rose since a release failed is an administrator's wish; one that fell was begun anew by the server. */
function heedRetries(state: PackageState, { retries }: PackageMoment): PackageStep {
  const { record, coming } = state
  const entry = record.failed.find(({ digest }) => digest === coming?.release.digest)
  if (coming?.name === 'failed' && entry !== undefined && retries > entry.retries) return retry(state)
  if (record.failed.every(failed => failed.retries <= retries)) return stay(state)
  return changeRecord(state, before => ({
    ...before,
    failed: before.failed.map(failed => ({ ...failed, retries: Math.min(failed.retries, retries) })),
  }))
}

function retry(state: PackageState): PackageStep {
  const { coming, wanted } = state
  if (coming?.name !== 'failed' || wanted === null) return stay(state)
  const { digest } = coming.release
  const cleared = changeRecord(state, record => ({
    ...record,
    failed: record.failed.filter(failed => failed.digest !== digest),
  }))
  return then(cleared, current => beginAgain(current, coming, wanted))
}

/** Only the last pointer that was written counts: an earlier answer is followed by another. */
function switched(state: PackageState, record: PackageRecord, moment: PackageMoment): PackageStep {
  const { coming, running } = state
  if (coming?.name === 'activating' && coming.next === record) return tookOver(state, coming, moment)
  if (running?.name === 'rolling-back' && running.next === record) return wentBack(state, running)
  return stay(state)
}

function switchFailed(
  state: PackageState,
  record: PackageRecord,
  moment: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const { coming, running } = state
  if (coming?.name === 'activating' && coming.next === record)
    return couldNotTakeOver(state, coming, moment, options)
  if (running?.name !== 'rolling-back' || running.next !== record) return stay(state)
  const failures = running.failures + 1
  const retryAt = moment.now + pauseMs(failures, options)
  return stay({ ...state, running: { ...running, failures, retryAt } })
}

function then(first: PackageStep, next: (state: PackageState) => PackageStep): PackageStep {
  const second = next(first.state)
  return { state: second.state, effects: [...first.effects, ...second.effects] }
}
