/**
 * What runs: a new release on trial until it has proved itself, then confirmed; or back to the release before, with the
 * reason, and not tried again on this device until that is asked for. Where there is none before, it is tried again.
 */
import type { Confirmation } from '../../../protocol/assignment.ts'
import { isSameValue } from '../../../protocol/same-value.ts'
import type { KioskOptions } from '../../options.ts'
import type { FailedRelease, PackageRecord, ReleaseFailure, ReleaseRef } from '../../records.ts'
import { type PackageEvent, type PackageStep, stay } from './events.ts'
import { move } from './moves.ts'
import { changeRecord } from './record-changes.ts'
import type { OnTrial, PackageMoment, PackageState, RollingBack } from './states.ts'
import { beginWanted } from './supply.ts'

/** Enough for a sentence and an address; it goes to the disk, and to the administrator. */
const MAX_MESSAGE_LENGTH = 300
/** Failed releases that are remembered; far more than can still be assigned. */
const MAX_FAILED = 16

/** Failures after which there is nothing to wait for, also where the app has the last word. */
const FATAL: ReadonlySet<ReleaseFailure['reason']> = new Set([
  'hung',
  'missing-entry',
  'crash-loop',
  'did-not-load',
])

/** What nobody looks at cannot be seen to load or call: it only has to go without an error for the time. */
export function beginTrial(
  release: ReleaseRef,
  confirmation: Confirmation,
  { onScreen, now }: PackageMoment,
): OnTrial {
  return {
    name: 'on-trial',
    release,
    confirmation,
    page: onScreen ? 'loading' : 'not-shown',
    since: now,
    trouble: null,
    tending: null,
  }
}

export function trialEndsAt({ page, since, confirmation }: OnTrial, options: KioskOptions): number {
  if (page === 'loading') return since + options.loadTimeoutMs
  return since + (confirmation.by === 'ready' ? confirmation.withinMs : confirmation.forMs)
}

export function started(
  state: PackageState,
  { hung, endedInOrder }: Extract<PackageEvent, { type: 'started' }>,
  moment: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const { record } = state
  const { active, trial } = record
  if (active === null) return stay(state)
  if (trial === null) {
    return stay({ ...state, running: { name: 'confirmed', release: active, tending: null } })
  }
  const running = beginTrial(active, trial.confirmation, moment)
  if (hung) {
    const failure = { reason: 'hung', message: 'its page did not answer any more' } as const
    return rollBack({ ...state, running }, running, failure, moment)
  }
  // Only an end that is not in order says something against the release: people reload pages and restart browsers.
  const tries = endedInOrder ? trial.tries : trial.tries + 1
  const reloads = endedInOrder ? trial.reloads + 1 : trial.reloads
  const message =
    tries > options.maxTries
      ? `it was begun ${trial.tries} times and never confirmed`
      : reloads > options.maxReloads
        ? `its page was closed or reloaded ${reloads} times before it was confirmed`
        : null
  if (message !== null)
    return rollBack({ ...state, running }, running, { reason: 'crash-loop', message }, moment)
  return changeRecord({ ...state, running }, before => ({ ...before, trial: { ...trial, tries, reloads } }))
}

export function appLoaded(state: PackageState, digest: string, now: number): PackageStep {
  const { running } = state
  if (running?.name !== 'on-trial' || running.release.digest !== digest || running.page === 'loaded')
    return stay(state)
  return stay({ ...state, running: { ...running, page: 'loaded', since: now } })
}

/** The release is not to blame: it has to load again, and its time begins anew. */
export function appNotServed(state: PackageState, digest: string, now: number): PackageStep {
  const { running } = state
  if (running?.name !== 'on-trial' || running.release.digest !== digest) return stay(state)
  return stay({ ...state, running: { ...running, page: 'loading', since: now } })
}

/** What the app says of itself counts for the release whose page says it, and for no other. */
export function appReady(state: PackageState, digest: string): PackageStep {
  const { running } = state
  return running?.name === 'on-trial' && running.release.digest === digest && !isSwitching(state)
    ? confirm(state, running)
    : stay(state)
}

export function appFailed(
  state: PackageState,
  event: Extract<PackageEvent, { type: 'app-failed' }>,
  moment: PackageMoment,
): PackageStep {
  const { running } = state
  if (running?.name !== 'on-trial' || running.release.digest !== event.digest || isSwitching(state))
    return stay(state)
  const failure = { ...event.failure, message: event.failure.message.slice(0, MAX_MESSAGE_LENGTH) }
  if (running.confirmation.by === 'runs' || FATAL.has(failure.reason))
    return rollBack(state, running, failure, moment)
  return stay({ ...state, running: { ...running, trouble: running.trouble ?? failure } })
}

