/**
 * What one device may cost the server and the other devices of its site: every bound in one place, each with the reason
 * for its number. Enrolled devices are trusted for nothing but their own key, and a device that waits to be accepted is a
 * stranger. docs/ARCHITECTURE.md, "Who can make whom pay what", says who enforces each bound and what happens beyond it.
 */
import { KIB, MIB } from '../protocol/limits.ts'

/** A token bucket: bursts up to the capacity, then the refill rate. */
export interface BucketLimits {
  readonly capacity: number
  readonly refillPerSecond: number
}

// Messages of a signaling session.

/** Messages of one session. A store that meets twenty kiosks at once sends some hundred ICE candidates in one burst. */
export const SESSION_MESSAGES: BucketLimits = { capacity: 1000, refillPerSecond: 50 }

/** What a message costs. A message that makes others or the database work costs more than one that is passed on. */
export const MESSAGE_COST = {
  hello: 1,
  ping: 1,
  signal: 1,
  introduce: 5,
  grant: 5,
  status: 5,
  event: 5,
  // Up to 64 KiB that are stored, and requested by a person: a few at once are plenty.
  diagnostics: 100,
} as const

/** What a device that does not read may leave unsent on the server before its session is cut. */
export const MAX_UNSENT_BYTES = MIB

// Introductions.

/** Live introductions one device may have asked for. A kiosk needs a handful; each costs the store a connection. */
export const MAX_INTRODUCTIONS_ASKED = 32
/** Live introductions of one store. A page can make about 500 peer connections before it must be reloaded. */
export const MAX_INTRODUCTIONS_PER_STORE = 128
/** An introduction is over when no signal passed for this long. Handshakes take seconds, with a dead network 30. */
export const INTRODUCTION_LIFE_MS = 120_000
/** Signals kept for an end that is reconnecting: an offer or answer with its candidates. */
export const MAX_KEPT_SIGNALS = 32
/** And their length in characters altogether, so that keeping costs an attacker more than it costs the server. */
export const MAX_KEPT_LENGTH = 64 * KIB

// Enrolment and waiting for acceptance.

/** Devices that may wait to be accepted at one time: anyone who reaches the server can add one. */
export const MAX_PENDING_DEVICES = 1000
/** And of one network: two floors of screens. Ten networks can fill the list, and then give way to those that hold fewer. */
export const MAX_PENDING_PER_NETWORK = 100
/** A waiting device is seen every minute while it is on. One not seen for this long gives way when the list is full. */
export const PENDING_YIELD_MS = 10 * 60 * 1000
/** And one not seen for this long is forgotten: a screen that was off for a night shows another code when it is back. */
export const PENDING_ABSENCE_MS = 24 * 3600 * 1000
/** Failed enrolments per network. A whole shop stands behind one address, and mistyped links are rare. */
export const ENROLMENT_FAILURES: BucketLimits = { capacity: 20, refillPerSecond: 0.1 }
/** Devices that ask for a code, per network: two floors of screens at once. */
export const ENROLMENT_CODES: BucketLimits = { capacity: 100, refillPerSecond: 1 / 60 }
