/**
 * A whole site under virtual time: real kiosks (`createKioskEngine`) over a fake LAN, origin and signal server. Scenarios that
 * take hours play in milliseconds, the same for the same seed. When a simulation ends it proves that nothing is left,
 * that no source was asked which the windows closed, and that no device said what the protocol does not allow.
 */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createKioskEngine } from '../../client/engine/kiosk-engine.ts'
import { LocalChunkIo } from '../../client/engine/local-chunk-io.ts'
import type { Kiosk } from '../../client/kiosk-api.ts'
import type { KioskOptions } from '../../client/options.ts'
import type { ChunkStore, DecodeChunk } from '../../client/ports.ts'
import { type IdentityRecord, recordKeys } from '../../client/records.ts'
import { decideSources, type Role, type Windows } from '../../policy/windows.ts'
import { defaultUpdateOptions } from '../../protocol/assignment.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { decodeChunk } from '../../protocol/encoded-chunk.ts'
import { sha256Hex, type TrustedKey } from '../../protocol/keys.ts'
import { decodePeerMessage } from '../../protocol/peer/codec.ts'
import { signManifest } from '../../protocol/signed-manifest.ts'
import { withCleanup } from './cleanup.ts'
import { plainIdentity } from './default-fields.ts'
import { FakeOrigin } from './fake-origin.ts'
import { FakeSignalServer } from './fake-signal-server.ts'
import { SimulatedHost } from './kiosk-simulator-host.ts'
import { SimulatedLan } from './kiosk-simulator-lan.ts'
import { createFaultyChunkStore, createFaultyRecordStore } from './memory-stores.ts'
import { RequestLedger } from './request-ledger.ts'
import { seededBytes } from './seeded-bytes.ts'
import { decodeZstdHere } from './small-patch.ts'
import { makeSmallRelease, type SmallRelease } from './small-release.ts'
import { VirtualTime } from './virtual-time.ts'
import { seededDevice, seededKeyPair, seededSigningKey } from './virtual-time-crypto.ts'

export const OPEN: Windows = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
/** Chunks in flight are few, so that a transfer takes a while and can be disturbed. */
const SMALL_PIPELINE: Partial<KioskOptions> = {
  minPipelineBytes: 4_000,
  maxPipelineBytes: 4_000,
  minStoreBytesPerS: 100,
  admissionSpreadMs: 0,
  originParallel: 4,
}

export interface SimulationOptions {
  readonly stores?: number
  readonly kiosks?: number
  readonly seed?: number
  readonly options?: Partial<KioskOptions>
  /** Of every device's disk. */
  readonly diskBytes?: number
}

/** What the page around the engine does with a release that runs. */
export type PageBehaviour = 'works' | 'fails' | 'stays-blank'

export class Simulation {
  readonly time = new VirtualTime()
  readonly server = new FakeSignalServer(this.time)
  readonly origin = new FakeOrigin(this.time, this.server)
  readonly lan = new SimulatedLan(this.time)
  readonly devices: SimulatedDevice[] = []
  /** Releases published from now on are signed by a key that nobody trusts. */
  forgeManifests = false
  readonly #signingKey: TrustedKey & { readonly privateKey: CryptoKey }
  /** Requests to stores, and chunks from them, while the windows closed the stores to the kiosk. */
  readonly lanViolations: string[] = []
  /** Chunks that were put on a disk without being what their digest says. */
  readonly unverified: string[] = []
  readonly requests = new RequestLedger()

  private constructor(signingKey: TrustedKey & { readonly privateKey: CryptoKey }) {
    this.#signingKey = signingKey
    this.lan.onSend = (from, to, frame) => this.#checkWindows(from, to, frame)
    this.lan.tap = (from, to, frame) => this.#noteRequests(from, to, frame)
  }

