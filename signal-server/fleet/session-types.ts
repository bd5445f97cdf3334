/**
 * The vocabulary of one signaling session on the server: its states, what can happen to it, and what it wants done.
 * `device-session.ts` is the machine over it, `session-runner.ts` performs the effects.
 */
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { ProblemDocument } from '../../protocol/problem.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import type { DeviceEvent, DeviceRecord } from '../fleet-directory.ts'
import type { FleetView } from './fleet-view.ts'
import type { SessionBudget } from './session-budget.ts'
import type { CloseCause } from './signaling-options.ts'

interface Spoken {
  /** Of the protocol, in which messages to this device are written: the oldest until it has said which one it speaks. */
  readonly version: number
}
/** What every open state carries. */
interface Open extends Spoken {
  readonly budget: SessionBudget
}

/** The device was challenged and has not answered. */
export interface Challenged extends Open {
  readonly name: 'challenged'
  readonly nonce: string
  readonly deadlineAt: number
}
/** It said who it is; its record is being looked up. */
export interface Identifying extends Open {
  readonly name: 'identifying'
  readonly nonce: string
  readonly deadlineAt: number
  readonly deviceId: string
  readonly signature: string
}
/** Its signature over the nonce is being checked. */
export interface Verifying extends Open {
  readonly name: 'verifying'
  readonly deadlineAt: number
  readonly deviceId: string
}
/** It is who it says it is; its view of the fleet is being put together. */
export interface Joining extends Open {
  readonly name: 'joining'
  readonly deadlineAt: number
  readonly deviceId: string
}
export interface Live extends Open {
  readonly name: 'live'
  readonly deviceId: string
  /** What the device was last told. */
  readonly view: FleetView
  readonly lastHeardAt: number
  readonly touchedAt: number
}
interface Closed extends Spoken {
  readonly name: 'closed'
}

export type OpenState = Challenged | Identifying | Verifying | Joining | Live
export type SessionState = OpenState | Closed
export type StateName = SessionState['name']

/** Introductions as the device on one side is told of them. */
interface IntroductionSide {
  readonly introductionId: string
  /** The request it answers; null for the side that did not ask. */
  readonly requestId: string | null
  readonly peer: { readonly deviceId: string; readonly role: 'store' | 'kiosk' }
}

export type SessionEvent =
  /** `bytes`: the length of the text as UTF-8. */
  | { readonly type: 'message'; readonly text: string; readonly bytes: number }
  | { readonly type: 'binary-message' }
  /** A ping or pong of the WebSocket itself. No browser sends any by itself. */
  | { readonly type: 'control-frame' }
  | { readonly type: 'device-loaded'; readonly record: DeviceRecord | null }
  | { readonly type: 'signature-checked'; readonly valid: boolean }
  | { readonly type: 'joined'; readonly view: FleetView; readonly returnSpreadMs: number }
  /** This device has begun too many sessions; it may come back at `retryAt`. */
  | { readonly type: 'join-refused'; readonly retryAt: number }
  | { readonly type: 'view-changed'; readonly view: FleetView }
  /** The record ended while the session was open. */
  | { readonly type: 'device-gone'; readonly problem: 'device-revoked' | 'device-unknown' }
  | ({ readonly type: 'introduced' } & IntroductionSide)
  | {
      readonly type: 'request-refused'
      readonly requestId: string
      readonly problem: ProblemDocument
    }
  | {
      readonly type: 'signal-relayed'
      readonly introductionId: string
      readonly from: string
      readonly signal: PeerSignal
    }
  /** A signal was passed on in an introduction that another device asked for, whose own budget covers it. */
  | { readonly type: 'relay-covered'; readonly bytes: number }
  | {
      readonly type: 'grant-made'
      readonly requestId: string
      readonly release: string
      readonly token: string
      readonly expiresAt: number
    }
  /** An administrator wants to know how the device is. */
  | { readonly type: 'diagnostics-wanted' }
  /** A later session of the same device took over. */
  | { readonly type: 'replaced' }
  /** An administrator wants this browser to begin as a new device; `detail` holds the proof. */
  | { readonly type: 'separated'; readonly detail: string }
  /** Something this session asked for failed here, not by the device's fault. */
  | { readonly type: 'failed' }
  | { readonly type: 'server-stopping' }
  | { readonly type: 'timer' }
  | { readonly type: 'socket-closed' }

export type SessionEffect =
  | { readonly type: 'send'; readonly message: SignalDownWire }
  | { readonly type: 'close'; readonly cause: CloseCause }
  /** Answered by `device-loaded`. */
  | { readonly type: 'load-device'; readonly deviceId: string }
  /** Over `helloBytes(nonce, deviceId)`. Answered by `signature-checked`. */
  | {
      readonly type: 'verify-signature'
      readonly publicKey: string
      readonly signature: string
      readonly nonce: string
      readonly deviceId: string
    }
  /** Answered by `joined`, and from then on the device counts as online; or by `join-refused`. */
  | { readonly type: 'join'; readonly deviceId: string }
  /** Ends what `join` began. */
  | { readonly type: 'leave'; readonly deviceId: string }
  /** Answered by `introduced` or `request-refused`. */
  | {
      readonly type: 'introduce'
      readonly deviceId: string
      readonly requestId: string
      readonly release: string
    }
  /** Answered by `relay-covered` where the introduction pays for it. */
  | {
      readonly type: 'relay'
      readonly deviceId: string
      readonly introductionId: string
      readonly signal: PeerSignal
      /** Of the message it came in. */
      readonly bytes: number
    }
  /** Allowed by the windows; answered by `grant-made`, or `request-refused` while others have their turn. */
  | {
      readonly type: 'make-grant'
      readonly deviceId: string
      readonly requestId: string
      readonly release: string
    }
  | { readonly type: 'save-status'; readonly deviceId: string; readonly status: DeviceStatus }
  | { readonly type: 'save-event'; readonly deviceId: string; readonly event: DeviceEvent }
  | { readonly type: 'save-diagnostics'; readonly deviceId: string; readonly report: DiagnosticsReport }
  | { readonly type: 'touch'; readonly deviceId: string }
  /** A life-cycle transition, for the log. */
  | {
      readonly type: 'log'
      readonly what: 'device-online' | 'session-ended'
      /** The device is not known, not proved or not accepted. */
      readonly isStranger: boolean
      readonly deviceId?: string
      readonly cause?: CloseCause | 'socket-closed'
      readonly detail?: string
    }

export interface Step {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}
