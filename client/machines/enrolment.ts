/**
 * How a browser comes to belong to a server and stays with it, although nobody stands beside it: by a token or by a code,
 * through a server that cannot be reached, a link that is not valid, being revoked and accepted again, being forgotten.
 * Knows nothing of sockets, packages and disks; `now` is monotonic ms, `chance` in [0, 1).
 */
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import type { TrustedKey } from '../../protocol/keys.ts'
import type { Problem } from '../../protocol/problem.ts'
import { isSameValue } from '../../protocol/same-value.ts'
import { noTrust, type Trust, trustAfter, withUsedToken } from './trust.ts'

export type EnrolmentPhase =
  | { readonly name: 'starting' }
  /** No server knows this browser, and it was not told to ask for a code. */
  | { readonly name: 'idle' }
  | { readonly name: 'asking'; readonly attempt: number }
  /** The server has answered; what it said counts when it is on the disk. */
  | { readonly name: 'keeping'; readonly device: DeviceIdentity; readonly trust: Trust }
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
  readonly trust: Trust
  /** When the server is asked again which keys it names; null while it need not be. */
  readonly keyCheckAt: number | null
  /** An administrator was told that the server's keys were refused. */
  readonly toldKeysRefused: boolean
  /** To be used with the next question; null: ask for a code. */
  readonly token: string | null
  /** A person entered that token on this device. */
  readonly isByHand: boolean
  /** Why the last token was not taken, for the screen; null once the device is accepted. */
  readonly refusal: string | null
  /** Numbers the questions: an answer to an earlier one does not count. */
  readonly asks: number
}

export type EnrolmentEvent =
  /** What the disk knows; `revoked`: the server's last word was that. */
  | {
      readonly type: 'loaded'
      readonly device: DeviceIdentity | null
      readonly revoked: boolean
      readonly trust: Trust
    }
  | { readonly type: 'broken'; readonly message: string }
  /** The device is to enrol with a token, or with a code (null). `isByHand`: a person entered the token just now. */
  | { readonly type: 'wanted'; readonly token: string | null; readonly isByHand: boolean }
  /** `tokenDigest`: of the token that was used; null where there was none. */
  | {
      readonly type: 'answered'
      readonly ask: number
      readonly device: DeviceIdentity
      readonly keys: readonly TrustedKey[]
      readonly tokenDigest: string | null
    }
  /** What was answered is on the disk. */
  | { readonly type: 'kept'; readonly ask: number }
  | {
      readonly type: 'declined'
      readonly ask: number
      readonly problem: Problem
      readonly tokenDigest: string | null
    }
  | { readonly type: 'unreachable'; readonly ask: number; readonly message: string }
  /** A session is up, or told of a change. */
  | { readonly type: 'told'; readonly device: DeviceIdentity }
  /** The server ended the session because of what this device is to it. */
  | { readonly type: 'expelled'; readonly problem: Problem }
  /** The keys that the server names now; null: it did not say. */
  | { readonly type: 'keys-checked'; readonly keys: readonly TrustedKey[] | null }
  /** The identity on the disk is a new one (PR-S7). */
  | { readonly type: 'separated' }
  | { readonly type: 'network-back' }
  | { readonly type: 'wake' }

export type EnrolmentEffect =
  | { readonly type: 'ask'; readonly ask: number; readonly token: string | null }
  /** Save what was answered, then say `kept`. `isNewAuthority`: first let release numbers begin anew. */
  | {
      readonly type: 'keep'
      readonly ask: number
      readonly device: DeviceIdentity
      readonly trust: Trust
      readonly isNewAuthority: boolean
    }
  /** Ask the server which keys it names, without a token; nothing else of its answer counts. */
  | { readonly type: 'check-keys' }
  /** Tell an administrator that this server names keys which this device does not trust. */
  | { readonly type: 'report-keys-refused' }
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
/** Once the server with the pinned key is back, the device should stop to say that it is not; one small request each time. */
const KEY_CHECK_MS = 10 * 60_000

export const initialEnrolment: EnrolmentState = {
  phase: { name: 'starting' },
  device: null,
  trust: noTrust,
  keyCheckAt: null,
  toldKeysRefused: false,
  token: null,
  isByHand: false,
  refusal: null,
  asks: 0,
}

/** When the machine wants a `wake`; null if nothing is due. */
export function enrolmentWakeAt(state: EnrolmentState): number | null {
  const retryAt = retryAtOf(state)
  const { keyCheckAt } = state
  return retryAt === null || keyCheckAt === null ? (retryAt ?? keyCheckAt) : Math.min(retryAt, keyCheckAt)
}

