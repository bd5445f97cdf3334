/**
 * A device's signaling session, from no socket to welcome and back (docs/PROTOCOL.md, PR-S1 to PR-S12).
 * Decides when to connect, sign, ping and give up; what the messages mean for packages is the engine's business.
 * `now` is monotonic ms, `chance` in [0, 1). After `close` nothing that comes of that link counts any more.
 */
import type { Problem, ProblemName } from '../../protocol/problem.ts'
import type { SignalDown } from '../../protocol/signal/down.ts'
import type { SignalUpWire } from '../../protocol/signal/up.ts'
import {
  agreedVersion,
  newestOf,
  oldestOf,
  type SpokenVersion,
  spokenVersions,
} from '../../protocol/spoken-versions.ts'
import type { KioskOptions } from '../options.ts'
import { type ServerClock, sampleClock, serverTimeAt } from './server-clock.ts'

type Welcome = Extract<SignalDown, { type: 'welcome' }>

type SignalingPhase =
  | { readonly name: 'stopped' }
  /**
   * `attempt`: failures in a row before this one; -1 after a session that worked. `isHeldOff`: the server asked for this pause, so
   * it lasts even when the network comes back.
   */
  | {
      readonly name: 'offline'
      readonly attempt: number
      readonly retryAt: number
      readonly isHeldOff: boolean
    }
  | { readonly name: 'connecting'; readonly attempt: number; readonly giveUpAt: number }
  | {
      readonly name: 'greeting'
      readonly attempt: number
      readonly giveUpAt: number
      readonly helloSentAt: number | null
    }
  | {
      readonly name: 'online'
      readonly heartbeatMs: number
      readonly pingAt: number
      readonly lastHeardAt: number
      /** Failures before this session; forgotten once a ping was answered. */
      readonly attempt: number
      readonly ping: { readonly id: string; readonly sentAt: number } | null
    }

export interface SignalingState {
  readonly phase: SignalingPhase
  /** All that this page speaks, and the one that this session is in: the oldest until the challenge has come. */
  readonly versions: readonly SpokenVersion[]
  readonly version: number
  readonly clock: ServerClock | null
  readonly pings: number
  /** Over what time the whole fleet comes back, as the server said last (PR-S16). */
  readonly returnSpreadMs: number
  /**
   * The last session ended because the two sides do not understand each other: what helps is the kiosk page that belongs
   * to this server, whichever of the two is older. The next welcome takes it back.
   */
  readonly needsNewPage: boolean
}

export type SignalingEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'link-open' }
  /** `code`: the WebSocket's, where it is known. */
  | { readonly type: 'link-closed'; readonly code?: number }
  | { readonly type: 'message'; readonly message: SignalDown }
  | { readonly type: 'invalid-message'; readonly detail: string }
  | { readonly type: 'signed'; readonly signature: string; readonly deviceId: string }
  | { readonly type: 'network-back' }
  | { readonly type: 'wake' }

export type SignalingEffect =
  | { readonly type: 'connect' }
  /** End the link and forget it; it is not waited for. */
  | { readonly type: 'close' }
  | { readonly type: 'sign'; readonly nonce: string }
  | { readonly type: 'send'; readonly message: SignalUpWire }
  | { readonly type: 'online'; readonly welcome: Welcome }
  | { readonly type: 'offline' }
  | { readonly type: 'refused'; readonly problem: Problem }
  /** From now on `needsNewPage` holds. */
  | { readonly type: 'needs-new-page' }
  | { readonly type: 'deliver'; readonly message: SignalDown }
  | { readonly type: 'log'; readonly message: string }

export interface SignalingStep {
  readonly state: SignalingState
  readonly effects: readonly SignalingEffect[]
}

/** A socket or a greeting that takes longer has failed. */
const CONNECT_TIMEOUT_MS = 15_000
/** A device that the server refused comes back only this often, to see whether somebody changed that. */
const REFUSED_RETRY_MS = 60_000
/** One that was revoked comes back sooner: whoever accepts it again looks whether it has come. */
const REVOKED_RETRY_MS = 20_000
/** The longest pause that a server can ask for: no mistake of its clock keeps a device away for good. */
const MAX_ASKED_PAUSE_MS = 10 * 60_000
/** What coming back soon does not change, or makes worse. After any other end a device comes back as after a lost line. */
const LASTING: ReadonlySet<ProblemName> = new Set([
  'device-unknown',
  'device-revoked',
  'signature-invalid',
  'protocol-unsupported',
  'too-many-requests',
  // Another tab of the same profile took over: two that come back at once would end each other's session for ever.
  'conflict',
])
/** The other side cannot read this page's messages, or this page its messages. */
const NOT_UNDERSTOOD: ReadonlySet<ProblemName> = new Set(['protocol-unsupported', 'protocol-violation'])
/** Closes a session that no common version was found for, where the words before it were lost or not readable. */
const UNSUPPORTED_CODE = 4426
/** First pings come sooner, for a better clock. */
const FIRST_PING_MS = 200

