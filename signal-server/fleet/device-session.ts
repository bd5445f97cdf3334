/**
 * One signaling session on the server, as a pure machine (docs/PROTOCOL.md, PR-S1 to PR-S14).
 * It knows one device and what that device was told. It knows no socket, no clock, no database, and no other session.
 *
 *  1. Nothing but the challenge is said to a device before its signature over this session's own nonce was checked.
 *  2. The device is the `deviceId` of the verified hello, whatever its later messages claim.
 *  3. Whatever a device sends changes or ends its own session only.
 *  4. A session that the server ends gets one `error`, then the close; nothing that happens afterwards has any effect.
 */
import * as v from 'valibot'
import { MESSAGE_COST } from '../../policy/device-budget.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { IceServer } from '../../protocol/signal/down.ts'
import { type SignalUp, signalUpSchema } from '../../protocol/signal/up.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../protocol/version.ts'
import type { DeviceRecord } from '../fleet-directory.ts'
import { assignmentToWire, isEnrolled, viewUpdates } from './fleet-view.ts'
import { decideGrant, pendingProblem } from './grants.ts'
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
import type { CloseCause, SignalingOptions } from './signaling-options.ts'
import { fullBucket, take } from './token-bucket.ts'

export interface SessionSettings {
  readonly options: SignalingOptions
  readonly iceServers: readonly IceServer[]
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
      nonce,
      deadlineAt: now + settings.options.helloTimeoutMs,
      bucket: fullBucket(settings.options.messages, now),
    },
    effects: [
      send({
        type: 'challenge',
        protocolVersion: PROTOCOL_VERSION,
        minProtocolVersion: MIN_PROTOCOL_VERSION,
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
      return onMessage(state, event.text, settings, now)
    case 'control-frame':
      return onControlFrame(state, settings, now)
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
    case 'failed':
      return end(state, 'failed', problem('internal', 'The server could not go on. Please connect again.'))
    case 'server-stopping':
      return end(state, 'goingAway', null)
    case 'socket-closed':
      return { state: { name: 'closed' }, effects: [...leaving(state), ended('socket-closed', state)] }
    case 'device-loaded':
      return state.name === 'identifying' ? onDeviceLoaded(state, event.record) : stay(state)
    case 'signature-checked':
      return state.name === 'verifying' ? onSignatureChecked(state, event.valid) : stay(state)
    case 'joined':
      return state.name === 'joining' ? onJoined(state, event, settings, now) : stay(state)
    default:
      return state.name === 'live' ? onFleetEvent(state, event) : stay(state)
  }
}

function onMessage(state: OpenState, text: string, settings: SessionSettings, now: number): Step {
  const { messages } = settings.options
  const bucket = take(state.bucket, messages, 1, now)
  if (bucket === null) return endTooMany(state)
  if (text.length > MAX_SIGNAL_MESSAGE_BYTES) {
    return end(
      state,
      'tooLarge',
      problem('too-large', `A message has at most ${MAX_SIGNAL_MESSAGE_BYTES} bytes.`),
    )
  }
  if (state.name === 'challenged' && isTooOld(text)) return endUnsupported(state)
  const parsed = parseJsonWith(signalUpSchema, text, MAX_SIGNAL_MESSAGE_BYTES)
  if (!parsed.ok) return endViolation(state, `This is not a message of the protocol: ${parsed.message}`)
  const message = parsed.value

  const paid = take(bucket, messages, MESSAGE_COST[message.type] - 1, now)
  if (paid === null) return endTooMany(state)
  if (state.name === 'challenged') {
    return message.type === 'hello'
      ? onHello({ ...state, bucket: paid }, message)
      : endViolation(state, `The first message is "hello", not "${message.type}".`)
  }
  if (state.name !== 'live') return endViolation(state, `Wait for "welcome" before "${message.type}".`)
  return onLiveMessage({ ...state, bucket: paid, lastHeardAt: now }, message, settings, now)
}

/** It counts for the rate and for nothing else: it is no sign of life (PR-S14). */
function onControlFrame(state: OpenState, { options }: SessionSettings, now: number): Step {
  const bucket = take(state.bucket, options.messages, 1, now)
  return bucket === null ? endTooMany(state) : stay({ ...state, bucket })
}

/** An older version's hello may differ in every field but these, and must still get an answer it understands. */
const versionSchema = v.object({ type: v.literal('hello'), protocolVersion: v.pipe(v.number(), v.integer()) })

/** PR-V1. A later version is no reason: such a device has seen ours in the challenge, and speaks it. */
function isTooOld(text: string): boolean {
  const hello = parseJsonWith(versionSchema, text, MAX_SIGNAL_MESSAGE_BYTES)
  return hello.ok && hello.value.protocolVersion < MIN_PROTOCOL_VERSION
}

function onHello(state: Challenged, hello: Extract<SignalUp, { type: 'hello' }>): Step {
  const { nonce, deadlineAt, bucket } = state
  const { deviceId, signature } = hello
  return {
    state: { name: 'identifying', nonce, deadlineAt, bucket, deviceId, signature },
    effects: [{ type: 'load-device', deviceId }],
  }
}

function onDeviceLoaded(state: Identifying, record: DeviceRecord | null): Step {
  const { nonce, deadlineAt, bucket, deviceId, signature } = state
  if (!isEnrolled(record)) {
    return end(state, 'refused', goneProblem(record === null ? 'device-unknown' : 'device-revoked'))
  }
  return {
    state: { name: 'verifying', deadlineAt, bucket, deviceId },
    effects: [{ type: 'verify-signature', publicKey: record.publicKey, signature, nonce, deviceId }],
  }
}

function onSignatureChecked(state: Verifying, valid: boolean): Step {
  const { deadlineAt, bucket, deviceId } = state
  if (!valid) {
    return end(
      state,
      'refused',
      problem('signature-invalid', 'The hello is not signed, over this nonce, by the key of this device.'),
    )
  }
  return { state: { name: 'joining', deadlineAt, bucket, deviceId }, effects: [{ type: 'join', deviceId }] }
}

function onJoined(
  state: Joining,
  { view, returnSpreadMs }: Extract<SessionEvent, { type: 'joined' }>,
  settings: SessionSettings,
  now: number,
): Step {
  const { bucket, deviceId } = state
  return {
    state: { name: 'live', bucket, deviceId, view, lastHeardAt: now, touchedAt: now },
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
      { type: 'log', what: 'device-online', deviceId },
    ],
  }
}

