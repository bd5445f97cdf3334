/** The signaling session's numbers, in one place, with a line of why for each. */
import { type BucketLimits, SESSION_MESSAGES } from '../../policy/device-budget.ts'

export interface SignalingOptions {
  /** How often devices ping: under the 30 to 60 s after which proxies cut silent connections. */
  readonly heartbeatMs: number
  /** From the challenge to the end of the handshake: a slow uplink manages, an idle socket is not kept. */
  readonly helloTimeoutMs: number
  /** Messages of one session (`policy/device-budget.ts`). */
  readonly messages: BucketLimits
  /** How often a device that is online is noted as seen. */
  readonly touchEveryMs: number
}

export const DEFAULT_SIGNALING_OPTIONS: SignalingOptions = {
  heartbeatMs: 25_000,
  helloTimeoutMs: 10_000,
  messages: SESSION_MESSAGES,
  touchEveryMs: 60_000,
}

/** Codes with which the server closes a session (PR-S12). They mirror the HTTP status of the problem they follow. */
export const CLOSE_CODES = {
  violation: 4400,
  refused: 4403,
  silent: 4408,
  replaced: 4409,
  tooLarge: 4413,
  unsupported: 4426,
  tooMany: 4429,
  failed: 4500,
  /** RFC 6455: the server goes away; come back with a delay. */
  goingAway: 1001,
} as const
export type CloseCause = keyof typeof CLOSE_CODES
