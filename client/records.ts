/**
 * The records a device keeps beside its chunks, and their keys. Page and service worker both read them.
 * Written by the engine only. What is read back is checked: a record may be from an older version or rotten.
 */
import type { Confirmation, DeviceIdentity } from '../protocol/assignment.ts'
import type { TrustedKey } from '../protocol/keys.ts'

/** Where each thing lives in the record store. */
export const recordKeys = {
  identity: 'identity',
  /** Which tab's engine may write: the last one that began. */
  engine: 'engine',
  /** Names of the assigned packages, in the profile's order. */
  assigned: 'assigned',
  package: (name: string) => `package:${name}`,
  traffic: (name: string) => `traffic:${name}`,
  /** Text of the signed manifest of a release, by release digest. */
  manifest: (digest: string) => `manifest:${digest}`,
  /** What the page showed when it stopped to answer; written by its watchdog, read and removed at the next start. */
  hung: 'hung',
  /** The release a page of an app was loaded from, by service-worker client id. */
  client: (id: string) => `client:${id}`,
} as const

/** Made once per browser profile; the private key cannot be exported. */
export interface IdentityRecord {
  readonly keyPair: CryptoKeyPair
  readonly publicKey: string
  readonly deviceId: string
  /** Null until the server has answered the enrolment. `device` is null where the record of it could not be read. */
  readonly enrolled: {
    readonly device: DeviceIdentity | null
    readonly trustedKeys: readonly TrustedKey[]
  } | null
  /** The server's last word was that the device is revoked. */
  readonly revoked?: boolean | undefined
  /** The server's last answer named keys that are not pinned here (PR-E8). */
  readonly keysRefused?: boolean | undefined
  /** SHA-256 of enrolment tokens that a server has answered to this browser, the latest last (PR-E8). */
  readonly usedTokens?: readonly string[] | undefined
}

export interface ReleaseRef {
  readonly release: number
  readonly version: string
  readonly digest: string
}

/** In how many ways a release can fail on a device: a closed set, and the first word of what is reported. */
export const releaseFailureReasons = [
  /** A script of it threw, or a promise was rejected and nobody caught it. */
  'threw',
  /** A script or style sheet of its own could not be loaded. */
  'failed-load',
  /** Its page did not answer for so long that it had to be ended. */
  'hung',
  /** The package has no such entry page. */
  'missing-entry',
  /** It was begun again and again, and each time the page ended before it was confirmed. */
  'crash-loop',
  /** The app did not call `larder.ready()` in time. */
  'never-ready',
  /** Its page had not loaded in time. */
  'did-not-load',
] as const
export type ReleaseFailureReason = (typeof releaseFailureReasons)[number]

export interface ReleaseFailure {
  readonly reason: ReleaseFailureReason
  /** For people. */
  readonly message: string
}

export interface FailedRelease {
  readonly digest: string
  /** Null: from before reasons were kept. */
  readonly failure: ReleaseFailure | null
  /** How often an administrator had asked for another try by then; a higher count is a new wish. */
  readonly retries: number
  /** How often it failed here since an administrator last asked for another try. */
  readonly times: number
}

export interface Trial {
  readonly confirmation: Confirmation
  /** How often it was begun, not counting starts after an orderly end of the page. */
  readonly tries: number
  /** How often its page was closed or reloaded in order. */
  readonly reloads: number
}

/** Everything a device remembers of one package. The pointer `active` is what the service worker serves. */
export interface PackageRecord {
  readonly package: string
  readonly active: ReleaseRef | null
  /** Null once the active release has proved itself. */
  readonly trial: Trial | null
  /** What ran before, kept until the active release is confirmed. */
  readonly previous: ReleaseRef | null
  /** Releases that failed here and are not tried again unless asked to, the newest last. */
  readonly failed: readonly FailedRelease[]
  /** Release numbers only rise (PR-M4). */
  readonly highestRelease: number
}

/** What was counted for the release that is wanted, or was wanted last: encoded bytes (PR-S17). */
export interface TrafficRecord {
  readonly digest: string
  /** Null: from before the number was kept. */
  readonly release: number | null
  readonly fromStores: number
  readonly fromServer: number
  /** What was here before the release was first wanted; null until its chunks are known. */
  readonly reused: number | null
}
