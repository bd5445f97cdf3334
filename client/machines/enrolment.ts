/**
 * How a browser comes to belong to a server and stays with it, although nobody stands beside it: by a token or by a code,
 * through a server that cannot be reached, a link that is not valid, being revoked and accepted again, being forgotten.
 * Knows nothing of sockets, packages and disks; `now` is monotonic ms, `chance` in [0, 1).
 */
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import type { Problem } from '../../protocol/problem.ts'

export type EnrolmentPhase =
  | { readonly name: 'starting' }
  /** No server knows this browser, and it was not told to ask for a code. */
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly attempt: number }
  /** The server did not answer, or takes nobody now. */
  | { readonly name: 'waiting'; readonly message: string; readonly retryAt: number; readonly attempt: number }
  | { readonly name: 'pending'; readonly code: string }
  | { readonly name: 'accepted' }
  /** `retryAt`: when to ask the server, where no session can be had that would tell; null where one is tried. */
  | { readonly name: 'revoked'; readonly message: string; readonly retryAt: number | null }
  /** This browser cannot be a device at all. */
  | { readonly name: 'broken'; readonly message: string }

export interface EnrolmentState {
  readonly phase: EnrolmentPhase
  /** What the server last said of this device; null before the first enrolment. */
  readonly device: DeviceIdentity | null
  /** To be used with the next question; null: ask for a code. */
  readonly token: string | null
  /** Why the last token was not taken, for the screen; null once the device is accepted. */
  readonly refusal: string | null
  /** Numbers the questions: an answer to an earlier one does not count. */
  readonly asks: number
}

export type EnrolmentEvent =
  /** What the disk knows; `revoked`: the server's last word was that. */
  | { readonly type: 'loaded'; readonly device: DeviceIdentity | null; readonly revoked: boolean }
  | { readonly type: 'broken'; readonly message: string }
  /** Somebody wants to enrol with a token, or with a code (null). */
  | { readonly type: 'wanted'; readonly token: string | null }
  /** Comes when the answer is on the disk. */
  | { readonly type: 'answered'; readonly ask: number; readonly device: DeviceIdentity }
  | { readonly type: 'declined'; readonly ask: number; readonly problem: Problem }
  | { readonly type: 'unreachable'; readonly ask: number; readonly message: string }
  /** A session is up, or told of a change. */
  | { readonly type: 'told'; readonly device: DeviceIdentity }
  /** The server ended the session because of what this device is to it. */
  | { readonly type: 'expelled'; readonly problem: Problem }
  | { readonly type: 'network-back' }
  | { readonly type: 'wake' }

export type EnrolmentEffect =
  | { readonly type: 'ask'; readonly ask: number; readonly token: string | null }
  /** A session can be had now: begin it, or begin it anew. */
  | { readonly type: 'connect' }
  /** Give and take nothing until the device is accepted: links end. */
  | { readonly type: 'rest' }
  /** The device may show and fetch nothing any more; what is on the disk stays there. */
  | { readonly type: 'give-up-packages' }
  | { readonly type: 'save' }

export interface EnrolmentStep {
  readonly state: EnrolmentState
  readonly effects: readonly EnrolmentEffect[]
}

/** First pause after a server did not answer; doubles up to the longest. */
const FIRST_RETRY_MS = 2_000
const LONGEST_RETRY_MS = 60_000

export const initialEnrolment: EnrolmentState = {
  phase: { name: 'starting' },
  device: null,
  token: null,
  refusal: null,
  asks: 0,
}

/** When the machine wants a `wake`; null if nothing is due. */
export function enrolmentWakeAt({ phase }: EnrolmentState): number | null {
  return phase.name === 'waiting' || phase.name === 'revoked' ? phase.retryAt : null
}

/** `byCode`: a browser that no server knows asks for a code by itself, so that nobody has to touch it. */
export function stepEnrolment(
  state: EnrolmentState,
  event: EnrolmentEvent,
  now: number,
  chance: number,
  byCode: boolean,
): EnrolmentStep {
  const { phase } = state
  switch (event.type) {
    case 'loaded':
      return phase.name === 'starting' ? loaded(state, event, byCode) : stay(state)
    case 'broken':
      return go(state, { name: 'broken', message: event.message })
    case 'wanted': {
      if (phase.name === 'broken') return stay(state)
      const wanted = { ...state, token: event.token, refusal: null }
      return phase.name === 'starting' ? stay(wanted) : ask(wanted, 0)
    }
    case 'answered': {
      if (!isAnswer(state, event.ask)) return stay(state)
      return then(told({ ...state, token: null }, event.device).step, CONNECT)
    }
    case 'declined':
      return isAnswer(state, event.ask) ? declined(state, event.problem, now, chance, byCode) : stay(state)
    case 'unreachable':
      return isAnswer(state, event.ask) ? wait(state, event.message, now, chance) : stay(state)
    case 'told': {
      // A question under way is about something newer than this session.
      if (phase.name === 'asking' || phase.name === 'broken') return stay({ ...state, device: event.device })
      const { step, isNews } = told(state, event.device)
      return isNews ? then(step, { type: 'save' }) : step
    }
    case 'expelled':
      return expelled(state, event.problem, byCode)
    case 'network-back':
      return phase.name === 'waiting' ? ask(state, 0) : stay(state)
    case 'wake': {
      const due = enrolmentWakeAt(state)
      if (due === null || now < due) return stay(state)
      return ask(state, phase.name === 'waiting' ? phase.attempt : 0)
    }
  }
}

