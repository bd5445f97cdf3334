/** Every default of the kiosk side, with a line of why. All can be set through `createKiosk({ options })`. */

import { MIB } from '../protocol/limits.ts'

export interface KioskOptions {
  /** A browser that no server knows asks for a code by itself, so that nobody has to touch it. */
  readonly enrolByCode: boolean
  /** A store that was named but gives no link within this time counts as not contactable (W5). */
  readonly contactTimeoutMs: number
  /** A source that moved no byte for this long has stalled; what was asked of it is asked elsewhere, where it can be had (W5). */
  readonly stallTimeoutMs: number
  /** How long a source that stalled while there was another, or that misbehaved, is left alone: long enough for a reboot, short enough for a shift. */
  readonly suspectMs: number
  /** First pause after a failed contact or origin request; doubles up to `maxRetryMs`. */
  readonly minRetryMs: number
  readonly maxRetryMs: number
  /** Stores a device takes chunks from at once. More only adds connections: one store already fills a LAN. */
  readonly maxStoreLinks: number
  /** Links to kiosks that a store keeps; each costs memory and a browser allows about 500 in a page's life. */
  readonly maxLinks: number
  /** Asked of one store ahead: what it sends in so long and two round trips, so that a busy thread here never idles it. */
  readonly pipelineMs: number
  /** Raw bytes that are asked ahead at least, also before a rate is known, and at most; twice that of all stores together. */
  readonly minPipelineBytes: number
  readonly maxPipelineBytes: number
  /** A store that sends less than this over a whole stall timeout counts as stalled: it would hold a release up for hours. */
  readonly minStoreBytesPerS: number
  /** Kiosks that turn to the server spread over this time: all of a fleet see a window open at the same instant. */
  readonly admissionSpreadMs: number
  /** Chunk requests to the origin at once: what browsers allow one host over HTTP/1.1. */
  readonly originParallel: number
  /** Raw bytes that were received and are still being verified or written; asking pauses above it. */
  readonly maxStoringBytes: number
  /**
   * Raw bytes of releases that nobody here needs which a store keeps for the kiosks of its site, unless the server names
   * a limit of its own (`limits.cacheBytes`): the last releases of an ordinary package, for going back and for patches.
   */
  readonly cacheBytes: number
  /** Links that are sent to at once; the others get their turn. One fast link fills a LAN, eight feed the screens of a shop. */
  readonly uploadSlots: number
  /** What a device may send to others, bytes a second; null for no limit. The lower of this and the server's holds. */
  readonly uploadBytesPerS: number | null
  /** What it may send while somebody uses the screen: a tenth of a LAN still feeds kiosks and leaves the thread to the app. */
  readonly touchYieldBytesPerS: number
  /** How long a touch counts as use. */
  readonly touchYieldMs: number
  /** A new release whose page has not loaded by then has failed. */
  readonly loadTimeoutMs: number
  /** How long an update waits for a patch that the server expects to have made by then, while it could fetch chunks. */
  readonly patchWaitMs: number
  /** A patch none of whose bytes came in this time, while chunks might, is given up for the chunks. */
  readonly patchQuietMs: number
  /** How often an unconfirmed release may be begun after a crash, a kill or a power cut before the previous one comes back. */
  readonly maxTries: number
  /**
   * How often the page of an unconfirmed release may be closed or reloaded in order. People who set a kiosk up do it some
   * times; an app that reloads its page in a loop is at this number within a minute.
   */
  readonly maxReloads: number
  /** First pause before a failed release is tried again where there is no other to show; doubles up to `maxReleaseRetryMs`. */
  readonly minReleaseRetryMs: number
  readonly maxReleaseRetryMs: number
  /** How often storage is looked at: often enough to mend what was removed behind the engine's back before it is missed. */
  readonly storageCheckMs: number
  /** How often the browser is asked again to keep the packages: its answer changes when somebody changes a setting. */
  readonly persistRetryMs: number
  /** Shortest time between two status messages to the server; the last state always follows. */
  readonly statusIntervalMs: number
  /** Reconnecting to the server: full jitter below min × 2^attempt, capped, so that a fleet does not return at once. */
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
}

export const defaultOptions: KioskOptions = {
  enrolByCode: true,
  contactTimeoutMs: 10_000,
  stallTimeoutMs: 5_000,
  suspectMs: 30_000,
  minRetryMs: 1_000,
  maxRetryMs: 60_000,
  maxStoreLinks: 3,
  maxLinks: 64,
  pipelineMs: 500,
  minPipelineBytes: MIB,
  maxPipelineBytes: 8 * MIB,
  minStoreBytesPerS: 8 * 1024,
  admissionSpreadMs: 2_000,
  originParallel: 6,
  maxStoringBytes: 32 * 1024 * 1024,
  cacheBytes: 1024 * MIB,
  uploadSlots: 8,
  uploadBytesPerS: null,
  touchYieldBytesPerS: MIB,
  touchYieldMs: 3_000,
  loadTimeoutMs: 60_000,
  patchWaitMs: 300_000,
  patchQuietMs: 20_000,
  maxTries: 3,
  maxReloads: 20,
  minReleaseRetryMs: 30_000,
  maxReleaseRetryMs: 3_600_000,
  storageCheckMs: 60_000,
  persistRetryMs: 3_600_000,
  statusIntervalMs: 1_000,
  reconnectMinMs: 500,
  reconnectMaxMs: 30_000,
}