export const initialSignaling = (versions: readonly SpokenVersion[] = spokenVersions): SignalingState => ({
  phase: { name: 'stopped' },
  versions,
  version: oldestOf(versions),
  clock: null,
  pings: 0,
  returnSpreadMs: 0,
  needsNewPage: false,
})

/** When the machine wants a `wake` at the latest; null if nothing is due. */
export function signalingWakeAt(state: SignalingState): number | null {
  const { phase } = state
  switch (phase.name) {
    case 'stopped':
      return null
    case 'offline':
      return phase.retryAt
    case 'connecting':
    case 'greeting':
      return phase.giveUpAt
    case 'online':
      return Math.min(phase.pingAt, phase.lastHeardAt + 2 * phase.heartbeatMs)
  }
}

export function stepSignaling(
  state: SignalingState,
  event: SignalingEvent,
  now: number,
  chance: number,
  options: KioskOptions,
): SignalingStep {
  const { phase } = state
  const lostNow: Lost = (pauseMs, ...effects) =>
    lost(state, pauseMs ?? backoffMs(state, chance, options), now, effects)
  const notUnderstood: Lost = (pauseMs, ...effects) => {
    const step = lostNow(pauseMs, ...effects)
    const news = state.needsNewPage ? [] : [{ type: 'needs-new-page' } as const]
    return { state: { ...step.state, needsNewPage: true }, effects: [...step.effects, ...news] }
  }
  switch (event.type) {
    case 'start':
      return phase.name === 'stopped' ? connect(state, 0, now) : stay(state)
    case 'stop':
      return { state: { ...state, phase: { name: 'stopped' } }, effects: ended(state, [{ type: 'close' }]) }
    case 'network-back':
      return phase.name === 'offline' && !phase.isHeldOff ? connect(state, phase.attempt, now) : stay(state)
    case 'link-open':
      if (phase.name !== 'connecting') return stay(state)
      return go(state, {
        name: 'greeting',
        attempt: phase.attempt,
        giveUpAt: phase.giveUpAt,
        helloSentAt: null,
      })
    case 'link-closed':
      if (!hasLink(phase)) return stay(state)
      return event.code === UNSUPPORTED_CODE
        ? notUnderstood(REFUSED_RETRY_MS * (0.5 + chance))
        : lostNow(null)
    case 'invalid-message': {
      if (!hasLink(phase)) return stay(state)
      const message = `server message refused: ${event.detail}`
      return notUnderstood(null, { type: 'log', message }, { type: 'close' })
    }
    case 'signed':
      if (phase.name !== 'greeting') return stay(state)
      return go(state, { ...phase, helloSentAt: now }, [hello(state, event)])
    case 'message': {
      if (!hasLink(phase)) return stay(state)
      if (event.message.type !== 'error') return receive(state, event.message, now, notUnderstood)
      const { problem } = event.message
      const end = NOT_UNDERSTOOD.has(problem.type) ? notUnderstood : lostNow
      return refused(state, problem, now, chance, end)
    }
    case 'wake':
      return wake(state, now, lostNow)
  }
}

function refused(
  state: SignalingState,
  problem: Problem,
  now: number,
  chance: number,
  end: Lost,
): SignalingStep {
  const lastingMs = problem.type === 'device-revoked' ? REVOKED_RETRY_MS : REFUSED_RETRY_MS
  const pauseMs = LASTING.has(problem.type) ? lastingMs * (0.5 + chance) : null
  const effects: SignalingEffect[] = [{ type: 'refused', problem }, { type: 'close' }]
  if (problem.type !== 'too-many-requests' || pauseMs === null) return end(pauseMs, ...effects)
  const serverNow = serverTimeAt(state.clock, now)
  const askedMs = serverNow === null || problem.retryAt === undefined ? 0 : problem.retryAt - serverNow
  const heldOffMs = Math.max(pauseMs, Math.min(askedMs, MAX_ASKED_PAUSE_MS))
  return lost(state, heldOffMs, now, effects, true)
}

type Lost = (pauseMs: number | null, ...effects: SignalingEffect[]) => SignalingStep

function receive(
  state: SignalingState,
  message: SignalDown,
  now: number,
  notUnderstood: Lost,
): SignalingStep {
  const { phase } = state
  if (phase.name === 'greeting') {
    if (message.type === 'challenge') return challenged(state, message, notUnderstood)
    if (message.type === 'welcome' && phase.helloSentAt !== null) {
      return welcomed(state, phase.attempt, phase.helloSentAt, message, now)
    }
    return stay(state)
  }
  if (phase.name !== 'online') return stay(state)
  const heard = { ...phase, lastHeardAt: now }
  if (message.type !== 'pong') return go(state, heard, [{ type: 'deliver', message }])
  if (phase.ping?.id !== message.id) return go(state, heard)
  return go(
    { ...state, clock: sampleClock(state.clock, phase.ping.sentAt, now, message.serverTime) },
    { ...heard, ping: null, attempt: -1 },
  )
}

