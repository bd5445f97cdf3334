/**
 * How a staged release takes over: when it may (policy/activation.ts), and through one durable pointer. Until that is on
 * the disk the release before runs; from then on whoever loads the app gets the new one.
 */
import { decideActivation, mayAppActivate } from '../../../policy/activation.ts'
import type { KioskOptions } from '../../options.ts'
import type { PackageRecord } from '../../records.ts'
import { type PackageStep, stay } from './events.ts'
import { move } from './moves.ts'
import { pauseMs } from './pause.ts'
import type { Activating, PackageMoment, PackageState, Staged } from './states.ts'
import { beginWanted } from './supply.ts'
import { beginTrial } from './trial.ts'

/** A window may be moved nearer by a clock that is set: server time is looked at again this often. */
const LOOK_AGAIN_MS = 60_000

/** Whether the app's `activateNow()` would be heeded, and if not, why. */
export type ActivateAnswer =
  | { readonly ok: true }
  /** `window-closed`: the administrator's daily window; `opensAt` in epoch ms. */
  | { readonly ok: false; readonly reason: 'window-closed'; readonly opensAt: number }
  | { readonly ok: false; readonly reason: 'nothing-staged' | 'time-unknown' }

export function answerActivateNow(state: PackageState, moment: PackageMoment): ActivateAnswer {
  const { coming, wanted, running } = state
  if (coming?.name === 'activating') return { ok: true }
  if (coming?.name !== 'staged' || wanted === null || running?.name === 'rolling-back')
    return { ok: false, reason: 'nothing-staged' }
  const decision = mayAppActivate(wanted.activation, activationMoment(moment))
  if (decision.state === 'open') return { ok: true }
  return decision.reason === 'before-window'
    ? { ok: false, reason: 'window-closed', opensAt: decision.opensAt }
    : { ok: false, reason: 'time-unknown' }
}

export function activateNow(state: PackageState, moment: PackageMoment): PackageStep {
  const { coming } = state
  return coming?.name === 'staged' && answerActivateNow(state, moment).ok
    ? activate(state, coming)
    : stay(state)
}

/** A staged release takes over as soon as it may; until then it says once that it waits. */
export function takeOverWhenAllowed(state: PackageState, moment: PackageMoment): PackageStep {
  const { coming, wanted, running } = state
  if (coming?.name !== 'staged' || wanted === null) return stay(state)
  // One pointer is written at a time; when it is, this is asked again.
  if (running?.name === 'rolling-back') return stay(state)
  if (coming.failures > 0 && coming.lookAt !== null && moment.now < coming.lookAt) return stay(state)
  // A1: nobody's screen is taken away.
  if (running === null) return activate(state, coming)
  const decision = decideActivation(wanted.activation, activationMoment(moment))
  if (decision.state === 'open') return activate(state, coming)
  const staged = { ...coming, lookAt: lookAt(decision, moment), reported: true }
  const detail = `${coming.release.version} is complete and waits to take over`
  return {
    state: { ...state, coming: staged },
    effects: coming.reported
      ? []
      : [{ type: 'report', kind: 'release-staged', release: coming.release.release, detail }],
  }
}

function activationMoment({ now, serverNow, timeZone, activeAt }: PackageMoment) {
  return { serverNow, timeZone, idleForMs: now - activeAt }
}

type Closed = Extract<ReturnType<typeof decideActivation>, { state: 'closed' }>

function lookAt(decision: Closed, { now, serverNow }: PackageMoment): number {
  if (decision.reason === 'screen-in-use') return now + decision.opensInMs
  const opensInMs =
    decision.reason === 'before-window' && serverNow !== null ? decision.opensAt - serverNow : LOOK_AGAIN_MS
  return now + Math.min(LOOK_AGAIN_MS, opensInMs)
}

function activate(state: PackageState, staged: Staged): PackageStep {
  const { record, wanted } = state
  if (wanted === null) return stay(state)
  const { release, failures } = staged
  const { confirmation } = wanted
  // An unconfirmed release is nothing to go back to.
  const good = record.trial === null ? record.active : record.previous
  const isGood = good?.digest === release.digest
  const next: PackageRecord = {
    ...record,
    active: release,
    trial: isGood ? null : { confirmation, tries: 1, reloads: 0 },
    previous: isGood ? null : good,
    highestRelease: Math.max(record.highestRelease, release.release),
  }
  const activating: Activating = { name: 'activating', release, confirmation, next, failures }
  return {
    state: { ...state, coming: move(staged, activating) },
    effects: [{ type: 'switch', record: next }],
  }
}

/** The new pointer is on the disk: the release runs, on trial. */
export function tookOver(state: PackageState, activating: Activating, moment: PackageMoment): PackageStep {
  const { next, release, confirmation } = activating
  const isWanted = state.wanted?.digest === release.digest
  const tending = isWanted ? ({ name: 'complete' } as const) : null
  const running =
    next.trial === null
      ? move(activating, { name: 'confirmed', release, tending })
      : move(activating, { ...beginTrial(release, confirmation, moment), tending })
  const detail = `${release.version} runs`
  const report = { type: 'report', kind: 'release-activated', release: release.release, detail } as const
  const after: PackageState = { ...state, record: next, running, coming: null }
  return isWanted ? { state: after, effects: [report] } : beginWanted(after, [report])
}

/** The pointer could not be written: the release before goes on, and it is tried again after a pause. */
export function couldNotTakeOver(
  state: PackageState,
  activating: Activating,
  { now }: PackageMoment,
  options: KioskOptions,
): PackageStep {
  const { release } = activating
  const failures = activating.failures + 1
  const lookAt = now + pauseMs(failures, options)
  const staged: Staged = { name: 'staged', release, lookAt, reported: true, failures }
  const after: PackageState = { ...state, coming: move(activating, staged) }
  return state.wanted?.digest === release.digest ? stay(after) : beginWanted(after)
}
