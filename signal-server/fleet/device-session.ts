/**
 * One signaling session on the server, as a pure machine (docs/PROTOCOL.md, PR-S1 to PR-S14).
 * It knows one device and what that device was told. It knows no socket, no clock, no database, and no other session.
 *
 *  1. Nothing but the challenge is said to a device before its signature over this session's own nonce was checked.
 *  2. The device is the `deviceId` of the verified hello, whatever its later messages claim.
 *  3. Whatever a device sends changes or ends its own session only, and is paid for out of the budget of that session.
 *  4. A session that the server ends gets one `error`, then the close; nothing that happens afterwards has any effect.
 */
import * as v from 'valibot'
import { MESSAGE_COST } from '../../policy/device-budget.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { IceServer } from '../../protocol/signal/down.ts'
import type { SignalUp } from '../../protocol/signal/up.ts'
import { newestOf, oldestOf, type SpokenVersion, spokenVersion } from '../../protocol/spoken-versions.ts'
import type { DeviceRecord } from '../fleet-directory.ts'
import { assignmentToWire, isEnrolled, viewUpdates } from './fleet-view.ts'
import { decideGrant, pendingProblem } from './grants.ts'
import { acceptedBudget, pay, refund, strangerBudget } from './session-budget.ts'
import { end, endedBySocket, endTooMany, endUnsupported, endViolation, goneProblem } from './session-end.ts'
import type {
  Challenged,
  Identifying,
  Joining,
  Live,
  OpenState,
  SessionEffect,
  SessionEvent,
  SessionState,
  StateName,
  Step,
  Verifying,
} from './session-types.ts'
import type { SignalingOptions } from './signaling-options.ts'

export interface SessionSettings {
  readonly options: SignalingOptions
  readonly iceServers: readonly IceServer[]
  readonly versions: readonly SpokenVersion[]
}

/** The only ways from one state to another; every state may also stay as it is. */
export const LEGAL_MOVES: Readonly<Record<StateName, readonly StateName[]>> = {
  challenged: ['identifying', 'closed'],
  identifying: ['verifying', 'closed'],
  verifying: ['joining', 'closed'],
  joining: ['live', 'closed'],
  live: ['closed'],
  closed: [],
}

/** A session that has just been connected. `nonce` is fresh and unpredictable. */
export function openSession(nonce: string, settings: SessionSettings, now: number): Step {
  return {
    state: {
      name: 'challenged',
      version: oldestOf(settings.versions),
      nonce,
      deadlineAt: now + settings.options.helloTimeoutMs,
      budget: strangerBudget(settings.options.messages, now),
    },
    effects: [
      send({
        type: 'challenge',
        protocolVersion: newestOf(settings.versions),
        minProtocolVersion: oldestOf(settings.versions),
        nonce,
      }),
    ],
  }
}

/** When the session wants its next `timer`, epoch ms; null when it wants none. */
export function wakeAt(state: SessionState, { options }: SessionSettings): number | null {
  if (state.name === 'closed') return null
  return state.name === 'live' ? state.lastHeardAt + 2 * options.heartbeatMs : state.deadlineAt
}

/**
 * The next state and what is to be done. Total: an event that means nothing in this state (a late answer, anything after the
 * end) changes nothing. Never throws, whatever text a device sends.
 */
export function step(state: SessionState, event: SessionEvent, settings: SessionSettings, now: number): Step {
  if (state.name === 'closed') return stay(state)
  switch (event.type) {
    case 'message':
      return onMessage(state, event, settings, now)
    case 'control-frame':
      return onControlFrame(state, now)
    case 'timer':
      return onTimer(state, settings, now)
    case 'binary-message':
      return end(state, 'violation', problem('protocol-violation', 'Messages are JSON text, never binary.'))
    case 'device-gone':
      return end(state, 'refused', goneProblem(event.problem))
    case 'replaced':
      return end(
        state,
        'replaced',
        problem('conflict', 'Another session of this device took over, perhaps in another tab.'),
      )
    case 'separated':
      return end(state, 'refused', problem('already-exists', event.detail))
    case 'failed':
      return end(state, 'failed', problem('internal', 'The server could not go on. Please connect again.'))
    case 'server-stopping':
      return end(state, 'goingAway', null)
    case 'socket-closed':
      return endedBySocket(state)
    case 'device-loaded':
      return state.name === 'identifying' ? onDeviceLoaded(state, event.record) : stay(state)
    case 'signature-checked':
      return state.name === 'verifying' ? onSignatureChecked(state, event.valid) : stay(state)
    case 'joined':
      return state.name === 'joining' ? onJoined(state, event, settings, now) : stay(state)
    case 'join-refused':
      return state.name === 'joining' ? onJoinRefused(state, event.retryAt) : stay(state)
    default:
      return state.name === 'live' ? onFleetEvent(state, event, now) : stay(state)
  }
}