/** A trial whose time is over: confirmed, or failed with the best reason there is. */
export function judgeTrial(state: PackageState, moment: PackageMoment, options: KioskOptions): PackageStep {
  const { running } = state
  if (running?.name !== 'on-trial' || isSwitching(state) || moment.now < trialEndsAt(running, options))
    return stay(state)
  const { page, confirmation, trouble } = running
  if (page === 'loading') {
    const message = `its page did not load within ${options.loadTimeoutMs / 1000} s`
    return rollBack(state, running, trouble ?? { reason: 'did-not-load', message }, moment)
  }
  if (confirmation.by === 'runs' || page === 'not-shown') return confirm(state, running)
  const message = `it did not call larder.ready() within ${confirmation.withinMs / 1000} s`
  return rollBack(state, running, trouble ?? { reason: 'never-ready', message }, moment)
}

/** Another way to be confirmed than the trial began with, on the administrator's wish. */
export function changeConfirmation(state: PackageState): PackageStep {
  const { running, wanted } = state
  if (running?.name !== 'on-trial' || wanted === null || running.release.digest !== wanted.digest)
    return stay(state)
  const { confirmation } = wanted
  if (isSameValue(running.confirmation, confirmation)) return stay(state)
  return changeRecord({ ...state, running: { ...running, confirmation } }, record => ({
    ...record,
    trial: record.trial && { ...record.trial, confirmation },
  }))
}

/** The release that replaces the one on trial is being written: what the one before does no longer matters. */
const isSwitching = ({ coming }: PackageState) => coming?.name === 'activating'

function confirm(state: PackageState, running: OnTrial): PackageStep {
  const { release, tending } = running
  const confirmed = move(running, { name: 'confirmed', release, tending })
  const saved = changeRecord({ ...state, running: confirmed }, record => ({
    ...record,
    trial: null,
    previous: null,
    failed: record.failed.filter(({ digest }) => digest !== release.digest),
  }))
  const detail = `${release.version} is confirmed`
  return {
    state: saved.state,
    effects: [
      ...saved.effects,
      { type: 'report', kind: 'release-confirmed', release: release.release, detail },
      { type: 'collect-garbage' },
    ],
  }
}

function rollBack(
  state: PackageState,
  running: OnTrial,
  failure: ReleaseFailure,
  { retries }: PackageMoment,
): PackageStep {
  const { record } = state
  const { release } = running
  const times = (record.failed.find(({ digest }) => digest === release.digest)?.times ?? 0) + 1
  const entry: FailedRelease = { digest: release.digest, failure, retries, times }
  const next: PackageRecord = {
    ...record,
    active: record.previous,
    trial: null,
    previous: null,
    failed: [...record.failed.filter(({ digest }) => digest !== release.digest), entry].slice(-MAX_FAILED),
  }
  const back: RollingBack = { name: 'rolling-back', release, failure, next, failures: 0, retryAt: null }
  return {
    state: { ...state, running: move(running, back) },
    effects: [{ type: 'switch', record: next }],
  }
}

const failureSentence = (version: string, { reason, message }: ReleaseFailure, isOnly: boolean) =>
  `${version} failed (${reason}): ${message}${isOnly ? '; there is no earlier release to show, so it is tried again after a pause' : ''}`

/** The release before is on the screen again; the failed one's life goes on only as a wish that cannot be met. */
export function wentBack(state: PackageState, running: RollingBack): PackageStep {
  const { next, release, failure } = running
  const { active } = next
  const report = {
    type: 'report',
    kind: 'release-rolled-back',
    release: release.release,
    detail: failureSentence(release.version, failure, active === null).slice(0, 500),
  } as const
  const back: PackageState = {
    ...state,
    record: next,
    running: active === null ? null : { name: 'confirmed', release: active, tending: null },
  }
  if (back.wanted?.digest === release.digest) {
    return {
      state: { ...back, coming: move(running, { name: 'failed', release, failure, retryAt: null }) },
      effects: [report],
    }
  }
  // The release that runs again may be the wanted one, which as an older one could not be had before.
  return back.wanted !== null && back.wanted.digest === active?.digest
    ? beginWanted(back, [report])
    : { state: back, effects: [report] }
}
