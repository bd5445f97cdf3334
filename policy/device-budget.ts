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

// Requests.

/**
 * Headers of one request. Apps of any port of the host set cookies that a browser sends along with every handshake, and a kiosk
 * whose request is refused is shut out until a person clears them: sixteen cookies of the largest size (4 KiB). A connection that sends
 * so much and no request costs that memory for ten seconds.
 */
export const MAX_DEVICE_HEADER_BYTES = 64 * KIB

// Messages of a signaling session.

/** Messages of one session. A store that meets twenty kiosks at once sends some hundred ICE candidates in one burst. */
export const SESSION_MESSAGES: BucketLimits = { capacity: 1000, refillPerSecond: 50 }

/** What a message costs. A message that makes others or the database work costs more than one that is passed on. */
export const MESSAGE_COST = {
  hello: 1,
  ping: 1,
  signal: 1,
  // Each makes a store prepare a connection: 50 at once, then two or three a second. A kiosk with four packages to fetch
  // asks a dozen times at once, and again with pauses of seconds.
  introduce: 20,
  grant: 5,
  status: 5,
  event: 5,
  // Up to 64 KiB that are stored, and requested by a person: a few at once are plenty.
  diagnostics: 100,
} as const

/**
 * Bytes of all messages of one session. A page sends its status at most once a second, and the largest is a message of
 * 64 KiB; the burst has room for what was kept while the device was offline, for diagnostics and for handshakes.
 */
export const SESSION_BYTES: BucketLimits = { capacity: MIB, refillPerSecond: 64 * KIB }
/** The same before a device is known, and while it waits to be accepted: a hello, a status of 2 KiB, a run of the diagnostics. */
export const STRANGER_BYTES: BucketLimits = { capacity: 256 * KIB, refillPerSecond: 2 * KIB }
/**
 * Bytes of the messages with signals that one session may have passed on in introductions it asked for. A handshake is 1 to
 * 8 KiB from each side (an offer and up to twenty candidates): sixty at once, then two to ten a second.
 */
export const RELAYED_BYTES: BucketLimits = { capacity: 512 * KIB, refillPerSecond: 16 * KIB }
/**
 * And in one introduction, from each of its ends: two offers of the largest size, escaped as JSON, with two hundred
 * candidates. What the store answers counts here alone, or kiosks could end its session by asking for it.
 */
export const RELAYED_BYTES_PER_INTRODUCTION = 128 * KIB
/** Offers or answers of one end in one introduction. A handshake has one; a browser answers every offer that it is sent. */
export const MAX_DESCRIPTIONS = 4

/** What a device that does not read may leave unsent on the server before its session is cut. */
export const MAX_UNSENT_BYTES = MIB
/**
 * Above this what others cause (relayed signals, introductions they asked for) is not sent to it any more: three quarters
 * stay for the answers to its own requests, so that no other device can have it cut.
 */
export const MAX_UNSENT_BYTES_BY_OTHERS = MAX_UNSENT_BYTES / 4

// Sessions.

/**
 * Sessions that one device may begin. Thirty at once: a flapping network, a page that is reloaded again and again, tabs that
 * take over from each other. One in ten seconds in the long run: a device refused comes back after half a minute or more.
 */
export const DEVICE_SESSIONS: BucketLimits = { capacity: 30, refillPerSecond: 0.1 }
/** How often devices of a site are told how many stores are online: a kiosk that waits for a store hardly notices a second. */
export const STORES_NEWS_EVERY_MS = 1000
/** Log lines about sessions of devices that are not accepted: strangers can begin sessions at any rate. */
export const STRANGER_LOG_LINES: BucketLimits = { capacity: 100, refillPerSecond: 1 }

// Reports.

/**
 * Chunks that the server reads from its disk and verifies because a device says that they came wrong. A damaged disk is
 * found with the first; a device that lies costs a few reads an hour.
 */
export const REPORTED_CHUNKS: BucketLimits = { capacity: 5, refillPerSecond: 1 / 300 }

// Introductions.

/** Live introductions one device may have asked for. A kiosk needs a handful; each costs the store a connection. */
export const MAX_INTRODUCTIONS_ASKED = 32
/** Live introductions of one store. A page can make about 500 peer connections before it must be reloaded. */
export const MAX_INTRODUCTIONS_PER_STORE = 128
/** An introduction is over when no signal passed for this long. Handshakes take seconds, with a dead network 30. */
export const INTRODUCTION_LIFE_MS = 120_000
/** One that its other end has not answered is over after this: a store that is reconnecting is back by then. */
export const UNANSWERED_INTRODUCTION_MS = 30_000
/** The asker has its link, or has given up, by then (`contactTimeoutMs` is 10 s): at a full store such a one makes room. */
export const SETTLED_INTRODUCTION_MS = 15_000
/** Signals kept for an end that is reconnecting: an offer or answer with its candidates. */
export const MAX_KEPT_SIGNALS = 32
/** And their bytes as JSON altogether, so that keeping costs an attacker more than it costs the server. */
export const MAX_KEPT_BYTES = 64 * KIB

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
/**
 * Devices that ask for a code, per network: two floors of screens at once, also after an administrator has dismissed them all. The
 * places are shared fairly in any case, so this bounds only what the enrolments write.
 */
export const ENROLMENT_CODES: BucketLimits = { capacity: 200, refillPerSecond: 1 / 5 }