function challenged(
  state: SignalingState,
  message: Extract<SignalDown, { type: 'challenge' }>,
  notUnderstood: Lost,
): SignalingStep {
  const version = agreedVersion(state.versions, message)
  if (version === null) {
    const words =
      'this page and the server share no protocol version; the page looks for the build of this server and reloads'
    return notUnderstood(REFUSED_RETRY_MS, { type: 'log', message: words }, { type: 'close' })
  }
  return { state: { ...state, version }, effects: [{ type: 'sign', nonce: message.nonce }] }
}

function hello(
  { versions }: SignalingState,
  { deviceId, signature }: Extract<SignalingEvent, { type: 'signed' }>,
): SignalingEffect {
  return {
    type: 'send',
    message: { type: 'hello', protocolVersion: newestOf(versions), deviceId, signature },
  }
}

function welcomed(
  state: SignalingState,
  attempt: number,
  helloSentAt: number,
  welcome: Welcome,
  now: number,
): SignalingStep {
  const clock = sampleClock(state.clock, helloSentAt, now, welcome.serverTime)
  const phase: SignalingPhase = {
    name: 'online',
    heartbeatMs: welcome.heartbeatMs,
    pingAt: now + FIRST_PING_MS,
    lastHeardAt: now,
    attempt,
    ping: null,
  }
  const { returnSpreadMs } = welcome
  return {
    state: { ...state, phase, clock, returnSpreadMs, needsNewPage: false },
    effects: [{ type: 'online', welcome }],
  }
}

function wake(state: SignalingState, now: number, lostNow: Lost): SignalingStep {
  const due = signalingWakeAt(state)
  if (due === null || now < due) return stay(state)
  const { phase } = state
  switch (phase.name) {
    case 'offline':
      return connect(state, phase.attempt, now)
    case 'connecting':
    case 'greeting':
      return lostNow(null, { type: 'close' })
    case 'online': {
      if (now >= phase.lastHeardAt + 2 * phase.heartbeatMs) {
        return lostNow(null, { type: 'log', message: 'the server has gone silent' }, { type: 'close' })
      }
      const id = `p${state.pings}`
      return go(
        { ...state, pings: state.pings + 1 },
        { ...phase, pingAt: now + phase.heartbeatMs, ping: { id, sentAt: now } },
        [{ type: 'send', message: { type: 'ping', id } }],
      )
    }
    case 'stopped':
      return stay(state)
  }
}

function connect(state: SignalingState, attempt: number, now: number): SignalingStep {
  const phase = { name: 'connecting', attempt, giveUpAt: now + CONNECT_TIMEOUT_MS } as const
  return go({ ...state, version: oldestOf(state.versions) }, phase, [{ type: 'connect' }])
}

function hasLink(phase: SignalingPhase): boolean {
  return phase.name === 'connecting' || phase.name === 'greeting' || phase.name === 'online'
}

/** The number of the failure that a loss now would be, counted from 0. */
function failureOf({ phase }: SignalingState): number {
  return 'attempt' in phase ? phase.attempt + 1 : 0
}

/**
 * Full jitter: any time between nothing and the bound, so that a fleet cut off together does not come back together. The server
 * knows how large the fleet is: it may ask for more time than the pause between tries alone would take (PR-S16).
 */
function backoffMs(state: SignalingState, chance: number, options: KioskOptions): number {
  const doublings = Math.min(failureOf(state), 20)
  const pauseMs = Math.min(options.reconnectMaxMs, options.reconnectMinMs * 2 ** doublings)
  return chance * Math.max(pauseMs, state.returnSpreadMs)
}

function lost(
  state: SignalingState,
  pauseMs: number,
  now: number,
  effects: readonly SignalingEffect[],
  isHeldOff = false,
): SignalingStep {
  const phase = { name: 'offline', attempt: failureOf(state), retryAt: now + pauseMs, isHeldOff } as const
  return { state: { ...state, phase }, effects: ended(state, effects) }
}

function ended(state: SignalingState, effects: readonly SignalingEffect[]): readonly SignalingEffect[] {
  return state.phase.name === 'online' ? [...effects, { type: 'offline' }] : effects
}

function go(
  state: SignalingState,
  phase: SignalingPhase,
  effects: readonly SignalingEffect[] = [],
): SignalingStep {
  return { state: { ...state, phase }, effects }
}

function stay(state: SignalingState): SignalingStep {
  return { state, effects: [] }
}