function loaded(
  state: EnrolmentState,
  { device, revoked }: Extract<EnrolmentEvent, { type: 'loaded' }>,
  byCode: boolean,
): EnrolmentStep {
  const known = { ...state, device }
  if (state.token !== null) return ask(known, 0)
  if (device === null) return byCode ? ask(known, 0) : go(known, { name: 'idle' })
  const phase: EnrolmentPhase = revoked
    ? { name: 'revoked', message: REVOKED, retryAt: null }
    : phaseOf(device)
  return then(go(known, phase), CONNECT)
}

const REVOKED = 'An administrator has taken this screen out of service.'

/** The server's word on this device, and whether there is anything in it that the disk does not know. */
function told(state: EnrolmentState, device: DeviceIdentity): { step: EnrolmentStep; isNews: boolean } {
  const isNews = state.phase.name === 'revoked' || JSON.stringify(state.device) !== JSON.stringify(device)
  const refusal = device.state === 'accepted' ? null : state.refusal
  return { step: go({ ...state, device, refusal }, phaseOf(device)), isNews }
}

function phaseOf(device: DeviceIdentity): EnrolmentPhase {
  return device.state === 'pending' ? { name: 'pending', code: device.code ?? '' } : { name: 'accepted' }
}

function declined(
  state: EnrolmentState,
  problem: Problem,
  now: number,
  chance: number,
  byCode: boolean,
): EnrolmentStep {
  const message = sentenceOf(problem)
  if (problem.type === 'device-revoked') {
    // With a record of it there is a session to be had, which tells at once when the device is accepted again.
    const retryAt = state.device === null ? now + pauseMs(LONGEST_RETRY_MS, chance) : null
    const step = go({ ...state, token: null }, { name: 'revoked', message: REVOKED, retryAt })
    const effects: EnrolmentEffect[] = [{ type: 'rest' }, { type: 'give-up-packages' }]
    return then(step, ...effects, ...(retryAt === null ? [{ type: 'save' } as const, CONNECT] : []))
  }
  // A server that failed, as on a full disk, has not judged the link.
  if (state.token === null || problem.type === 'too-many-requests' || problem.type === 'internal')
    return wait(state, message, now, chance, LONGEST_RETRY_MS)
  const refused = { ...state, token: null, refusal: message }
  // It was a device already: a link that is not valid changes nothing about that.
  if (state.device !== null) return then(go(refused, phaseOf(state.device)), CONNECT)
  return byCode ? ask(refused, 0) : go(refused, { name: 'idle' })
}

function expelled(state: EnrolmentState, problem: Problem, byCode: boolean): EnrolmentStep {
  if (state.phase.name === 'asking' || state.phase.name === 'broken') return stay(state)
  if (problem.type === 'device-revoked') {
    const step = go(state, { name: 'revoked', message: REVOKED, retryAt: null })
    if (state.phase.name === 'revoked') return step
    return then(step, { type: 'rest' }, { type: 'give-up-packages' }, { type: 'save' })
  }
  // What runs goes on: it was not an administrator's wish that the server knows this device no more.
  const refused = { ...state, refusal: sentenceOf(problem) }
  const step = byCode ? ask(refused, 0) : go(refused, { name: 'idle' })
  return { state: step.state, effects: [{ type: 'rest' }, ...step.effects] }
}

function ask(state: EnrolmentState, attempt: number): EnrolmentStep {
  const next = { ...state, asks: state.asks + 1 }
  return then(go(next, { name: 'asking', attempt }), { type: 'ask', ask: next.asks, token: state.token })
}

function wait(
  state: EnrolmentState,
  message: string,
  now: number,
  chance: number,
  leastMs = FIRST_RETRY_MS,
): EnrolmentStep {
  const attempt = state.phase.name === 'asking' ? state.phase.attempt : 0
  const delayMs = pauseMs(Math.min(LONGEST_RETRY_MS, leastMs * 2 ** Math.min(attempt, 10)), chance)
  return go(state, { name: 'waiting', message, retryAt: now + delayMs, attempt: attempt + 1 })
}

/** Between half of it and one and a half: screens that were switched on together do not come back together. */
const pauseMs = (delayMs: number, chance: number) => delayMs * (0.5 + chance)

const isAnswer = ({ phase, asks }: EnrolmentState, ask: number) => phase.name === 'asking' && ask === asks

/** A refusal as one line for the screen. */
const sentenceOf = (problem: Problem) => problem.detail ?? problem.title

const CONNECT: EnrolmentEffect = { type: 'connect' }

const stay = (state: EnrolmentState): EnrolmentStep => ({ state, effects: [] })

const go = (state: EnrolmentState, phase: EnrolmentPhase): EnrolmentStep => ({
  state: { ...state, phase },
  effects: [],
})

const then = ({ state, effects }: EnrolmentStep, ...more: EnrolmentEffect[]): EnrolmentStep => ({
  state,
  effects: [...effects, ...more],
})