function onLiveMessage(state: Live, message: SignalUp, settings: SessionSettings, now: number): Step {
  const { deviceId } = state
  const isTouchDue = now - state.touchedAt >= settings.options.touchEveryMs
  const next = isTouchDue ? { ...state, touchedAt: now } : state
  const touch: SessionEffect[] = isTouchDue ? [{ type: 'touch', deviceId }] : []
  const going = (...effects: SessionEffect[]): Step => ({ state: next, effects: [...effects, ...touch] })

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
    case 'signal':
      return going({
        type: 'relay',
        deviceId,
        introductionId: message.introductionId,
        signal: message.signal,
      })
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
      return going({ type: 'save-status', deviceId, status: message.status })
    case 'event': {
      const { type: _, ...event } = message
      return going({ type: 'save-event', deviceId, event })
    }
    case 'diagnostics':
      return going({ type: 'save-diagnostics', deviceId, report: message.report })
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
      | 'grant-made'
  }
>

function onFleetEvent(state: Live, event: FleetEvent): Step {
  switch (event.type) {
    case 'view-changed':
      return {
        state: { ...state, view: event.view },
        effects: viewUpdates(state.view, event.view).map(send),
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

function goneProblem(name: 'device-revoked' | 'device-unknown'): ProblemDocument {
  return name === 'device-revoked'
    ? problem(
        name,
        'An administrator has revoked this device. It keeps its key, and an administrator can accept it again.',
      )
    : problem(name, 'This server does not know this device. It has to be enrolled.')
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

const endViolation = (state: OpenState, detail: string): Step =>
  end(state, 'violation', problem('protocol-violation', detail))

const endTooMany = (state: OpenState): Step =>
  end(state, 'tooMany', problem('too-many-requests', 'Too many messages in too short a time.'))

const endUnsupported = (state: OpenState): Step =>
  end(
    state,
    'unsupported',
    problem(
      'protocol-unsupported',
      `This server speaks versions ${MIN_PROTOCOL_VERSION} to ${PROTOCOL_VERSION} of the protocol; this device is older.`,
    ),
  )

/** Ends the session from this side: the reason, the close, and whatever `join` began undone. */
function end(state: OpenState, cause: CloseCause, reason: ProblemDocument | null): Step {
  const error: SessionEffect[] = reason === null ? [] : [send({ type: 'error', problem: reason })]
  return {
    state: { name: 'closed' },
    effects: [...error, { type: 'close', cause }, ...leaving(state), ended(cause, state, reason?.detail)],
  }
}

function leaving(state: OpenState): SessionEffect[] {
  const hasJoined = state.name === 'joining' || state.name === 'live'
  return hasJoined ? [{ type: 'leave', deviceId: state.deviceId }] : []
}

function ended(cause: CloseCause | 'socket-closed', state: OpenState, detail?: string): SessionEffect {
  return {
    type: 'log',
    what: 'session-ended',
    cause,
    ...(state.name === 'challenged' ? {} : { deviceId: state.deviceId }),
    ...(detail === undefined ? {} : { detail }),
  }
}
