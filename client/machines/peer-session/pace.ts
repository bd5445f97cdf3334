/**
 * How much the other side of a link may give us to do (PR-P13): a bucket of tokens, from which each message takes what it
 * costs to deal with. A device that keeps to the protocol never comes near its end.
 */
import type { PeerMessage } from '../../../protocol/peer/messages.ts'

/** A store that meets a hundred releases' worth of news at once; then what a LAN of 1 Gbit/s brings in slices of 32 KiB. */
const CAPACITY = 20_000
const REFILL_PER_SECOND = 5_000
/** A bitfield is made of, or read as, up to 131,072 chunks. */
const BITFIELD_COST = 50
const INDEXES_PER_TOKEN = 64

export interface Pace {
  tokens: number
  updatedAt: number
}

/** `now` of the first message may be anything: a full bucket stays full. */
export const fullPace = (): Pace => ({ tokens: CAPACITY, updatedAt: 0 })

/** Takes the message's cost; false when there is not enough left. Time that goes back refills nothing. */
export function keepsPace(pace: Pace, message: PeerMessage, now: number): boolean {
  const elapsedMs = Math.max(0, now - pace.updatedAt)
  pace.tokens = Math.min(CAPACITY, pace.tokens + (elapsedMs / 1000) * REFILL_PER_SECOND) - costOf(message)
  pace.updatedAt = now
  return pace.tokens >= 0
}

function costOf(message: PeerMessage): number {
  switch (message.type) {
    case 'interest':
    case 'bitfield':
      return BITFIELD_COST
    case 'request':
    case 'cancel':
    case 'have':
    case 'reject':
      return 1 + message.indexes.length / INDEXES_PER_TOKEN
    default:
      return 1
  }
}
