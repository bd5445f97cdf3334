/**
 * How a session ends from this side: one `error` with the reason, the close, and what `join` began undone. Part of the machine in
 * `device-session.ts`, and as pure.
 */
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../protocol/version.ts'
import type { OpenState, SessionEffect, Step } from './session-types.ts'
import type { CloseCause } from './signaling-options.ts'

export const endViolation = (state: OpenState, detail: string): Step =>
  end(state, 'violation', problem('protocol-violation', detail))

export const endTooMany = (state: OpenState): Step =>
  end(
    state,
    'tooMany',
    problem('too-many-requests', 'Too many messages, or too many bytes, in too short a time.'),
  )

export const endUnsupported = (state: OpenState): Step =>
  end(
    state,
    'unsupported',
    problem(
      'protocol-unsupported',
      `This server speaks versions ${MIN_PROTOCOL_VERSION} to ${PROTOCOL_VERSION} of the protocol; this device is older.`,
    ),
  )

/** Ends the session from this side: the reason, the close, and whatever `join` began undone. */
export function end(state: OpenState, cause: CloseCause, reason: ProblemDocument | null): Step {
  const error: SessionEffect[] =
    reason === null ? [] : [{ type: 'send', message: { type: 'error', problem: reason } }]
  return {
    state: { name: 'closed', version: state.version },
    effects: [...error, { type: 'close', cause }, ...leaving(state), ended(cause, state, reason?.detail)],
  }
}

/** The device closed the socket, or it broke. */
export function endedBySocket(state: OpenState): Step {
  return {
    state: { name: 'closed', version: state.version },
    effects: [...leaving(state), ended('socket-closed', state)],
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
    isStranger: state.name !== 'live' || state.view.device.state !== 'accepted',
    cause,
    ...(state.name === 'challenged' ? {} : { deviceId: state.deviceId }),
    ...(detail === undefined ? {} : { detail }),
  }
}

export function goneProblem(name: 'device-revoked' | 'device-unknown'): ProblemDocument {
  return name === 'device-revoked'
    ? problem(
        name,
        'An administrator has revoked this device. It keeps its key, and an administrator can accept it again.',
      )
    : problem(name, 'This server does not know this device. It has to be enrolled.')
}
