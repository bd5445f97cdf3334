/**
 * What one session may still cost: messages, bytes, and bytes passed on to other devices (`policy/device-budget.ts`). A value;
 * time is an argument. It does not know what a message says, nor what is done when the budget is spent.
 */
import {
  type BucketLimits,
  RELAYED_BYTES,
  SESSION_BYTES,
  STRANGER_BYTES,
} from '../../policy/device-budget.ts'
import { fullBucket, give, type TokenBucket, take } from './token-bucket.ts'

export interface SessionBudget {
  readonly limits: { readonly messages: BucketLimits; readonly bytes: BucketLimits }
  readonly messages: TokenBucket
  readonly bytes: TokenBucket
  readonly relayedBytes: TokenBucket
}

export interface Cost {
  readonly messages?: number
  readonly bytes?: number
  readonly relayedBytes?: number
}

/** The budget of a device that is not known yet, or that waits to be accepted. */
export function strangerBudget(messages: BucketLimits, now: number): SessionBudget {
  return {
    limits: { messages, bytes: STRANGER_BYTES },
    messages: fullBucket(messages, now),
    bytes: fullBucket(STRANGER_BYTES, now),
    relayedBytes: fullBucket(RELAYED_BYTES, now),
  }
}

/** The budget once the device is accepted. It is accepted once in a session at most, so nothing can be renewed by it. */
export function acceptedBudget(budget: SessionBudget, now: number): SessionBudget {
  const { messages } = budget.limits
  return { ...budget, limits: { messages, bytes: SESSION_BYTES }, bytes: fullBucket(SESSION_BYTES, now) }
}

/** The budget after this, or null when it does not hold that much. */
export function pay(budget: SessionBudget, cost: Cost, now: number): SessionBudget | null {
  const { limits } = budget
  const messages = take(budget.messages, limits.messages, cost.messages ?? 0, now)
  const bytes = take(budget.bytes, limits.bytes, cost.bytes ?? 0, now)
  const relayedBytes = take(budget.relayedBytes, RELAYED_BYTES, cost.relayedBytes ?? 0, now)
  if (messages === null || bytes === null || relayedBytes === null) return null
  return { limits, messages, bytes, relayedBytes }
}

/** The budget with a cost given back that something else covers. */
export function refund(budget: SessionBudget, cost: Cost, now: number): SessionBudget {
  const { limits } = budget
  return {
    limits,
    messages: give(budget.messages, limits.messages, cost.messages ?? 0, now),
    bytes: give(budget.bytes, limits.bytes, cost.bytes ?? 0, now),
    relayedBytes: give(budget.relayedBytes, RELAYED_BYTES, cost.relayedBytes ?? 0, now),
  }
}