function retryAtOf({ phase }: EnrolmentState): number | null {
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
  return tellKeysRefused(apply(state, event, now, chance, byCode))
}

function apply(
  state: EnrolmentState,
  event: EnrolmentEvent,
  now: number,
  chance: number,
  byCode: boolean,
): EnrolmentStep {
  const { phase } = state
  switch (event.type) {
    case 'loaded':
      return phase.name === 'starting' ? loaded(state, event, now, byCode) : stay(state)
    case 'broken':
      return go(state, { name: 'broken', message: event.message })
    case 'wanted': {
      if (phase.name === 'broken') return stay(state)
      const { token, isByHand } = event
      const wanted = {
        ...(phase.name === 'keeping' ? kept(state, phase, now) : state),
        token,
        isByHand,
        refusal: null,
      }
      return phase.name === 'starting' ? stay(wanted) : ask(wanted, 0)
    }
    case 'answered': {
      if (!isAnswer(state, event.ask)) return stay(state)
      const { ask, device, keys, tokenDigest } = event
      const { isByHand } = state
      const { trust, isNewAuthority } = trustAfter(state.trust, keys, { isByHand, tokenDigest })
      const keep: EnrolmentEffect = { type: 'keep', ask, device, trust, isNewAuthority }
      return then(go(state, { name: 'keeping', device, trust }), keep)
    }
    case 'kept':
      if (phase.name !== 'keeping' || state.asks !== event.ask) return stay(state)
      return then(told({ ...kept(state, phase, now), ...NO_TOKEN }, phase.device).step, CONNECT)
    case 'declined': {
      if (!isAnswer(state, event.ask)) return stay(state)
      return declined(state, event.problem, event.tokenDigest, now, chance, byCode)
    }
    case 'unreachable':
      return isAnswer(state, event.ask) ? wait(state, event.message, now, chance) : stay(state)
    case 'told': {
      // A question under way is about something newer than this session.
      if (isEnrolling(state) || phase.name === 'broken') return stay({ ...state, device: event.device })
      const { step, isNews } = told(state, event.device)
      return isNews ? then(step, { type: 'save' }) : step
    }
    case 'expelled':
      return expelled(state, event.problem, byCode)
    case 'separated':
      return separated(state, byCode)
    case 'network-back':
      return phase.name === 'waiting' ? ask(state, 0) : stay(state)
    case 'keys-checked':
      return keysChecked(state, event.keys, now)
    case 'wake': {
      const retryAt = retryAtOf(state)
      if (retryAt !== null && now >= retryAt) return ask(state, phase.name === 'waiting' ? phase.attempt : 0)
      return state.keyCheckAt !== null && now >= state.keyCheckAt ? checkKeys(state, now) : stay(state)
    }
  }
}

function loaded(
  state: EnrolmentState,
  { device, revoked, trust }: Extract<EnrolmentEvent, { type: 'loaded' }>,
  now: number,
  byCode: boolean,
): EnrolmentStep {
  // The server may be the right one again: what was told in the last life is not told anew.
  const toldKeysRefused = trust.keysRefused && device?.state === 'accepted'
  const known = { ...state, device, trust, keyCheckAt: trust.keysRefused ? now : null, toldKeysRefused }
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
  const isNews = state.phase.name === 'revoked' || !isSameValue(state.device, device)
  const refusal = device.state === 'accepted' ? null : state.refusal
  return { step: go({ ...state, device, refusal }, phaseOf(device)), isNews }
}

function phaseOf(device: DeviceIdentity): EnrolmentPhase {
  return device.state === 'pending' ? { name: 'pending', code: device.code ?? '' } : { name: 'accepted' }
}

/** What was answered and kept counts now. */
function kept(
  state: EnrolmentState,
  { device, trust }: Extract<EnrolmentPhase, { name: 'keeping' }>,
  now: number,
): EnrolmentState {
  const keyCheckAt = trust.keysRefused ? now + KEY_CHECK_MS : null
  return { ...state, device, trust, keyCheckAt, toldKeysRefused: state.toldKeysRefused && trust.keysRefused }
}

/** Only as a device that the server has a record of: otherwise asking would be an enrolment, whose answer says it too. */
function checkKeys(state: EnrolmentState, now: number): EnrolmentStep {
  const next = { ...state, keyCheckAt: now + KEY_CHECK_MS }
  const isKnown = state.phase.name === 'accepted' || state.phase.name === 'pending'
  return isKnown ? then(stay(next), { type: 'check-keys' }) : stay(next)
}

