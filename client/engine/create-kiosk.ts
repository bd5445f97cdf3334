/**
 * The kiosk: identity, signaling, packages and peers put together over the ports. A composition root and a switchboard:
 * it carries messages between the machines' runners and decides nothing that a machine decides.
 */

import type { Role } from '../../policy/windows.ts'
import type { Assignment, DeviceIdentity } from '../../protocol/assignment.ts'
import { ENROL_DOMAIN } from '../../protocol/device-http.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { sign } from '../../protocol/keys.ts'
import { MAX_PEERS_IN_STATUS } from '../../protocol/limits.ts'
import type { Problem } from '../../protocol/problem.ts'
import type { IceServer, SignalDown } from '../../protocol/signal/down.ts'
import type { Enrolment, Kiosk, KioskView } from '../kiosk-api.ts'
import type { Share, Shares } from '../machines/peer-session/state.ts'
import { defaultOptions, type KioskOptions } from '../options.ts'
import type {
  ChunkStore,
  DecodeChunk,
  OpenPeerLink,
  OpenSignalLink,
  OriginClient,
  Platform,
  RecordStore,
} from '../ports.ts'
import { type IdentityRecord, recordKeys } from '../records.ts'
import { AssignedPackages } from './assigned-packages.ts'
import { ChunkIo } from './chunk-io.ts'
import { Notifier } from './notifier.ts'
import type { PackageDeps, PackageRunner } from './package-runner.ts'
import { PeerHub } from './peer-hub.ts'
import { ReportOutbox } from './report-outbox.ts'
import { ServerRequests } from './server-requests.ts'
import { SignalingRunner } from './signaling-runner.ts'
import { packageStatus } from './status.ts'
import { StatusSender } from './status-sender.ts'

export interface KioskDeps {
  readonly chunks: ChunkStore
  readonly records: RecordStore
  readonly openSignalLink: OpenSignalLink
  readonly openPeerLink: OpenPeerLink
  readonly origin: OriginClient
  readonly decode: DecodeChunk
  readonly platform: Platform
  /** The device's identity, made if there was none; `trouble` is a sentence when one was lost. */
  readonly loadIdentity: (
    records: RecordStore,
  ) => Promise<{ identity: IdentityRecord; trouble: string | null }>
  readonly options?: Partial<KioskOptions>
}

/** Starts a kiosk over these ports: it loads its identity and what ran before, and connects if it is enrolled. */
export function createKiosk(deps: KioskDeps): Kiosk {
  const engine = new KioskEngine(deps)
  void engine.start()
  return engine
}

class KioskEngine implements Kiosk {
  readonly #deps: KioskDeps
  readonly #options: KioskOptions
  readonly #notifier: Notifier<KioskView>
  readonly #chunks: ChunkIo
  readonly #packages: AssignedPackages
  readonly #hub: PeerHub
  readonly #signaling: SignalingRunner
  #identity: IdentityRecord | null = null
  #enrolment: Enrolment = { state: 'starting' }
  #device: DeviceIdentity | null = null
  #iceServers: readonly IceServer[] = []
  #storesOnline = 0
  #stopped = false
  readonly #requests: ServerRequests
  readonly #reports: ReportOutbox
  readonly #statusSender: StatusSender
  readonly #ready: Promise<void>
  #markReady: () => void = () => {}

