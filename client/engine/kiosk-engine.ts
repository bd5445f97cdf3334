/**
 * The kiosk: identity, signaling, packages and peers put together over the ports. A composition root and a switchboard:
 * it carries messages between the machines' runners and decides nothing that a machine decides.
 */

import type { Assignment, DeviceIdentity } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { ActivateResult, Kiosk, KioskView } from '../kiosk-api.ts'
import { defaultOptions, type KioskOptions } from '../options.ts'
import type {
  ChunkIo,
  OpenPeerLink,
  OpenSignalLink,
  OriginClient,
  Platform,
  RecordStore,
  StorageProbe,
} from '../ports.ts'
import type { IdentityRecord, ReleaseFailure } from '../records.ts'
import { AssignedPackages } from './assigned-packages.ts'
import { DeviceEnrolment } from './device-enrolment.ts'
import type { RunDiagnostics } from './diagnostics-runner.ts'
import { DiskCheck } from './disk-check.ts'
import { deviceStatusOf, kioskViewOf, type ViewParts } from './kiosk-view.ts'
import { Notifier } from './notifier.ts'
import { packageDepsOf } from './package-deps.ts'
import type { PackageDeps } from './package-runner.ts'
import { PeerHub } from './peer-hub.ts'
import { ServerSession } from './server-session.ts'
import { refusalWords } from './status.ts'
import { StorageWatch, unknownStorage } from './storage-watch.ts'

export interface EngineDeps {
  readonly chunks: ChunkIo
  readonly records: RecordStore
  readonly openSignalLink: OpenSignalLink
  readonly openPeerLink: OpenPeerLink
  readonly origin: OriginClient
  readonly platform: Platform
  /** The device's identity, made if there was none; `trouble` is a sentence when one was lost. */
  readonly loadIdentity: (
    records: RecordStore,
  ) => Promise<{ identity: IdentityRecord; trouble: string | null }>
  /** An identity that no disk has yet. Absent: this browser does not begin as a new device when it is asked to. */
  readonly createIdentity?: () => Promise<IdentityRecord>
  /**
   * Whether the page that ran the engine last was closed, reloaded or left, and did not crash; asked once at a start.
   * Absent: that is not known, and each start with a release on trial counts as one after a crash.
   */
  readonly takeOrderlyEnd?: () => boolean
  /** Absent: what the browser says of its storage is not known. */
  readonly storage?: StorageProbe
  /** What went wrong while the stores were opened: an administrator is told. */
  readonly troubles?: readonly string[]
  /** Absent: this device has no checks to run when an administrator asks. */
  readonly diagnose?: RunDiagnostics
  readonly options?: Partial<KioskOptions>
}

/** Starts a kiosk over these ports: it loads its identity and what ran before, and connects if it is enrolled. */
export function createKioskEngine(deps: EngineDeps): Kiosk {
  const engine = new KioskEngine(deps)
  void engine.start()
  return engine
}

class KioskEngine implements Kiosk {
  readonly #deps: EngineDeps
  readonly #options: KioskOptions
  readonly #notifier: Notifier<KioskView>
  readonly #chunks: ChunkIo
  readonly #packages: AssignedPackages
  readonly #hub: PeerHub
  readonly #session: ServerSession
  readonly #enrolment: DeviceEnrolment
  readonly #storage: StorageWatch
  readonly #diskCheck: DiskCheck
  /** When somebody last touched the screen, monotonic ms; nobody knows how long that is ago at a start. */
  #activeAt: number
  #stopped = false
  /** However often it happens. */
  #toldNotServed = false
  readonly #ready: Promise<void>
  #markReady: () => void = () => {}

