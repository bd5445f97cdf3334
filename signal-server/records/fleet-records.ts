/**
 * `FleetDirectory` over the database. Assignments and releases are kept in memory, since every device and every grant
 * asks for them: assignments until something changes, releases (immutable) the last few used.
 */
import { hash } from 'node:crypto'
import { MAX_PENDING_DEVICES } from '../../policy/device-budget.ts'
import { withoutHidden } from '../../protocol/admin/typed-text.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import { deviceIdOf, sha256Hex, type TrustedKey } from '../../protocol/keys.ts'
import {
  DamagedManifestError,
  type DeviceEvent,
  type DeviceRecord,
  type EnrolCommand,
  type EnrolResult,
  type FleetDirectory,
  type KnownRelease,
} from '../fleet-directory.ts'
import type { RandomBytes } from '../random.ts'
import { randomCode } from '../random.ts'
import { assignmentsForSite, type SiteAssignment } from './assignments.ts'
import { findCompressedManifest } from './compressed-manifests.ts'
import type { DeviceReports } from './device-reports.ts'
import { countDevicesSeen, findDevice } from './devices.ts'
import { enrolDevice } from './enrolment.ts'
import type { FleetChanges } from './fleet-changes.ts'
import { findSignedManifest, isRelease } from './releases.ts'
import { listTrustedKeys } from './signing-keys.ts'
import { findSite } from './sites.ts'
import { isUniqueViolation } from './sqlite.ts'
import { readStoredManifest } from './stored-manifests.ts'
import type { Db } from './tables.ts'

/** A release's digests take up to 131,072 strings, so only those in use stay. */
const RELEASES_IN_MEMORY = 16
/** Codes are 40 random bits and at most a thousand are in use: a second draw is rare, a third has never been needed. */
const CODE_DRAWS = 5
/** More than wait at one time, so that only those that wait no longer are forgotten. */
const NETWORKS_IN_MEMORY = 4 * MAX_PENDING_DEVICES

export interface FleetRecordsDeps {
  readonly db: Db
  readonly reports: DeviceReports
  readonly changes: FleetChanges
  readonly randomBytes: RandomBytes
  /** Learns what verifying a stored manifest found: why it is damaged, or null. */
  readonly onManifest?: (digest: string, damage: string | null) => void
}

