/**
 * What the signaling half needs to know of the records: devices, what their sites are to run, releases, trusted keys.
 * A port: `records/` implements it over the database, tests over maps. It knows nothing of sessions, links or HTTP.
 *
 * Times are epoch ms and come as arguments. Every answer is as of the last committed change.
 */
import type { Assignment, DeviceLabels, DeviceLimits } from '../protocol/assignment.ts'
import type { DeviceStatus } from '../protocol/device-status.ts'
import type { DiagnosticsReport } from '../protocol/diagnostics.ts'
import type { TrustedKey } from '../protocol/keys.ts'
import type { AssignedRole } from '../protocol/primitives.ts'
import type { ProblemName } from '../protocol/problem.ts'
import type { SignalUp } from '../protocol/signal/up.ts'

export type DeviceState = 'pending' | 'accepted' | 'revoked'

export interface DeviceRecord {
  /** Derived from the public key (`deviceIdOf`), so it cannot be claimed by another key. */
  readonly deviceId: string
  readonly publicKey: string
  /** What people call it; may be empty. */
  readonly name: string
  readonly state: DeviceState
  /** `XXXX-XXXX` while pending, otherwise null. */
  readonly code: string | null
  readonly assignedRole: AssignedRole
  /** Null while pending. */
  readonly site: string | null
  /** IANA zone of the site; `UTC` while there is none. */
  readonly timeZone: string
  readonly labels: DeviceLabels
  /** How often an administrator asked for another try, by package. */
  readonly retries: Readonly<Record<string, number>>
  /** Those of the site. */
  readonly limits: DeviceLimits
}

export interface EnrolCommand {
  /** Absent: the device becomes pending and shows its code. */
  readonly token?: string
  /** The caller has verified the proof that the device holds the private half. */
  readonly publicKey: string
  readonly name?: string
  /** Where it enrols from, as limits count networks: each has a share of the places where devices wait. */
  readonly network?: string
  /** Its address, for the audit log. */
  readonly address?: string
  readonly now: number
}

export type EnrolResult =
  | { readonly ok: true; readonly device: DeviceRecord }
  | { readonly ok: false; readonly problem: ProblemName; readonly detail: string }

type ReportedEvent = Omit<Extract<SignalUp, { type: 'event' }>, 'type'>
/** Told by the device, or found out about it by the server. */
export type DeviceEvent = Omit<ReportedEvent, 'kind'> & {
  readonly kind: ReportedEvent['kind'] | 'duplicate-identity'
}

export interface KnownRelease {
  readonly package: string
  readonly release: number
  /** JSON text of the signed envelope, byte for byte as it was signed and stored. */
  readonly signedManifestText: string
  readonly chunkDigests: ReadonlySet<string>
}

/**
 * Something an administrator or an enrolment changed, after it was committed. `fleet`: assignments of any site may
 * differ, and these releases (digests) are gone. `device`: this device's record differs (name, role, site, state, labels, retries); `site`: the site's own settings differ.
 */
export type FleetChange =
  | { readonly type: 'fleet'; readonly removedReleases?: readonly string[] }
  | { readonly type: 'site'; readonly site: string }
  | { readonly type: 'device'; readonly deviceId: string }

/** What is stored of a release is not what was signed. It was logged when it was found; each request for it is no news. */
export class DamagedManifestError extends Error {
  constructor(digest: string, reason: string) {
    super(`the stored manifest of release ${digest} is damaged: ${reason}`)
    this.name = 'DamagedManifestError'
  }
}

export interface FleetDirectory {
  device(deviceId: string): Promise<DeviceRecord | null>

  /**
   * Idempotent for a key: a device that asks again (its answer was lost) gets its record and costs no second use of the
   * token; a pending device that comes with a valid token is accepted by it. Uses are counted in the same transaction.
   * Refusals: `enrolment-token-invalid`, `device-revoked`, `enrolment-closed` (too many devices wait already).
   */
  enrol(command: EnrolCommand): Promise<EnrolResult>

  /** How many accepted devices were heard from since `seenSince`, epoch ms. */
  countDevicesSeen(seenSince: number): Promise<number>

  /** What the site's devices are to run, windows resolved for its zone; empty for an unknown site. */
  assignmentsForSite(site: string): Promise<readonly Assignment[]>

  /** How many `auto` devices the server keeps promoted to store, minus the fixed ones; 0 for an unknown site. */
  siteStoresWanted(site: string): Promise<number>

  /** Whether a committed release has this digest. Cheap: anybody may ask. */
  hasRelease(digest: string): Promise<boolean>

  /**
   * The release's signed envelope, byte for byte; null for a digest that no committed release has. Anybody may ask, so a text is
   * verified once and then only compared with what was verified. Rejects with a {@link DamagedManifestError}.
   */
  signedManifestText(digest: string): Promise<string | null>

  /**
   * The same text as gzip, made when the release was published; null also where there is none, and the text is to be sent. Rejects as
   * `signedManifestText` does.
   */
  compressedManifest(digest: string): Promise<Uint8Array | null>

  /** As `signedManifestText`, rejects with a {@link DamagedManifestError}. Null for a digest that no committed release has. The last few are cached: reading and verifying a large one takes time. */
  releaseByDigest(digest: string): Promise<KnownRelease | null>

  /** Keys devices pin at enrolment; never empty. */
  trustedKeys(): Promise<readonly TrustedKey[]>

  /** Keeps the device's last status. Unknown devices are ignored. */
  saveStatus(deviceId: string, status: DeviceStatus, now: number): Promise<void>

  /** Keeps the last events of a device, bounded in number. */
  saveEvent(deviceId: string, event: DeviceEvent, now: number): Promise<void>

  /** Keeps what the device last found out about itself. Unknown devices are ignored. */
  saveDiagnostics(deviceId: string, report: DiagnosticsReport, now: number): Promise<void>

  /** The device was heard from. */
  touch(deviceId: string, now: number): Promise<void>

  /** Called after each committed change, in order. Returns the unsubscribe. */
  onChange(listener: (change: FleetChange) => void): () => void
}