  /** A site with all devices booted. It ends, and is judged, when the test ends. */
  static async create(t: Pick<TestContext, 'after'>, options: SimulationOptions = {}): Promise<Simulation> {
    const simulation = new Simulation(await seededSigningKey('signing'))
    const names = [
      ...Array.from({ length: options.stores ?? 1 }, (_, i) => ['store', `store${i + 1}`] as const),
      ...Array.from({ length: options.kiosks ?? 3 }, (_, i) => ['kiosk', `kiosk${i + 1}`] as const),
    ]
    for (const [role, name] of names) await simulation.#add(role, name, options)
    withCleanup(t).defer(() => simulation.end())
    for (const device of simulation.devices) device.boot()
    return simulation
  }

  device(name: string): SimulatedDevice {
    const device = this.devices.find(candidate => candidate.name === name)
    assert.ok(device, `no device ${name}`)
    return device
  }

  get kiosks(): SimulatedDevice[] {
    return this.devices.filter(device => device.name.startsWith('kiosk'))
  }

  /** Makes a release of these files, signed, and assigns it in place of the package's last one. */
  async publish(
    files: Readonly<Record<string, string | Uint8Array>>,
    release = 1,
    windows: Windows = OPEN,
    packageName = 'lobby',
    update: Partial<typeof defaultUpdateOptions> = {},
  ): Promise<SmallRelease> {
    const made = await makeSmallRelease(files, { release, package: packageName })
    const { keyId, privateKey } = this.#signingKey
    const key = this.forgeManifests ? seededKeyPair('a thief').keyPair.privateKey : privateKey
    await this.origin.add(made, JSON.stringify(await signManifest(made.manifest, keyId, key)))
    const { version } = made.manifest
    const assignment = {
      package: packageName,
      release,
      version,
      digest: made.digest,
      windows,
      ...defaultUpdateOptions,
      ...update,
      assignedAt: this.server.now(),
    }
    const others = this.server.assignments.filter(other => other.package !== packageName)
    this.server.assign([...others, assignment])
    return made
  }

  /** Plays until the condition holds; fails with everybody's state when it does not within `limitMs`. */
  async until(what: string, condition: () => boolean, limitMs = 120_000): Promise<void> {
    const since = this.time.nowMs
    if (await this.time.until(condition, limitMs)) return
    assert.fail(`${what}: not within ${limitMs} ms from ${since}\n${this.describe()}`)
  }

  async untilAllRun(release: number, limitMs?: number): Promise<void> {
    await this.until(
      `all run release ${release}`,
      () => this.devices.every(device => device.lobby?.activeRelease === release),
      limitMs,
    )
  }

  describe(): string {
    const lines = this.devices.map(device => {
      const status = device.lobby
      const words = status
        ? `${status.phase} ${status.reason}: ${status.detail} ${JSON.stringify({ ...status.chunks, ...status.bytes })}`
        : 'nothing'
      const peers = device.kiosk?.status().peers.map(peer => `${this.#nameOf(peer.deviceId)} ${peer.state}`)
      return `  ${device.name} ${device.kiosk ? device.kiosk.status().connection : 'off'} ${words} [${peers}]`
    })
    return [`at ${this.time.nowMs}:`, ...lines].join('\n')
  }

  async end(): Promise<void> {
    const leaks: string[] = []
    for (const device of this.devices) leaks.push(...(await device.stop()))
    await this.time.advance(60_000)
    for (const device of this.devices) if (device.timers > 0) leaks.push(`${device.name}: timers afterwards`)
    if (this.lan.live > 0) leaks.push(`${this.lan.live} ends of links`)
    assert.deepEqual(leaks, [], 'left after stop()')
    assert.deepEqual(this.server.violations, [], 'messages the protocol does not allow')
    assert.deepEqual(this.origin.violations, [], 'requests to a closed server (W4)')
    assert.deepEqual(this.lanViolations, [], 'traffic with closed stores (W3)')
    assert.deepEqual(this.unverified, [], 'chunks accepted unverified')
  }

