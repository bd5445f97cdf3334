/**
 * A device's signaling session, from no socket to welcome and back (docs/PROTOCOL.md, PR-S1 to PR-S12).
 * Decides when to connect, sign, ping and give up; what the messages mean for packages is the engine's business.
 * `now` is monotonic ms; chance comes with the event that needs it.
 */

import type { Problem } from '../../protocol/problem.ts'
import type { SignalDown } from '../../protocol/signal/down.ts'
import type { SignalUpWire } from '../../protocol/signal/up.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../protocol/version.ts'
import type { KioskOptions } from '../options.ts'
import { type ServerClock, sampleClock } from './server-clock.ts'

type Welcome = Extract<SignalDown, { type: 'welcome' }>

export type SignalingPhase =
  | { readonly name: 'stopped' }
  /** `attempt`: failures in a row. */
  | { readonly name: 'offline'; readonly attempt: number; readonly retryAt: number }
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
      readonly ping: { readonly id: string; readonly sentAt: number } | null
    }

export interface SignalingState {
  readonly phase: SignalingPhase
  readonly clock: ServerClock | null
  /** Why the server ended the last session, where it said so. */
  readonly refusal: Problem | null
  readonly pings: number
}

export type SignalingEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'link-open' }
  | { readonly type: 'link-closed'; readonly chance: number }
  | { readonly type: 'message'; readonly message: SignalDown }
  | { readonly type: 'invalid-message'; readonly detail: string }
  | { readonly type: 'signed'; readonly signature: string; readonly deviceId: string }
  | { readonly type: 'network-back' }
  | { readonly type: 'wake' }

export type SignalingEffect =
  | { readonly type: 'connect' }
  | { readonly type: 'close' }
  | { readonly type: 'sign'; readonly nonce: string }
  | { readonly type: 'send'; readonly message: SignalUpWire }
  | { readonly type: 'online'; readonly welcome: Welcome }
  | { readonly type: 'offline' }
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'deliver'; readonly message: SignalDown }
  | { readonly type: 'log'; readonly message: string }

export interface SignalingStep {
  readonly state: SignalingState
  readonly effects: readonly SignalingEffect[]
}

/** A socket or a greeting that takes longer has failed. */
const CONNECT_TIMEOUT_MS = 15_000
/** A device the server refused for good comes back only this often, to see whether somebody changed that. */
const REFUSED_RETRY_MS = 60_000
/** First pings come sooner, for a better clock. */
const FIRST_PING_MS = 200

export const initialSignaling: SignalingState = {
  phase: { name: 'stopped' },
  clock: null,
  refusal: null,
  pings: 0,
}

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
  options: KioskOptions,
): SignalingStep {
  const { phase } = state
  switch (event.type) {
    case 'start':
      return phase.name === 'stopped' ? connect(state, 0, now) : stay(state)
    case 'stop':
      return { state: { ...state, phase: { name: 'stopped' } }, effects: ended(state, [{ type: 'close' }]) }
    case 'network-back':
      return phase.name === 'offline' ? connect(state, phase.attempt, now) : stay(state)
    case 'link-open':
      if (phase.name !== 'connecting') return stay(state)
      return go(state, {
        name: 'greeting',
        attempt: phase.attempt,
        giveUpAt: phase.giveUpAt,
        helloSentAt: null,
      })
    case 'link-closed':
      return phase.name === 'stopped' || phase.name === 'offline'
        ? stay(state)
        : lost(state, event.chance, now, options)
    case 'invalid-message':
      return {
        state,
        effects: [{ type: 'log', message: `server message refused: ${event.detail}` }, { type: 'close' }],
      }
    case 'signed':
      if (phase.name !== 'greeting') return stay(state)
      return go(state, { ...phase, helloSentAt: now }, [
        {
          type: 'send',
          message: {
            type: 'hello',
            protocolVersion: PROTOCOL_VERSION,
            deviceId: event.deviceId,
            signature: event.signature,
          },
        },
      ])
    case 'message':
      return receive(state, event.message, now)
    case 'wake':
      return wake(state, now)
  }
}

function receive(state: SignalingState, message: SignalDown, now: number): SignalingStep {
  const { phase } = state
  if (message.type === 'error') {
    return {
      state: { ...state, refusal: message.problem },
      effects: [{ type: 'refused', problem: message.problem }, { type: 'close' }],
    }
  }
  if (phase.name === 'greeting') {
    if (message.type === 'challenge') return challenged(state, message)
    if (message.type === 'welcome' && phase.helloSentAt !== null) {
      return welcomed(state, phase.helloSentAt, message, now)
    }
    return stay(state)
  }
  if (phase.name !== 'online') return stay(state)
  const heard = { ...phase, lastHeardAt: now }
  if (message.type !== 'pong') return go(state, heard, [{ type: 'deliver', message }])
  if (phase.ping?.id !== message.id) return go(state, heard)
  return go(
    { ...state, clock: sampleClock(state.clock, phase.ping.sentAt, now, message.serverTime) },
    { ...heard, ping: null },
  )
}

function challenged(
  state: SignalingState,
  message: Extract<SignalDown, { type: 'challenge' }>,
): SignalingStep {
  if (message.minProtocolVersion > PROTOCOL_VERSION || message.protocolVersion < MIN_PROTOCOL_VERSION) {
    return {
      state,
      effects: [
        { type: 'log', message: 'this page and the server share no protocol version; reload the page' },
        { type: 'close' },
      ],
    }
  }
  return { state, effects: [{ type: 'sign', nonce: message.nonce }] }
}

function welcomed(state: SignalingState, helloSentAt: number, welcome: Welcome, now: number): SignalingStep {
  const clock = sampleClock(null, helloSentAt, now, welcome.serverTime)
  const phase: SignalingPhase = {
    name: 'online',
    heartbeatMs: welcome.heartbeatMs,
    pingAt: now + FIRST_PING_MS,
    lastHeardAt: now,
    ping: null,
  }
  return { state: { ...state, phase, clock, refusal: null }, effects: [{ type: 'online', welcome }] }
}

function wake(state: SignalingState, now: number): SignalingStep {
  const due = signalingWakeAt(state)
  if (due === null || now < due) return stay(state)
  const { phase } = state
  switch (phase.name) {
    case 'offline':
      return connect(state, phase.attempt, now)
    case 'connecting':
    case 'greeting':
      return { state, effects: [{ type: 'close' }] }
    case 'online': {
      if (now >= phase.lastHeardAt + 2 * phase.heartbeatMs) {
        return { state, effects: [{ type: 'log', message: 'the server has gone silent' }, { type: 'close' }] }
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
  return go(
    { ...state, refusal: null },
    { name: 'connecting', attempt, giveUpAt: now + CONNECT_TIMEOUT_MS },
    [{ type: 'connect' }],
  )
}

/** Full jitter: any time between nothing and the bound, so that a fleet cut off together does not come back together. */
function lost(state: SignalingState, chance: number, now: number, options: KioskOptions): SignalingStep {
  const attempt = 'attempt' in state.phase ? state.phase.attempt + 1 : 0
  const boundMs = Math.min(options.reconnectMaxMs, options.reconnectMinMs * 2 ** Math.min(attempt, 20))
  // A server that failed is not a server that refused.
  const isRefused = state.refusal !== null && state.refusal.type !== 'internal'
  const pauseMs = isRefused ? REFUSED_RETRY_MS * (0.5 + chance) : chance * boundMs
  return {
    state: { ...state, phase: { name: 'offline', attempt, retryAt: now + pauseMs } },
    effects: ended(state, []),
  }
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
