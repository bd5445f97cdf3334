/**
 * The records a device keeps beside its chunks, and their keys. Page and service worker both read them.
 * Written by the engine only. What is read back is checked: a record may be from an older version or rotten.
 */
import type { DeviceIdentity } from '../protocol/assignment.ts'
import type { TrustedKey } from '../protocol/keys.ts'

/** Where each thing lives in the record store. */
export const recordKeys = {
  identity: 'identity',
  /** Names of the assigned packages, in the profile's order. */
  assigned: 'assigned',
  package: (name: string) => `package:${name}`,
  traffic: (name: string) => `traffic:${name}`,
  /** Text of the signed manifest of a release, by release digest. */
  manifest: (digest: string) => `manifest:${digest}`,
  /** The release a page of an app was loaded from, by service-worker client id. */
  client: (id: string) => `client:${id}`,
} as const

/** Made once per browser profile; the private key cannot be exported. */
export interface IdentityRecord {
  readonly keyPair: CryptoKeyPair
  readonly publicKey: string
  readonly deviceId: string
  /** Null until the server has answered the enrolment. */
  readonly enrolled: { readonly device: DeviceIdentity; readonly trustedKeys: readonly TrustedKey[] } | null
  /** The server's last word was that the device is revoked. */
  readonly revoked?: boolean | undefined
}

export interface ReleaseRef {
  readonly release: number
  readonly version: string
  readonly digest: string
}

/** Everything a device remembers of one package. The pointer `active` is what the service worker serves. */
export interface PackageRecord {
  readonly package: string
  readonly active: ReleaseRef | null
  /** False until the active release has proved itself (machines/package-life.ts). */
  readonly confirmed: boolean
  /** How often the unconfirmed release was begun; each start of the page is a try. */
  readonly tries: number
  /** What ran before, kept until the active release is confirmed. */
  readonly previous: ReleaseRef | null
  /** Digests of releases that failed here and are not tried again unless asked to. */
  readonly failed: readonly string[]
  /** Release numbers only rise (PR-M4). */
  readonly highestRelease: number
}

/** Encoded bytes of the release that is being, or was last, fetched; `reused` were here before it was wanted. */
export interface TrafficRecord {
  readonly digest: string
  readonly fromStores: number
  readonly fromServer: number
  readonly reused: number
}