  async #add(role: Role, name: string, options: SimulationOptions): Promise<void> {
    const seed = `${name} ${options.seed ?? 0}`
    const { keyPair, publicKey, deviceId } = await seededDevice(seed)
    this.server.enrol({ deviceId, publicKey, role })
    const { privateKey: _, ...trusted } = this.#signingKey
    const identity: IdentityRecord = {
      keyPair,
      publicKey,
      deviceId,
      enrolled: {
        device: {
          deviceId,
          name,
          state: 'accepted',
          code: null,
          role,
          assignedRole: role,
          site: 'shop',
          timeZone: 'Europe/Berlin',
          ...plainIdentity,
        },
        trustedKeys: [trusted],
      },
    }
    const number = this.devices.length
    this.devices.push(new SimulatedDevice(this, name, identity, (options.seed ?? 0) * 100 + number, options))
  }

  #nameOf(deviceId: string): string {
    return this.devices.find(device => device.deviceId === deviceId)?.name ?? deviceId
  }

  #noteRequests(from: string, to: string, frame: Uint8Array<ArrayBuffer>): void {
    const decoded = decodePeerMessage(frame)
    if (decoded.ok) this.requests.heard(from, to, decoded.message)
  }

  /** W3: a kiosk asks a store nothing, and is sent no chunk by it, while its window is closed. */
  #checkWindows(from: string, to: string, frame: Uint8Array<ArrayBuffer>): void {
    const decoded = decodePeerMessage(frame)
    if (!decoded.ok) return
    const { message } = decoded
    const taker = message.type === 'chunk' ? to : from
    if (message.type !== 'chunk' && message.type !== 'request' && message.type !== 'interest') return
    const release = this.origin.releaseMeant(message.release)
    const assignment = this.server.assignments.find(candidate => candidate.digest === release)
    const role = this.server.device(taker)?.role
    if (assignment === undefined || role === undefined) return
    const { stores } = decideSources({ role, ...assignment.windows }, this.server.now())
    // A store may not know yet, and a chunk it has begun may end (PR-P7).
    if (stores.state === 'closed' && this.server.isInformed(from) && this.server.isInformed(to))
      this.lanViolations.push(
        `${message.type} of ${this.#nameOf(taker)} at ${this.time.nowMs}: ${stores.reason}`,
      )
  }
}

export class SimulatedDevice {
  readonly name: string
  readonly deviceId: string
  readonly chunks: ReturnType<typeof createFaultyChunkStore>
  readonly records = createFaultyRecordStore()
  kiosk: Kiosk | null = null
  host: SimulatedHost | null = null
  page: PageBehaviour = 'works'
  /** What the browser says of its storage, and how often it was asked to keep it. */
  readonly browserStorage = { persisted: false, usageBytes: 1_000_000, asked: 0 }
  readonly #simulation: Simulation
  readonly #identity: IdentityRecord
  readonly #seed: number
  readonly #options: Partial<KioskOptions>
  #boots = 0

  constructor(
    simulation: Simulation,
    name: string,
    identity: IdentityRecord,
    seed: number,
    options: SimulationOptions,
  ) {
    this.#simulation = simulation
    this.name = name
    this.deviceId = identity.deviceId
    this.#identity = identity
    this.#seed = seed
    this.#options = { ...SMALL_PIPELINE, ...options.options }
    this.chunks = createFaultyChunkStore(options.diskBytes)
  }

  /** Engine timers that have not fired. */
  get timers(): number {
    return this.host?.timers ?? 0
  }

  get lobby(): PackageStatus | undefined {
    return this.package('lobby')
  }

  package(name: string): PackageStatus | undefined {
    return this.kiosk?.status().packages.find(status => status.package === name)
  }