  constructor(deps: EngineDeps) {
    this.#deps = deps
    this.#options = { ...defaultOptions, ...deps.options }
    this.#activeAt = deps.platform.monotonicMs()
    this.#ready = new Promise(resolve => {
      this.#markReady = resolve
    })
    this.#notifier = new Notifier(deps.platform, () => this.view())
    this.#chunks = deps.chunks
    this.#packages = new AssignedPackages(
      deps.records,
      this.#chunks,
      () => this.#cacheBytes(this.#enrolment.device),
      () => this.#packageDeps(),
    )
    this.#session = new ServerSession({
      platform: deps.platform,
      options: this.#options,
      openLink: deps.openSignalLink,
      identity: () => this.#enrolment.identity,
      status: () => this.status(),
      diagnose: deps.diagnose ?? null,
      listener: {
        online: (device, assignments) => this.#online(device, assignments),
        offline: () => this.#sessionChanged(),
        separated: detail => void this.#enrolment.separate(detail),
        expelled: problem => this.#enrolment.expelled(problem),
        device: device => this.#enrolment.adopt(device),
        assignments: assignments => void this.#packages.assign(assignments),
        storesChanged: () => this.#sessionChanged(),
        introduced: ({ introductionId, peer, initiator }, subject) => {
          const made = this.#hub.introduced(introductionId, peer, initiator)
          if (subject !== null) this.#packages.downloadOf(subject)?.introduced(peer.deviceId, made)
        },
        signal: (introductionId, from, signal) => this.#hub.signal(introductionId, from, signal),
        answered: (subject, answer) => this.#packages.downloadOf(subject)?.dispatch(answer),
      },
    })
    this.#enrolment = new DeviceEnrolment({
      records: this.#packages.records,
      origin: deps.origin,
      platform: deps.platform,
      createIdentity: deps.createIdentity ?? null,
      byCode: this.#options.enrolByCode,
      report: detail => this.#tellTrouble(detail),
      reportKeysRefused: detail => this.#session.report({ kind: 'manifest-refused', detail }),
      listener: {
        connect: () => {
          if (!this.#stopped) this.#session.connect()
        },
        rest: () => this.#rest(),
        giveUpPackages: () => void this.#packages.assign([]),
        newAuthority: () => this.#packages.newAuthority(),
        keysChanged: () => {
          for (const runner of this.#packages.all()) runner.dispatch({ type: 'keys-changed' })
        },
        changed: before => this.#deviceChanged(before),
      },
    })
    this.#storage = new StorageWatch({
      platform: deps.platform,
      probe: deps.storage ?? unknownStorage,
      kind: () => deps.chunks.kind,
      options: this.#options,
      changed: () => this.#changed(),
      checkRecords: () => this.#checkDisk().catch(() => {}),
    })
    this.#diskCheck = new DiskCheck({
      records: this.#packages.records,
      chunks: this.#chunks,
      packages: () => this.#packages.assigned(),
      identityIsSaved: () => this.#enrolment.isSaved(),
    })
    this.#hub = new PeerHub({
      platform: deps.platform,
      openLink: deps.openPeerLink,
      iceServers: () => this.#session.iceServers,
      serverNow: () => this.#serverNow(),
      selfId: () => this.#enrolment.deviceId,
      selfRole: () => this.#enrolment.role,
      shares: () => this.#packages.shares(),
      chunkOf: (release, index) => this.#packages.downloadOf(release)?.manifest.chunks[index],
      readChunk: async chunk => {
        // Nobody could look: that is not yet a chunk that is lost.
        const encoded = await this.#chunks.readEncoded(chunk).catch(() => undefined)
        if (encoded === null) this.chunkLost(chunk.digest)
        return encoded ?? null
      },
      uploadLimit: () => this.#enrolment.device?.limits.uploadBytesPerS ?? null,
      sendSignal: (introductionId, signal) => this.#session.sendSignal(introductionId, signal),
      options: this.#options,
      listener: {
        opened: (deviceId, role) => {
          if (role === 'store')
            for (const download of this.#packages.downloads()) download.peerJoined(deviceId, role)
        },
        closed: deviceId => {
          for (const download of this.#packages.downloads()) download.peerLeft(deviceId)
        },
        session: (deviceId, effect) => this.#packages.downloadOf(effect.release)?.heard(deviceId, effect),
        violation: (deviceId, detail) =>
          this.#session.report({ kind: 'peer-protocol-error', peer: deviceId, detail }),
        changed: () => this.#changed(),
      },
    })
  }

  async start(): Promise<void> {
    const { loadIdentity, takeOrderlyEnd, troubles = [] } = this.#deps
    for (const trouble of troubles) this.#tellTrouble(trouble)
    this.#storage.start()
    void this.#storage.askToPersist()
    try {
      const { identity, trouble } = await loadIdentity(this.#packages.records)
      if (trouble !== null) this.#tellTrouble(trouble)
      await this.#packages.load(takeOrderlyEnd?.() ?? false)
      this.#enrolment.begin(identity)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#enrolment.fail(`This browser cannot run Larder: ${message}`)
    }
    this.#markReady()
    this.#changed()
  }

  status(): DeviceStatus {
    return deviceStatusOf(this.#parts())
  }

  view(): KioskView {
    return kioskViewOf(this.#parts())
  }

  subscribe(listener: (status: DeviceStatus) => void): () => void {
    return this.#notifier.subscribe(view => listener(view.status))
  }

  subscribeView(listener: (view: KioskView) => void): () => void {
    return this.#notifier.subscribe(listener)
  }

  async enrol(token?: string, isByHand?: boolean): Promise<void> {
    if (this.#stopped) return
    await this.#enrolment.enrol(token, isByHand)
    void this.#storage.askToPersist()
  }

  ready(packageName?: string): void {
    const runner = packageName === undefined ? this.#packages.shown() : this.#packages.get(packageName)
    const digest = runner?.shown?.ref.digest
    if (digest !== undefined) runner?.dispatch({ type: 'app-ready', digest })
  }

  appReady(digest: string): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-ready', digest })
  }

  appLoaded(digest: string): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-loaded', digest })
  }

  appFailed(digest: string, failure: ReleaseFailure): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-failed', digest, failure })
  }

  appNotServed(digest: string): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-not-served', digest })
    if (this.#toldNotServed) return
    this.#toldNotServed = true
    this.#tellTrouble(
      'there is no service worker that shows packages in this browser; the page registers it again',
    )
  }

  async activateNow(packageName?: string): Promise<ActivateResult> {
    const runner = packageName === undefined ? this.#packages.shown() : this.#packages.get(packageName)
    const answer = runner?.activateNow() ?? { ok: false, reason: 'nothing-staged' }
    if (answer.ok) return answer
    return { ...answer, message: refusalWords(answer, this.#session.serverNow(), this.#enrolment.timeZone) }
  }

  chunkLost(chunkDigest: string): void {
    const digests = new Set([chunkDigest])
    const removed = this.#chunks.remove([...digests]).catch(() => {})
    void removed.then(() => {
      for (const download of this.#packages.downloads()) download.dispatch({ type: 'lost', digests })
    })
  }

  storageLost(troubles: readonly string[] = []): void {
    if (this.#stopped) return
    for (const trouble of troubles) this.#tellTrouble(trouble)
    void this.#enrolment.saveAgain()
    void this.#packages.storageLost()
  }

  reportStorageFailure(detail: string): void {
    this.#tellTrouble(detail)
  }

  retry(packageName: string): void {
    this.#packages.get(packageName)?.dispatch({ type: 'retry' })
  }

  userActive(): void {
    this.#activeAt = this.#deps.platform.monotonicMs()
    this.#hub.userActive()
  }

  reportDiagnostics(report: DiagnosticsReport): void {
    this.#session.reportDiagnostics(report)
  }

  networkBack(): void {
    this.#enrolment.networkBack()
    this.#session.networkBack()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#ready
    this.#enrolment.stop()
    this.#session.stop()
    this.#hub.closeAll()
    await this.#packages.stop()
    this.#storage.stop()
    this.#notifier.stop()
  }

  #online(device: DeviceIdentity, assignments: readonly Assignment[]): void {
    this.#enrolment.adopt(device)
    // A device that waits to be accepted is told of no packages; what it showed until then goes on.
    if (this.#enrolment.isAccepted) void this.#packages.assign(assignments)
    this.#sessionChanged()
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'server-back' })
  }

  #sessionChanged(): void {
    for (const download of this.#packages.downloads()) download.updateSession()
    this.#changed()
  }

  #rest(): void {
    this.#hub.closeAll()
    this.#sessionChanged()
  }

  #deviceChanged(before: DeviceIdentity | null): void {
    const { device } = this.#enrolment
    if (before !== null && device !== null && (before.role !== device.role || before.site !== device.site)) {
      // Links were made for the old role and among the devices of the old site; new ones come when they are needed (W8).
      this.#hub.closeAll()
      for (const runner of this.#packages.all()) {
        const { wanted } = runner.state
        if (wanted === null) continue
        for (const download of runner.downloads()) download.updatePolicy(device.role, wanted)
      }
    }
    for (const download of this.#packages.downloads()) download.updateSession()
    if (this.#cacheBytes(device) !== this.#cacheBytes(before)) void this.#packages.disk.tidy()
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'device-changed' })
    this.#changed()
  }

  #packageDeps(): PackageDeps {
    return packageDepsOf({
      platform: this.#deps.platform,
      origin: this.#deps.origin,
      options: this.#options,
      chunks: this.#chunks,
      packages: this.#packages,
      enrolment: this.#enrolment,
      session: this.#session,
      hub: this.#hub,
      serverNow: () => this.#serverNow(),
      activeAt: () => this.#activeAt,
      stored: () => this.#storage.touched(),
      changed: () => this.#changed(),
    })
  }

  #parts(): ViewParts {
    return {
      platform: this.#deps.platform,
      enrolment: this.#enrolment,
      session: this.#session,
      packages: this.#packages,
      storage: this.#storage.status,
      peers: this.#hub.statuses(),
      activeAt: this.#activeAt,
    }
  }

  /** Before the first welcome there is nothing to decide about, so the number does not matter. */
  #serverNow(): number {
    return this.#session.serverNow() ?? 0
  }

  #tellTrouble(detail: string): void {
    this.#session.report({ kind: 'storage-failed', detail })
  }

  /** What somebody removed or changed on the disk is written again, or fetched. */
  async #checkDisk(): Promise<void> {
    const { records, chunks, news } = await this.#diskCheck.look()
    if (this.#stopped) return
    if (records.length > 0) this.storageLost()
    else if (chunks.size > 0)
      for (const download of this.#packages.downloads()) download.dispatch({ type: 'lost', digests: chunks })
    if (news !== null) this.#tellTrouble(news)
  }

  /** What this device may keep for others (S3): only a store does. */
  #cacheBytes(device: DeviceIdentity | null): number | null {
    return device?.role === 'store' ? (device.limits.cacheBytes ?? this.#options.cacheBytes) : null
  }

  #changed(): void {
    if (this.#stopped) return
    this.#packages.balance()
    this.#notifier.changed()
    this.#session.statusChanged()
  }
}