export function createFleetRecords(deps: FleetRecordsDeps): FleetDirectory {
  const { db, reports, changes, randomBytes } = deps
  let assignments = new Map<string, Promise<Assignment[]>>()
  const releases = new Map<string, KnownRelease>()
  /** SHA-256 of each stored manifest that was verified, by release. */
  const verified = new Map<string, string>()
  /** What is still being read of these is not to be kept; digests never come back. */
  const removed = new Set<string>()
  /** Where the devices that wait enrolled from. A restart forgets it, and those that wait then count as one network. */
  const waitingFrom = new Map<string, string>()
  const readingReleases = new Map<string, Promise<KnownRelease | null>>()
  changes.subscribe(change => {
    // Whoever began to read before the change holds on to the old map, and what it learns goes with it.
    if (change.type !== 'device') assignments = new Map()
    if (change.type === 'fleet') for (const digest of change.removedReleases ?? []) forgetRelease(digest)
  })

  async function readAndRemember(digest: string): Promise<KnownRelease | null> {
    const release = await readRelease(deps, digest)
    if (release !== null) verified.set(digest, await hashOf(release.signedManifestText))
    return release
  }

  function readOnce(digest: string): Promise<KnownRelease | null> {
    const reading = readingReleases.get(digest) ?? readAndRemember(digest)
    readingReleases.set(digest, reading)
    const done = () => readingReleases.delete(digest)
    reading.then(done, done)
    return reading
  }

  function forgetRelease(digest: string): void {
    removed.add(digest)
    releases.delete(digest)
    verified.delete(digest)
  }

  /** As the one used last; the one that was not used for longest goes. */
  function keepRelease(digest: string, release: KnownRelease): void {
    if (removed.has(digest)) return
    releases.delete(digest)
    releases.set(digest, release)
    const [oldest] = releases.keys()
    if (releases.size > RELEASES_IN_MEMORY && oldest !== undefined) releases.delete(oldest)
  }

  /** The one that enrolled the longest ago goes. */
  function rememberNetwork(deviceId: string, network: string): void {
    waitingFrom.set(deviceId, network)
    const [oldest] = waitingFrom.keys()
    if (waitingFrom.size > NETWORKS_IN_MEMORY && oldest !== undefined) waitingFrom.delete(oldest)
  }

  async function enrol(command: EnrolCommand): Promise<EnrolResult> {
    const deviceId = await deviceIdOf(command.publicKey)
    const enrolment = {
      deviceId,
      publicKey: command.publicKey,
      // Chosen by a stranger, and read by people beside what they know to be true.
      name: withoutHidden(command.name ?? ''),
      tokenHash: command.token === undefined ? null : hash('sha256', command.token, 'hex'),
      network: command.network ?? null,
      address: command.address ?? null,
      auditId: Buffer.from(randomBytes(12)).toString('hex'),
      networkOf: (id: string) => waitingFrom.get(id) ?? null,
    }
    for (let draw = 1; ; draw++) {
      try {
        const { result, changed } = await db
          .transaction()
          .execute(trx => enrolDevice(trx, { ...enrolment, freshCode: randomCode(randomBytes) }, command.now))
        if (result.ok && result.device.state === 'pending' && command.network !== undefined)
          rememberNetwork(deviceId, command.network)
        for (const id of changed) changes.publish({ type: 'device', deviceId: id })
        return result.ok ? { ok: true, device: recordOf(result.device) } : result
      } catch (error) {
        if (draw === CODE_DRAWS || !isUniqueViolation(error)) throw error
      }
    }
  }

  return {
    enrol,
    async device(deviceId) {
      const device = await findDevice(db, deviceId)
      return device && recordOf(device)
    },
    countDevicesSeen: seenSince => countDevicesSeen(db, seenSince),
    assignmentsForSite(site): Promise<readonly Assignment[]> {
      return remember(assignments, site, async () => (await assignmentsForSite(db, site)).map(withoutProfile))
    },
    async siteStoresWanted(site) {
      return (await findSite(db, site))?.storesWanted ?? 0
    },
    hasRelease: async digest => releases.has(digest) || (await isRelease(db, digest)),
    async signedManifestText(digest) {
      const kept = releases.get(digest)
      if (kept !== undefined) return kept.signedManifestText
      const verifiedHash = verified.get(digest)
      const found = verifiedHash === undefined ? null : await findSignedManifest(db, digest)
      if (found !== null && (await hashOf(found.signedManifestText)) === verifiedHash)
        return found.signedManifestText
      return (await readOnce(digest))?.signedManifestText ?? null
    },
    async compressedManifest(digest) {
      // It was made of the text when that was right; damage to the text is to be noticed all the same.
      const isKnown = releases.has(digest) || verified.has(digest) || (await readOnce(digest)) !== null
      return isKnown ? await findCompressedManifest(db, digest) : null
    },
    async releaseByDigest(digest) {
      const known = releases.get(digest) ?? (await readOnce(digest))
      // Only what there is takes a place: whoever asks for digests that do not exist drives nothing out.
      if (known !== null) keepRelease(digest, known)
      return known
    },
    trustedKeys: (): Promise<readonly TrustedKey[]> => listTrustedKeys(db),
    async saveStatus(deviceId, status, now) {
      reports.saveStatus(deviceId, status, now)
    },
    async saveEvent(deviceId, event: DeviceEvent, now) {
      reports.saveEvent(deviceId, event, now)
    },
    async saveDiagnostics(deviceId, report, now) {
      reports.saveDiagnostics(deviceId, report, now)
    },
    async touch(deviceId, now) {
      reports.touch(deviceId, now)
    },
    onChange: listener => changes.subscribe(listener),
  }
}

/** The promise under `key`, made on first use; a failure is not kept. */
function remember<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let made = cache.get(key)
  if (!made) {
    made = make()
    cache.set(key, made)
    made.catch(() => cache.delete(key))
  }
  return made
}

/** On the thread pool: a manifest may have 32 MiB. */
const hashOf = (text: string) => sha256Hex(new TextEncoder().encode(text))

/** Verified when it is read, and then served from memory. */
async function readRelease(
  { db, onManifest }: FleetRecordsDeps,
  digest: string,
): Promise<KnownRelease | null> {
  const stored = await readStoredManifest(db, digest)
  if (stored === null) return null
  onManifest?.(digest, stored.ok ? null : stored.message)
  if (!stored.ok) throw new DamagedManifestError(digest, stored.message)
  const { package: packageName, release, chunks } = stored.manifest
  return {
    package: packageName,
    release,
    signedManifestText: stored.text,
    chunkDigests: new Set(chunks.map(chunk => chunk.digest)),
  }
}

/** Only what the wire needs to know of an assignment. */
function withoutProfile({ profile: _, ...assignment }: SiteAssignment): Assignment {
  return assignment
}

function recordOf(device: DeviceRecord): DeviceRecord {
  const { deviceId, publicKey, name, state, code, assignedRole, site, timeZone, labels, retries, limits } =
    device
  return { deviceId, publicKey, name, state, code, assignedRole, site, timeZone, labels, retries, limits }
}