function onMessage(
  state: OpenState,
  { text, bytes }: Extract<SessionEvent, { type: 'message' }>,
  settings: SessionSettings,
  now: number,
): Step {
  const budget = pay(state.budget, { messages: 1, bytes }, now)
  if (budget === null) return endTooMany(state)
  if (bytes > MAX_SIGNAL_MESSAGE_BYTES) {
    return end(
      state,
      'tooLarge',
      problem('too-large', `A message has at most ${MAX_SIGNAL_MESSAGE_BYTES} bytes.`),
    )
  }
  const version = state.name === 'challenged' ? versionOf(text, settings.versions) : state.version
  if (version === null) return endUnsupported(state)
  const schema = spokenVersion(settings.versions, version).signalUp
  const parsed = parseJsonWith(schema, text, MAX_SIGNAL_MESSAGE_BYTES)
  if (!parsed.ok) return endViolation(state, `This is not a message of the protocol: ${parsed.message}`)
  const message = parsed.value

  const paid = pay(budget, { messages: MESSAGE_COST[message.type] - 1 }, now)
  if (paid === null) return endTooMany(state)
  if (state.name === 'challenged') {
    return message.type === 'hello'
      ? onHello({ ...state, version, budget: paid }, message)
      : endViolation(state, `The first message is "hello", not "${message.type}".`)
  }
  if (state.name !== 'live') return endViolation(state, `Wait for "welcome" before "${message.type}".`)
  return onLiveMessage({ ...state, budget: paid, lastHeardAt: now }, message, bytes, settings, now)
}

/** It counts for the rate and for nothing else: it is no sign of life (PR-S14). */
function onControlFrame(state: OpenState, now: number): Step {
  const budget = pay(state.budget, { messages: 1 }, now)
  return budget === null ? endTooMany(state) : stay({ ...state, budget })
}

/** An older version's hello may differ in every field but these, and must still get an answer it understands. */
const versionSchema = v.object({ type: v.literal('hello'), protocolVersion: v.pipe(v.number(), v.integer()) })

/**
 * PR-V1: the version of a session that begins with this text; null if the device is too old. A device of a later version has
 * seen ours in the challenge, and speaks it. What is no hello is refused in the oldest version.
 */
function versionOf(text: string, versions: readonly SpokenVersion[]): number | null {
  const hello = parseJsonWith(versionSchema, text, MAX_SIGNAL_MESSAGE_BYTES)
  if (!hello.ok) return oldestOf(versions)
  const { protocolVersion } = hello.value
  return protocolVersion < oldestOf(versions) ? null : Math.min(protocolVersion, newestOf(versions))
}

function onHello(state: Challenged, hello: Extract<SignalUp, { type: 'hello' }>): Step {
  const { version, nonce, deadlineAt, budget } = state
  const { deviceId, signature } = hello
  return {
    state: { name: 'identifying', version, nonce, deadlineAt, budget, deviceId, signature },
    effects: [{ type: 'load-device', deviceId }],
  }
}

function onDeviceLoaded(state: Identifying, record: DeviceRecord | null): Step {
  const { version, nonce, deadlineAt, budget, deviceId, signature } = state
  if (!isEnrolled(record)) {
    return end(state, 'refused', goneProblem(record === null ? 'device-unknown' : 'device-revoked'))
  }
  return {
    state: { name: 'verifying', version, deadlineAt, budget, deviceId },
    effects: [{ type: 'verify-signature', publicKey: record.publicKey, signature, nonce, deviceId }],
  }
}

function onSignatureChecked(state: Verifying, valid: boolean): Step {
  const { version, deadlineAt, budget, deviceId } = state
  if (!valid) {
    return end(
      state,
      'refused',
      problem('signature-invalid', 'The hello is not signed, over this nonce, by the key of this device.'),
    )
  }
  return {
    state: { name: 'joining', version, deadlineAt, budget, deviceId },
    effects: [{ type: 'join', deviceId }],
  }
}

function onJoined(
  state: Joining,
  { view, returnSpreadMs }: Extract<SessionEvent, { type: 'joined' }>,
  settings: SessionSettings,
  now: number,
): Step {
  const { version, deviceId } = state
  const budget = view.device.state === 'accepted' ? acceptedBudget(state.budget, now) : state.budget
  return {
    state: { name: 'live', version, budget, deviceId, view, lastHeardAt: now, touchedAt: now },
    effects: [
      send({
        type: 'welcome',
        serverTime: toInstant(now),
        device: view.device,
        assignments: view.assignments.map(assignmentToWire),
        storesOnline: view.storesOnline,
        iceServers: [...settings.iceServers],
        heartbeatMs: settings.options.heartbeatMs,
        returnSpreadMs,
      }),
      { type: 'touch', deviceId },
      { type: 'log', what: 'device-online', isStranger: view.device.state !== 'accepted', deviceId },
    ],
  }
}