function keysChecked(state: EnrolmentState, keys: readonly TrustedKey[] | null, now: number): EnrolmentStep {
  if (keys === null || isEnrolling(state) || !state.trust.keysRefused) return stay(state)
  const { trust } = trustAfter(state.trust, keys, { isByHand: false, tokenDigest: null })
  if (trust.keysRefused) return stay({ ...state, keyCheckAt: now + KEY_CHECK_MS })
  return then(stay({ ...state, trust, keyCheckAt: null, toldKeysRefused: false }), { type: 'save' })
}

/** As soon as the server takes reports of this device: it takes none of one that waits to be accepted. */
function tellKeysRefused({ state, effects }: EnrolmentStep): EnrolmentStep {
  if (!state.trust.keysRefused || state.toldKeysRefused || state.phase.name !== 'accepted')
    return { state, effects }
  return {
    state: { ...state, toldKeysRefused: true },
    effects: [...effects, { type: 'report-keys-refused' }],
  }
}

function declined(
  asked: EnrolmentState,
  problem: Problem,
  tokenDigest: string | null,
  now: number,
  chance: number,
  byCode: boolean,
): EnrolmentStep {
  const message = sentenceOf(problem)
  const isJudged = problem.type === 'enrolment-token-invalid'
  const state = isJudged ? { ...asked, trust: withUsedToken(asked.trust, tokenDigest) } : asked
  if (problem.type === 'device-revoked') {
    // With a record of it there is a session to be had, which tells at once when the device is accepted again.
    const retryAt = state.device === null ? now + pauseMs(LONGEST_RETRY_MS, chance) : null
    const step = go({ ...state, ...NO_TOKEN }, { name: 'revoked', message: REVOKED, retryAt })
    const effects: EnrolmentEffect[] = [{ type: 'rest' }, { type: 'give-up-packages' }]
    return then(step, ...effects, ...(retryAt === null ? [{ type: 'save' } as const, CONNECT] : []))
  }
  // A server that failed, as on a full disk, has not judged the link.
  if (state.token === null || problem.type === 'too-many-requests' || problem.type === 'internal')
    return wait(state, message, now, chance, LONGEST_RETRY_MS)
  const refused = { ...state, ...NO_TOKEN, refusal: message }
  // It was a device already: a link that is not valid changes nothing about that.
  if (state.device !== null) return then(go(refused, phaseOf(state.device)), { type: 'save' }, CONNECT)
  return byCode ? ask(refused, 0) : go(refused, { name: 'idle' })
}

function expelled(state: EnrolmentState, problem: Problem, byCode: boolean): EnrolmentStep {
  if (isEnrolling(state) || state.phase.name === 'broken') return stay(state)
  if (problem.type === 'device-revoked') {
    const step = go(state, { name: 'revoked', message: REVOKED, retryAt: null })
    if (state.phase.name === 'revoked') return step
    return then(step, { type: 'rest' }, { type: 'give-up-packages' }, { type: 'save' })
  }
  // What runs goes on: no administrator decided that the server knows this device no more.
  const refused = { ...state, refusal: sentenceOf(problem) }
  const step = byCode ? ask(refused, 0) : go(refused, { name: 'idle' })
  return { state: step.state, effects: [{ type: 'rest' }, ...step.effects] }
}

/** This browser has another key now: it is a device that no server knows. What runs goes on. */
function separated(state: EnrolmentState, byCode: boolean): EnrolmentStep {
  if (state.phase.name === 'broken') return stay(state)
  const fresh = { ...state, ...NO_TOKEN, device: null, refusal: null }
  const step = byCode ? ask(fresh, 0) : go(fresh, { name: 'idle' })
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

const isEnrolling = ({ phase }: EnrolmentState) => phase.name === 'asking' || phase.name === 'keeping'

const isAnswer = ({ phase, asks }: EnrolmentState, ask: number) => phase.name === 'asking' && ask === asks

/** A refusal as one line for the screen. */
const sentenceOf = (problem: Problem) => problem.detail ?? problem.title

const CONNECT: EnrolmentEffect = { type: 'connect' }

const NO_TOKEN = { token: null, isByHand: false } as const

const stay = (state: EnrolmentState): EnrolmentStep => ({ state, effects: [] })

const go = (state: EnrolmentState, phase: EnrolmentPhase): EnrolmentStep => ({
  state: { ...state, phase },
  effects: [],
})

const then = ({ state, effects }: EnrolmentStep, ...more: EnrolmentEffect[]): EnrolmentStep => ({
  state,
  effects: [...effects, ...more],
})
