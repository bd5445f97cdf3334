/**
 * The kiosk: identity, signaling, packages and peers put together over the ports. A composition root and a switchboard:
 * it carries messages between the machines' runners and decides nothing that a machine decides.
 */

import type { DeviceIdentity } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import { MAX_PEERS_IN_STATUS } from '../../protocol/limits.ts'
import type { Problem } from '../../protocol/problem.ts'
import type { IceServer, SignalDown } from '../../protocol/signal/down.ts'
import type { ActivateResult, Kiosk, KioskView } from '../kiosk-api.ts'
import type { Share, Shares } from '../machines/peer-session/state.ts'
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
import { type IdentityRecord, type ReleaseFailure, recordKeys } from '../records.ts'
import { AssignedPackages } from './assigned-packages.ts'
import { DeviceEnrolment } from './device-enrolment.ts'
import { DiagnosticsRunner, type RunDiagnostics } from './diagnostics-runner.ts'
import { findLosses } from './find-losses.ts'
import { Notifier } from './notifier.ts'
import type { PackageDeps, PackageRunner } from './package-runner.ts'
import { PeerHub } from './peer-hub.ts'
import { ReportOutbox } from './report-outbox.ts'
import { ServerRequests } from './server-requests.ts'
import { SignalingRunner } from './signaling-runner.ts'
import { packageStatus, refusalWords } from './status.ts'
import { StatusSender } from './status-sender.ts'
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
  readonly #signaling: SignalingRunner
  readonly #enrolment: DeviceEnrolment
  #iceServers: readonly IceServer[] = []
  #storesOnline = 0
  /** When somebody last touched the screen, monotonic ms; nobody knows how long that is ago at a start. */
  #activeAt: number
  #stopped = false
  readonly #requests: ServerRequests
  readonly #reports: ReportOutbox
  readonly #statusSender: StatusSender
  readonly #diagnostics: DiagnosticsRunner
  readonly #storage: StorageWatch
  /** Losses that were told: once each, however often they come. */
  readonly #toldLosses = new Set<string>()
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
    this.#signaling = new SignalingRunner({
      platform: deps.platform,
      openLink: deps.openSignalLink,
      identity: () => this.#enrolment.identity,
      options: this.#options,
      listener: {
        online: welcome => this.#online(welcome),
        offline: () => this.#offline(),
        refused: problem => this.#refused(problem),
        message: message => this.#message(message),
      },
    })
    const send = this.#signaling.send.bind(this.#signaling)
    this.#requests = new ServerRequests(deps.platform, send)
    this.#reports = new ReportOutbox(send, message => deps.platform.log(message))
    this.#statusSender = new StatusSender(
      deps.platform,
      this.#options.statusIntervalMs,
      () => this.status(),
      status => send({ type: 'status', status }),
    )
    this.#diagnostics = new DiagnosticsRunner(
      deps.diagnose ?? null,
      report => send({ type: 'diagnostics', report }),
      message => deps.platform.log(message),
    )
    this.#enrolment = new DeviceEnrolment({
      records: this.#packages.records,
      origin: deps.origin,
      platform: deps.platform,
      byCode: this.#options.enrolByCode,
      report: detail => this.#tellTrouble(detail),
      listener: {
        connect: () => this.#connect(),
        rest: () => this.#rest(),
        giveUpPackages: () => void this.#packages.assign([]),
        newAuthority: () => this.#packages.newAuthority(),
        changed: before => this.#deviceChanged(before),
      },
    })
    this.#storage = new StorageWatch({
      platform: deps.platform,
      probe: deps.storage ?? unknownStorage,
      kind: deps.chunks.kind,
      options: this.#options,
      changed: () => this.#changed(),
      checkRecords: () => this.#checkDisk().catch(() => {}),
    })
    this.#hub = new PeerHub({
      platform: deps.platform,
      openLink: deps.openPeerLink,
      iceServers: () => this.#iceServers,
      serverNow: () => this.#serverNow(),
      selfId: () => this.#enrolment.deviceId,
      selfRole: () => this.#enrolment.role,
      shares: () => this.#shares(),
      chunkOf: (release, index) => this.#downloadOf(release)?.manifest.chunks[index],
      readChunk: async chunk => {
        const encoded = await this.#chunks.readEncoded(chunk)
        if (encoded === null) this.chunkLost(chunk.digest)
        return encoded
      },
      uploadLimit: () => this.#enrolment.device?.limits.uploadBytesPerS ?? null,
      sendSignal: (introductionId, signal) =>
        this.#signaling.send({ type: 'signal', introductionId, signal }),
      options: this.#options,
      listener: {
        opened: (deviceId, role) => {
          if (role === 'store') for (const download of this.#downloads()) download.peerJoined(deviceId, role)
        },
        closed: deviceId => {
          for (const download of this.#downloads()) download.peerLeft(deviceId)
        },
        session: (deviceId, effect) => this.#downloadOf(effect.release)?.heard(deviceId, effect),
        violation: (deviceId, detail) =>
          this.#reports.report({ kind: 'peer-protocol-error', peer: deviceId, detail }),
        changed: () => this.#changed(),
      },
    })
  }

  async start(): Promise<void> {
    const { loadIdentity, troubles = [] } = this.#deps
    for (const trouble of troubles) this.#tellTrouble(trouble)
    this.#storage.start()
    void this.#storage.askToPersist()
    try {
      const { identity, trouble } = await loadIdentity(this.#packages.records)
      if (trouble !== null) this.#tellTrouble(trouble)
      await this.#packages.load()
      this.#enrolment.begin(identity)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#enrolment.fail(`This browser cannot run Larder: ${message}`)
    }
    this.#markReady()
    this.#changed()
  }

  status(): DeviceStatus {
    const context = {
      role: this.#enrolment.role,
      now: this.#serverNow(),
      timeZone: this.#enrolment.timeZone,
      online: this.#signaling.isOnline(),
      storesOnline: this.#storesOnline,
      storage: this.#deps.chunks.kind,
      activation: {
        serverNow: this.#signaling.serverNow(),
        timeZone: this.#enrolment.timeZone,
        idleForMs: this.#deps.platform.monotonicMs() - this.#activeAt,
      },
    }
    const packages = this.#packages.assigned().flatMap(runner => packageStatus(runner.view(), context) ?? [])
    const serverNow = this.#signaling.serverNow()
    return {
      deviceId: this.#enrolment.deviceId,
      role: context.role,
      site: this.#enrolment.device?.site ?? null,
      connection: context.online ? 'online' : 'offline',
      clockOffsetMs: serverNow === null ? 0 : Math.round(serverNow - this.#deps.platform.wallClockMs()),
      storage: this.#storage.status,
      packages,
      peers: this.#hub.statuses().slice(0, MAX_PEERS_IN_STATUS),
    }
  }

  view(): KioskView {
    const shown = this.#packages.assigned().find(runner => runner.shown !== null)
    return {
      enrolment: this.#enrolment.view,
      timeZone: this.#enrolment.timeZone,
      storage: this.#deps.chunks.kind,
      app: shown === undefined ? null : shownApp(shown),
      status: this.status(),
    }
  }

  subscribe(listener: (status: DeviceStatus) => void): () => void {
    return this.#notifier.subscribe(view => listener(view.status))
  }

  subscribeView(listener: (view: KioskView) => void): () => void {
    return this.#notifier.subscribe(listener)
  }

  async enrol(token?: string): Promise<void> {
    if (this.#stopped) return
    await this.#enrolment.enrol(token)
    void this.#storage.askToPersist()
  }

  ready(packageName?: string): void {
    const runner = packageName === undefined ? this.#shownRunner() : this.#packages.get(packageName)
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

  async activateNow(packageName?: string): Promise<ActivateResult> {
    const runner = packageName === undefined ? this.#shownRunner() : this.#packages.get(packageName)
    const answer = runner?.activateNow() ?? { ok: false, reason: 'nothing-staged' }
    if (answer.ok) return answer
    return { ...answer, message: refusalWords(answer, this.#signaling.serverNow(), this.#enrolment.timeZone) }
  }

  chunkLost(chunkDigest: string): void {
    const digests = new Set([chunkDigest])
    const removed = this.#chunks.remove([...digests]).catch(() => {})
    void removed.then(() => {
      for (const download of this.#downloads()) download.dispatch({ type: 'lost', digests })
    })
  }

  storageLost(): void {
    if (this.#stopped) return
    void this.#enrolment.saveAgain()
    void this.#packages.storageLost()
  }

  retry(packageName: string): void {
    this.#packages.get(packageName)?.dispatch({ type: 'retry' })
  }

  userActive(): void {
    this.#activeAt = this.#deps.platform.monotonicMs()
    this.#hub.userActive()
  }

  reportDiagnostics(report: DiagnosticsReport): void {
    this.#diagnostics.report(report)
  }

  networkBack(): void {
    this.#enrolment.networkBack()
    this.#signaling.networkBack()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#ready
    this.#enrolment.stop()
    this.#signaling.stop()
    this.#hub.closeAll()
    await this.#packages.stop()
    this.#statusSender.stop()
    this.#storage.stop()
    this.#notifier.stop()
  }

  #online(welcome: Extract<SignalDown, { type: 'welcome' }>): void {
    this.#iceServers = welcome.iceServers
    this.#storesOnline = welcome.storesOnline
    this.#requests.forgetAll()
    this.#statusSender.begin()
    this.#enrolment.adopt(welcome.device)
    // A device that waits to be accepted is told of no packages; what it showed until then goes on.
    if (this.#enrolment.isAccepted) void this.#packages.assign(welcome.assignments)
    for (const download of this.#downloads()) download.updateSession()
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'server-back' })
    this.#reports.flush()
    this.#diagnostics.flush()
    this.#changed()
  }

  #offline(): void {
    for (const download of this.#downloads()) download.updateSession()
    this.#changed()
  }

  #refused(problem: Problem): void {
    this.#deps.platform.log(
      `the server ended the session: ${problem.title}${problem.detail ? `: ${problem.detail}` : ''}`,
    )
    if (problem.type === 'device-unknown' || problem.type === 'device-revoked')
      this.#enrolment.expelled(problem)
  }

  #connect(): void {
    if (this.#stopped) return
    this.#signaling.stop()
    this.#signaling.start()
  }

  #rest(): void {
    this.#hub.closeAll()
    for (const download of this.#downloads()) download.updateSession()
  }

  #message(message: SignalDown): void {
    switch (message.type) {
      case 'device':
        return this.#enrolment.adopt(message.device)
      case 'diagnose':
        return void this.#diagnostics.diagnose()
      case 'assignments':
        return void this.#packages.assign(message.assignments)
      case 'stores':
        this.#storesOnline = message.online
        for (const download of this.#downloads()) download.updateSession()
        return this.#changed()
      case 'introduction': {
        const made = this.#hub.introduced(message.introductionId, message.peer, message.initiator)
        const request = message.requestId === undefined ? undefined : this.#requests.take(message.requestId)
        if (request !== undefined) this.#downloadOf(request.subject)?.introduced(message.peer.deviceId, made)
        return
      }
      case 'signal':
        return this.#hub.signal(message.introductionId, message.from, message.signal)
      case 'grant': {
        const request = this.#requests.take(message.requestId)
        const { token, expiresAt } = message
        this.#downloadOf(request?.subject ?? message.release)?.dispatch({ type: 'grant', token, expiresAt })
        return
      }
      case 'refused':
        return this.#requestRefused(message.requestId, message.problem)
      default:
        return
    }
  }

  #requestRefused(requestId: string, problem: Problem): void {
    const retryAt = problem.retryAt ?? null
    const request = this.#requests.take(requestId)
    if (request === undefined) return
    const type = request.type === 'introduce' ? 'contact-failed' : 'grant-refused'
    this.#downloadOf(request.subject)?.dispatch({ type, retryAt })
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
    for (const download of this.#downloads()) download.updateSession()
    if (this.#cacheBytes(device) !== this.#cacheBytes(before)) void this.#packages.disk.tidy()
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'device-changed' })
    this.#changed()
  }

  #packageDeps(): PackageDeps {
    const { platform, origin } = this.#deps
    const options = this.#options
    return {
      platform,
      options,
      records: this.#packages.records,
      origin,
      trustedKeys: () => this.#enrolment.trustedKeys,
      moment: packageName => ({
        now: platform.monotonicMs(),
        serverNow: this.#signaling.serverNow(),
        timeZone: this.#enrolment.timeZone,
        activeAt: this.#activeAt,
        retries: this.#enrolment.device?.retries[packageName] ?? 0,
        onScreen: this.#packages.isOnScreen(packageName),
      }),
      self: () => ({ deviceId: this.#enrolment.deviceId, role: this.#enrolment.role }),
      download: {
        platform,
        options,
        hub: this.#hub,
        origin,
        chunks: this.#chunks,
        serverNow: () => this.#serverNow(),
        session: () => ({
          online: this.#signaling.isOnline() && this.#enrolment.isAccepted,
          storesOnline: this.#storesOnline,
        }),
        introduce: release => this.#requests.ask('introduce', release),
        askGrant: release => this.#requests.ask('grant', release),
        makeRoom: packageName => this.#packages.disk.makeRoom(packageName),
        changed: () => {
          this.#storage.touched()
          this.#changed()
        },
      },
      report: (kind, packageName, release, detail, peer) =>
        this.#reports.report({
          kind,
          package: packageName,
          detail,
          ...(release === null ? {} : { release }),
          ...(peer === undefined ? {} : { peer }),
        }),
      introduceFor: (release, subject) => this.#requests.ask('introduce', release, subject),
      askGrantFor: (release, subject) => this.#requests.ask('grant', release, subject),
      collectGarbage: () => void this.#packages.disk.tidy(),
      sharesChanged: () => this.#hub.stepAll({ type: 'shares-changed' }),
      changed: () => this.#changed(),
    }
  }

  #shares(): Shares {
    const shares = new Map<string, Share>()
    for (const { state, download } of this.#packages.assigned()) {
      const { wanted } = state
      if (wanted === null) continue
      const mine = download?.assignment.digest === wanted.digest ? download : null
      shares.set(
        wanted.digest,
        mine?.share() ?? { windows: wanted.windows, chunkCount: null, holds: () => false },
      )
    }
    for (const runner of this.#packages.assigned()) {
      const parts = runner.patch?.parts
      if (parts) shares.set(parts.assignment.digest, parts.share())
    }
    return shares
  }

  *#downloads() {
    for (const runner of this.#packages.all()) yield* runner.downloads()
  }

  #downloadOf(release: string) {
    for (const download of this.#downloads()) if (download.assignment.digest === release) return download
    return undefined
  }

  #shownRunner(): PackageRunner | undefined {
    return this.#packages.assigned().find(runner => runner.shown !== null)
  }

  /** Before the first welcome there is nothing to decide about, so the number does not matter. */
  #serverNow(): number {
    return this.#signaling.serverNow() ?? 0
  }

  #tellTrouble(detail: string): void {
    this.#reports.report({ kind: 'storage-failed', detail })
  }

  /** What somebody removed or changed on the disk is written again, or fetched. */
  async #checkDisk(): Promise<void> {
    const packages = [...this.#packages.assigned()]
    const lost = await findLosses(this.#packages.records, this.#chunks, packages)
    const records = (await this.#enrolment.isSaved()) ? lost.records : [recordKeys.identity, ...lost.records]
    if (this.#stopped) return
    if (records.length > 0) this.storageLost()
    else if (lost.chunks.size > 0)
      for (const download of this.#downloads()) download.dispatch({ type: 'lost', digests: lost.chunks })
    const news = [...records, ...(lost.chunks.size > 0 ? ['chunks'] : [])].filter(
      what => !this.#toldLosses.has(what),
    )
    for (const what of news) this.#toldLosses.add(what)
    if (news.length > 0)
      this.#tellTrouble(
        `something other than Larder removed or changed ${news.join(', ')} on this disk; it is written or fetched again`,
      )
  }

  /** What this device may keep for others (S3): only a store does. */
  #cacheBytes(device: DeviceIdentity | null): number | null {
    return device?.role === 'store' ? (device.limits.cacheBytes ?? this.#options.cacheBytes) : null
  }

  #changed(): void {
    if (this.#stopped) return
    this.#packages.balance()
    this.#notifier.changed()
    if (this.#signaling.isOnline()) this.#statusSender.changed()
  }
}

function shownApp(runner: PackageRunner): KioskView['app'] {
  const { shown, name } = runner
  if (shown === null) return null
  const path = `app/${name}/${shown.entry.split('/').map(encodeURIComponent).join('/')}`
  const { coming } = runner.state
  const staged =
    coming?.name === 'staged' ? { release: coming.release.release, version: coming.release.version } : null
  return { package: name, ...shown.ref, path, confirmed: shown.confirmed, staged }
}