function onJoinRefused(state: Joining, retryAt: number): Step {
  const detail = 'This device has begun too many sessions in too short a time. It may connect again later.'
  return end(state, 'tooMany', problem('too-many-requests', detail, retryAt))
}

function onLiveMessage(
  state: Live,
  message: SignalUp,
  bytes: number,
  settings: SessionSettings,
  now: number,
): Step {
  const { deviceId } = state
  const isTouchDue = now - state.touchedAt >= settings.options.touchEveryMs
  const next = isTouchDue ? { ...state, touchedAt: now } : state
  const touch: SessionEffect[] = isTouchDue ? [{ type: 'touch', deviceId }] : []
  const going = (...effects: SessionEffect[]): Step => ({ state: next, effects: [...effects, ...touch] })
  // Nothing that a stranger says of itself is written (PR-S6). Pages report all the same, so it is no violation.
  const report = (effect: SessionEffect): Step => (isPending(state) ? going() : going(effect))

  switch (message.type) {
    case 'hello':
      return endViolation(state, 'A session has one "hello".')
    case 'ping':
      return going(send({ type: 'pong', id: message.id, serverTime: toInstant(now) }))
    case 'introduce': {
      const { requestId, release } = message
      if (isPending(state)) return going(refuse(requestId, pendingProblem(state.view.device.code)))
      return going({ type: 'introduce', deviceId, requestId, release })
    }
    case 'signal': {
      const { introductionId, signal } = message
      const budget = pay(state.budget, { relayedBytes: bytes }, now)
      if (budget === null) return endTooMany(state)
      const relay: SessionEffect = { type: 'relay', deviceId, introductionId, signal, bytes }
      return { state: { ...next, budget }, effects: [relay, ...touch] }
    }
    case 'grant': {
      const { requestId, release } = message
      const decision = decideGrant(state.view.device, state.view.assignments, release, now)
      if (!decision.granted) return going(refuse(requestId, decision.problem))
      return going({ type: 'make-grant', deviceId, requestId, release })
    }
    case 'status':
      if (message.status.deviceId !== deviceId) {
        return endViolation(state, 'A device reports its own status, not that of another.')
      }
      return report({ type: 'save-status', deviceId, status: message.status })
    case 'event': {
      const { type: _, ...event } = message
      return report({ type: 'save-event', deviceId, event })
    }
    case 'diagnostics':
      return report({ type: 'save-diagnostics', deviceId, report: message.report })
  }
}

type FleetEvent = Extract<
  SessionEvent,
  {
    type:
      | 'view-changed'
      | 'diagnostics-wanted'
      | 'introduced'
      | 'request-refused'
      | 'signal-relayed'
      | 'relay-covered'
      | 'grant-made'
  }
>

function onFleetEvent(state: Live, event: FleetEvent, now: number): Step {
  switch (event.type) {
    case 'view-changed': {
      const { view } = event
      const isNewlyAccepted = isPending(state) && view.device.state === 'accepted'
      const budget = isNewlyAccepted ? acceptedBudget(state.budget, now) : state.budget
      return { state: { ...state, view, budget }, effects: viewUpdates(state.view, view).map(send) }
    }
    case 'diagnostics-wanted':
      return say(state, { type: 'diagnose' })
    case 'introduced': {
      const { introductionId, requestId, peer } = event
      return say(state, {
        type: 'introduction',
        introductionId,
        ...(requestId === null ? {} : { requestId }),
        peer,
        initiator: requestId !== null,
      })
    }
    case 'request-refused':
      return { state, effects: [refuse(event.requestId, event.problem)] }
    case 'signal-relayed': {
      const { introductionId, from, signal } = event
      return say(state, { type: 'signal', introductionId, from, signal })
    }
    case 'relay-covered': {
      const { bytes } = event
      return stay({
        ...state,
        budget: refund(state.budget, { messages: 1, bytes, relayedBytes: bytes }, now),
      })
    }
    case 'grant-made': {
      const { requestId, release, token, expiresAt } = event
      return say(state, { type: 'grant', requestId, release, token, expiresAt: toInstant(expiresAt) })
    }
  }
}

function onTimer(state: OpenState, settings: SessionSettings, now: number): Step {
  const due = wakeAt(state, settings)
  if (due === null || now < due) return stay(state)
  const detail =
    state.name === 'live' ? 'No message came for twice the heartbeat.' : 'The handshake took too long.'
  return end(state, 'silent', problem('protocol-violation', detail))
}

function isPending(state: Live): boolean {
  return state.view.device.state === 'pending'
}

const stay = (state: SessionState): Step => ({ state, effects: [] })

const send = (message: Extract<SessionEffect, { type: 'send' }>['message']): SessionEffect => ({
  type: 'send',
  message,
})

const say = (state: Live, message: Extract<SessionEffect, { type: 'send' }>['message']): Step => ({
  state,
  effects: [send(message)],
})

const refuse = (requestId: string, refusal: ProblemDocument): SessionEffect =>
  send({ type: 'refused', requestId, problem: refusal })