  constructor(deps: KioskDeps) {
    this.#deps = deps
    this.#options = { ...defaultOptions, ...deps.options }
    this.#ready = new Promise(resolve => {
      this.#markReady = resolve
    })
    this.#notifier = new Notifier(deps.platform, () => this.view())
    this.#chunks = new ChunkIo(deps.chunks, deps.decode)
    this.#packages = new AssignedPackages(deps.records, this.#chunks, () => this.#packageDeps())
    this.#signaling = new SignalingRunner({
      platform: deps.platform,
      openLink: deps.openSignalLink,
      identity: () => this.#requireIdentity(),
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
    this.#hub = new PeerHub({
      platform: deps.platform,
      openLink: deps.openPeerLink,
      iceServers: () => this.#iceServers,
      serverNow: () => this.#serverNow(),
      selfId: () => this.#identity?.deviceId ?? '',
      selfRole: () => this.#role(),
      shares: () => this.#shares(),
      chunkOf: (release, index) => this.#downloadOf(release)?.manifest.chunks[index],
      readChunk: async chunk => {
        const encoded = await this.#chunks.readEncoded(chunk)
        if (encoded === null) this.chunkLost(chunk.digest)
        return encoded
      },
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
    const { records, loadIdentity, platform } = this.#deps
    try {
      const { identity, trouble } = await loadIdentity(records)
      if (trouble !== null) platform.log(trouble)
      this.#identity = identity
      this.#device = identity.enrolled?.device ?? null
      this.#enrolment = enrolmentOf(this.#device)
      await this.#packages.load()
      if (identity.enrolled !== null && !this.#stopped) this.#signaling.start()
    } catch (error) {
      const message = `This browser cannot run Larder: ${error instanceof Error ? error.message : String(error)}`
      this.#enrolment = { state: 'refused', message }
    }
    this.#markReady()
    this.#changed()
  }

  status(): DeviceStatus {
    const context = {
      role: this.#role(),
      now: this.#serverNow(),
      timeZone: this.#device?.timeZone ?? 'UTC',
      online: this.#signaling.isOnline(),
      storesOnline: this.#storesOnline,
    }
    const packages = this.#packages.assigned().flatMap(runner => {
      const view = {
        state: runner.state,
        download: runner.download?.state ?? null,
        checking: runner.download?.checking ?? false,
        traffic: runner.traffic,
      }
      return packageStatus(view, context) ?? []
    })
    const serverNow = this.#signaling.serverNow()
    return {
      deviceId: this.#identity?.deviceId ?? '',
      role: context.role,
      site: this.#device?.site ?? null,
      connection: context.online ? 'online' : 'offline',
      clockOffsetMs: serverNow === null ? 0 : Math.round(serverNow - this.#deps.platform.wallClockMs()),
      packages,
      peers: this.#hub.statuses().slice(0, MAX_PEERS_IN_STATUS),
    }
  }

  view(): KioskView {
    const shown = this.#packages.assigned().find(runner => runner.shown !== null)
    return {
      enrolment: this.#enrolment,
      timeZone: this.#device?.timeZone ?? 'UTC',
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
    await this.#ready
    const identity = this.#identity
    if (identity === null || this.#stopped) return
    this.#enrolment = { state: 'enrolling' }
    this.#changed()
    const { publicKey } = identity
    const proof = await sign(identity.keyPair.privateKey, new TextEncoder().encode(ENROL_DOMAIN + publicKey))
    const answer = await this.#deps.origin.enrol({
      publicKey,
      proof,
      ...(token === undefined ? {} : { token }),
    })
    if (this.#stopped) return
    if (!answer.ok) {
      const message =
        answer.reason === 'refused'
          ? sentenceOf(answer.problem)
          : `The server cannot be reached: ${answer.message}`
      this.#enrolment = { state: 'refused', message }
      this.#changed()
      return
    }
    this.#signaling.stop()
    await this.#saveIdentity({ ...identity, enrolled: answer.value })
    this.#setDevice(answer.value.device)
    this.#signaling.start()
  }

  ready(packageName?: string): void {
    const runner = packageName === undefined ? this.#shownRunner() : this.#packages.get(packageName)
    runner?.dispatch({ type: 'app-ready' })
  }

  appLoaded(digest: string): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-loaded', digest })
  }

  appFailed(digest: string, message: string): void {
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'app-failed', digest, message })
  }

  chunkLost(chunkDigest: string): void {
    const digests = new Set([chunkDigest])
    void this.#chunks.discard(chunkDigest).then(() => {
      for (const download of this.#downloads()) download.dispatch({ type: 'lost', digests })
    })
  }

  retry(packageName: string): void {
    this.#packages.get(packageName)?.dispatch({ type: 'retry' })
  }

  networkBack(): void {
    this.#signaling.networkBack()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#ready
    this.#signaling.stop()
    this.#hub.closeAll()
    await this.#packages.stop()
    this.#statusSender.stop()
    this.#notifier.stop()
  }

  #online(welcome: Extract<SignalDown, { type: 'welcome' }>): void {
    this.#iceServers = welcome.iceServers
    this.#storesOnline = welcome.storesOnline
    this.#requests.forgetAll()
    this.#statusSender.begin()
    this.#setDevice(welcome.device)
    void this.#assign(welcome.assignments)
    for (const download of this.#downloads()) download.updateSession()
    for (const runner of this.#packages.all()) runner.dispatch({ type: 'server-back' })
    this.#reports.flush()
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
    if (problem.type === 'device-unknown' || problem.type === 'device-revoked') {
      this.#enrolment = { state: 'refused', message: sentenceOf(problem) }
      this.#changed()
    }
  }

  #message(message: SignalDown): void {
    switch (message.type) {
      case 'device':
        this.#setDevice(message.device)
        return
      case 'assignments':
        return void this.#assign(message.assignments)
      case 'stores':
        this.#storesOnline = message.online
        for (const download of this.#downloads()) download.updateSession()
        return this.#changed()
      case 'introduction': {
        const made = this.#hub.introduced(message.introductionId, message.peer, message.initiator)
        const request = message.requestId === undefined ? undefined : this.#requests.take(message.requestId)
        if (request !== undefined) this.#downloadOf(request.release)?.introduced(message.peer.deviceId, made)
        return
      }
      case 'signal':
        return this.#hub.signal(message.introductionId, message.from, message.signal)
      case 'grant': {
        this.#requests.take(message.requestId)
        const { token, expiresAt } = message
        this.#downloadOf(message.release)?.dispatch({ type: 'grant', token, expiresAt })
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
    this.#downloadOf(request.release)?.dispatch({ type, retryAt })
  }

  async #assign(assignments: readonly Assignment[]): Promise<void> {
    await this.#packages.assign(assignments)
  }

  #setDevice(device: DeviceIdentity): void {
    const before = this.#device
    this.#device = device
    this.#enrolment = enrolmentOf(device)
    const identity = this.#identity
    if (identity?.enrolled && JSON.stringify(before) !== JSON.stringify(device)) {
      void this.#saveIdentity({ ...identity, enrolled: { ...identity.enrolled, device } })
    }
    if (before !== null && before.role !== device.role) {
      // Sessions were made for the old role; new ones are made when they are needed (W8).
      this.#hub.closeAll()
      for (const runner of this.#packages.all()) {
        if (runner.state.wanted !== null) runner.download?.updatePolicy(device.role, runner.state.wanted)
      }
    }
    this.#changed()
  }

  async #saveIdentity(identity: IdentityRecord): Promise<void> {
    this.#identity = identity
    try {
      await this.#deps.records.setMany([[recordKeys.identity, identity]])
    } catch (error) {
      this.#reports.report({
        kind: 'storage-failed',
        detail: `the enrolment could not be saved: ${String(error)}`,
      })
    }
  }

  #packageDeps(): PackageDeps {
    const { platform, records, origin } = this.#deps
    const options = this.#options
    return {
      platform,
      options,
      records,
      origin,
      trustedKeys: () => this.#identity?.enrolled?.trustedKeys ?? [],
      onScreen: packageName => this.#packages.isOnScreen(packageName),
      self: () => ({ deviceId: this.#identity?.deviceId ?? '', role: this.#role() }),
      download: {
        platform,
        options,
        hub: this.#hub,
        origin,
        chunks: this.#chunks,
        serverNow: () => this.#serverNow(),
        session: () => ({ online: this.#signaling.isOnline(), storesOnline: this.#storesOnline }),
        introduce: release => this.#requests.ask('introduce', release),
        askGrant: release => this.#requests.ask('grant', release),
        makeRoom: () => this.#packages.collectGarbage(true),
        changed: () => this.#changed(),
      },
      report: (kind, packageName, release, detail, peer) =>
        this.#reports.report({
          kind,
          package: packageName,
          detail,
          ...(release === null ? {} : { release }),
          ...(peer === undefined ? {} : { peer }),
        }),
      collectGarbage: () => void this.#packages.collectGarbage(false),
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
    return shares
  }

  *#downloads() {
    for (const { download } of this.#packages.all()) if (download !== null) yield download
  }

  #downloadOf(release: string) {
    for (const download of this.#downloads()) if (download.assignment.digest === release) return download
    return undefined
  }

  #shownRunner(): PackageRunner | undefined {
    return this.#packages.assigned().find(runner => runner.shown !== null)
  }

  #role(): Role {
    return this.#device?.role ?? 'kiosk'
  }

  /** Before the first welcome there is nothing to decide about, so the number does not matter. */
  #serverNow(): number {
    return this.#signaling.serverNow() ?? 0
  }

  #requireIdentity(): IdentityRecord {
    if (this.#identity === null) throw new Error('signaling began before the identity was loaded')
    return this.#identity
  }

  #changed(): void {
    if (this.#stopped) return
    this.#notifier.changed()
    if (this.#signaling.isOnline()) this.#statusSender.changed()
  }
}

function enrolmentOf(device: DeviceIdentity | null): Enrolment {
  if (device === null) return { state: 'none' }
  if (device.state === 'pending') return { state: 'pending', code: device.code ?? '' }
  return { state: 'enrolled', name: device.name, site: device.site }
}

function shownApp(runner: PackageRunner): KioskView['app'] {
  const { shown, name } = runner
  if (shown === null) return null
  const path = `app/${name}/${shown.entry.split('/').map(encodeURIComponent).join('/')}`
  return { package: name, ...shown.ref, path, confirmed: shown.confirmed }
}

function sentenceOf(problem: Problem): string {
  return problem.detail ?? problem.title
}
