/** A {@link FleetDirectory} over maps, for tests of the signaling half: its setters commit, then tell the listeners. */
import { gzipSync } from 'node:zlib'
import type { Assignment } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { deviceIdOf, type TrustedKey } from '../../protocol/keys.ts'
import type {
  DeviceEvent,
  DeviceRecord,
  EnrolCommand,
  EnrolResult,
  FleetChange,
  FleetDirectory,
  KnownRelease,
} from '../../signal-server/fleet-directory.ts'
import { plainRecord } from './default-fields.ts'

export interface FakeSite {
  readonly timeZone: string
  readonly storesWanted: number
  readonly assignments: readonly Assignment[]
}

interface FakeToken {
  readonly site: string
  readonly role: DeviceRecord['assignedRole']
  usesLeft: number
}

const PENDING_CODE = 'K7QX-2MPA'

export class FakeFleetDirectory implements FleetDirectory {
  readonly statuses = new Map<string, DeviceStatus>()
  readonly events: { readonly deviceId: string; readonly event: DeviceEvent }[] = []
  readonly diagnostics = new Map<string, DiagnosticsReport>()
  readonly touches: string[] = []
  readonly #devices = new Map<string, DeviceRecord>()
  readonly #sites = new Map<string, FakeSite>()
  readonly #releases = new Map<string, KnownRelease>()
  readonly #tokens = new Map<string, FakeToken>()
  readonly #listeners = new Set<(change: FleetChange) => void>()
  keys: readonly TrustedKey[] = [{ keyId: '0123456789abcdef', publicKey: 'A'.repeat(43) }]
  /** While set, every question fails with it. */
  failure: Error | null = null

  get listenerCount(): number {
    return this.#listeners.size
  }

  siteNames = async (): Promise<string[]> => [...this.#sites.keys()]

  setSite(name: string, site: Partial<FakeSite>): void {
    const before = this.#sites.get(name) ?? { timeZone: 'Europe/Berlin', storesWanted: 0, assignments: [] }
    this.#sites.set(name, { ...before, ...site })
    this.#tell(site.assignments === undefined ? { type: 'site', site: name } : { type: 'fleet' })
  }

  setDevice(record: DeviceRecord): void {
    this.#devices.set(record.deviceId, record)
    this.#tell({ type: 'device', deviceId: record.deviceId })
  }

  changeDevice(deviceId: string, change: Partial<DeviceRecord>): void {
    const record = this.#devices.get(deviceId)
    if (record === undefined) throw new Error(`no device ${deviceId}`)
    this.setDevice({ ...record, ...change })
  }

  removeDevice(deviceId: string): void {
    this.#devices.delete(deviceId)
    this.#tell({ type: 'device', deviceId })
  }

  setRelease(digest: string, release: KnownRelease): void {
    this.#releases.set(digest, release)
  }

  setToken(token: string, grants: FakeToken): void {
    this.#tokens.set(token, grants)
  }

  async device(deviceId: string): Promise<DeviceRecord | null> {
    this.#failIfAsked()
    return this.#devices.get(deviceId) ?? null
  }

  async countDevicesSeen(): Promise<number> {
    this.#failIfAsked()
    return [...this.#devices.values()].filter(device => device.state === 'accepted').length
  }

  async enrol({ token, publicKey, name = '' }: EnrolCommand): Promise<EnrolResult> {
    this.#failIfAsked()
    const deviceId = await deviceIdOf(publicKey)
    const known = this.#devices.get(deviceId)
    if (known?.state === 'revoked') {
      return { ok: false, problem: 'device-revoked', detail: 'This device was revoked.' }
    }
    if (known?.state === 'accepted') return { ok: true, device: known }
    const grants = token === undefined ? undefined : this.#tokens.get(token)
    if (token !== undefined && (grants === undefined || grants.usesLeft <= 0)) {
      return { ok: false, problem: 'enrolment-token-invalid', detail: 'This link is unknown or used up.' }
    }
    if (grants !== undefined) grants.usesLeft--
    const device: DeviceRecord = {
      deviceId,
      publicKey,
      name,
      state: grants === undefined ? 'pending' : 'accepted',
      code: grants === undefined ? PENDING_CODE : null,
      assignedRole: grants?.role ?? 'kiosk',
      site: grants?.site ?? null,
      timeZone: grants === undefined ? 'UTC' : (this.#sites.get(grants.site)?.timeZone ?? 'UTC'),
      ...plainRecord,
    }
    this.setDevice(device)
    return { ok: true, device }
  }

  async assignmentsForSite(site: string): Promise<readonly Assignment[]> {
    this.#failIfAsked()
    return this.#sites.get(site)?.assignments ?? []
  }

  async siteStoresWanted(site: string): Promise<number> {
    return this.#sites.get(site)?.storesWanted ?? 0
  }

  async hasRelease(digest: string): Promise<boolean> {
    this.#failIfAsked()
    return this.#releases.has(digest)
  }

  async signedManifestText(digest: string): Promise<string | null> {
    this.#failIfAsked()
    return this.#releases.get(digest)?.signedManifestText ?? null
  }

  async compressedManifest(digest: string): Promise<Uint8Array | null> {
    const text = await this.signedManifestText(digest)
    return text === null ? null : gzipSync(text)
  }

  async releaseByDigest(digest: string): Promise<KnownRelease | null> {
    this.#failIfAsked()
    return this.#releases.get(digest) ?? null
  }

  async trustedKeys(): Promise<readonly TrustedKey[]> {
    return this.keys
  }

  async saveStatus(deviceId: string, status: DeviceStatus): Promise<void> {
    this.#failIfAsked()
    this.statuses.set(deviceId, status)
  }

  async saveEvent(deviceId: string, event: DeviceEvent): Promise<void> {
    this.events.push({ deviceId, event })
  }

  async saveDiagnostics(deviceId: string, report: DiagnosticsReport): Promise<void> {
    this.diagnostics.set(deviceId, report)
  }

  async touch(deviceId: string): Promise<void> {
    this.touches.push(deviceId)
  }

  onChange(listener: (change: FleetChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(change: FleetChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #failIfAsked(): void {
    if (this.failure !== null) throw this.failure
  }
}