  /** Starts the browser on what its disk holds. `onTimer` hears of every timer the engine sets. */
  boot(onTimer: (delayMs: number) => void = () => {}): void {
    const { time, server, origin, lan } = this.#simulation
    const host = new SimulatedHost(time, this.deviceId, this.#seed * 1_000 + this.#boots++, -86_400_000)
    this.host = host
    const records = this.records
    const kiosk = createKioskEngine({
      chunks: new LocalChunkIo(this.#checkedChunks(), decodeIdentity, undefined, decodeZstdHere),
      records,
      openSignalLink: server.openerFor(host),
      openPeerLink: lan.openerFor(host),
      origin: origin.clientFor(host),
      platform: {
        ...host.platform,
        setTimer: (delayMs, callback) => {
          onTimer(delayMs)
          return host.platform.setTimer(delayMs, callback)
        },
      },
      loadIdentity: async () => {
        const kept = (await records.get(recordKeys.identity)) as IdentityRecord | undefined
        return { identity: kept ?? this.#identity, trouble: null }
      },
      storage: {
        asksSilently: true,
        estimate: async () => ({ usageBytes: this.browserStorage.usageBytes, quotaBytes: 1e9 }),
        persisted: async () => this.browserStorage.persisted,
        persist: async () => void this.browserStorage.asked++,
      },
      options: this.#options,
    })
    this.kiosk = kiosk
    let shown: string | null = null
    kiosk.subscribeView(({ app }) => {
      if (app === null || app.digest === shown) return
      shown = app.digest
      const { digest } = app
      host.later(200, () => {
        if (this.page === 'works') kiosk.appLoaded(digest)
        if (this.page === 'fails') kiosk.appFailed(digest, { reason: 'threw', message: 'it threw' })
      })
    })
  }

  /** Its disk, with an eye on what the engine puts there. */
  #checkedChunks(): ChunkStore {
    return {
      ...this.chunks,
      put: async (digest, encoded) => {
        // Trials of a full disk have no digest for a key.
        const raw = digest.length === 64 ? await decodeIdentity(encoded, encoded.byteLength - 1) : null
        if (digest.length === 64 && (raw === null || (await sha256Hex(raw)) !== digest))
          this.#simulation.unverified.push(`${digest.slice(0, 8)} on ${this.name}`)
        return this.chunks.put(digest, encoded)
      },
    }
  }

  /** As when the process is killed. */
  kill(): void {
    const { host } = this
    if (host === null) return
    host.die()
    this.#simulation.lan.hostDied(host)
    this.#simulation.server.hostDied(host)
    this.#simulation.origin.hostDied(host)
    this.kiosk = null
    this.host = null
  }

  /** Ends it in order; returns what it left behind. */
  async stop(): Promise<string[]> {
    const { kiosk, host } = this
    if (kiosk === null || host === null) return []
    let stopped = false
    void kiosk.stop().then(() => {
      stopped = true
    })
    await this.#simulation.time.until(() => stopped, 60_000)
    if (!stopped) return [`${this.name}: stop() did not end`]
    return host.timers > 0 ? [`${this.name}: ${host.timers} timers`] : []
  }
}

const decodeIdentity: DecodeChunk = async (encoded, sizeBytes) => {
  const decoded = await decodeChunk(encoded, () => Promise.reject(new Error('no zstd here')), sizeBytes)
  return decoded.ok ? (decoded.raw as Uint8Array<ArrayBuffer>) : null
}

/** A page and a picture: `sizeBytes` in all, in chunks of 1,000 bytes. */
export function filesOf(seed: number, sizeBytes = 40_000): Record<string, string | Uint8Array> {
  return {
    'index.html': '<!doctype html>'.padEnd(1000, '.'),
    'picture.jpg': seededBytes(seed, sizeBytes - 1000),
  }
}

/** Release `number` of the same picture, with other bytes in most of its chunks. */
export function editedFiles(number: number): Record<string, string | Uint8Array> {
  const files = filesOf(1)
  const picture = (files['picture.jpg'] as Uint8Array).slice()
  for (let at = 500; at < picture.byteLength; at += 1_500) picture[at] = number
  return { ...files, 'picture.jpg': picture }
}
