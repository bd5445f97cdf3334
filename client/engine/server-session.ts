/**
 * What this device and its server say to each other: the session, the questions that wait for their answers, status,
 * reports and the results of checks. Hands on what comes; knows nothing of packages and links.
 */
import type { Assignment, DeviceIdentity } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DiagnosticsReport } from '../../protocol/diagnostics.ts'
import type { Problem } from '../../protocol/problem.ts'
import type { IceServer, SignalDown } from '../../protocol/signal/down.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import type { SignalUpWire } from '../../protocol/signal/up.ts'
import type { DownloadEvent } from '../machines/download/step.ts'
import type { KioskOptions } from '../options.ts'
import type { OpenSignalLink, Platform } from '../ports.ts'
import type { IdentityRecord } from '../records.ts'
import { DiagnosticsRunner, type RunDiagnostics } from './diagnostics-runner.ts'
import { type Report, ReportOutbox } from './report-outbox.ts'
import { ServerRequests } from './server-requests.ts'
import { SignalingRunner } from './signaling-runner.ts'
import { StatusSender } from './status-sender.ts'

type Introduction = Extract<SignalDown, { type: 'introduction' }>

/** What the engine does with what the server says. */
export interface ServerSessionListener {
  online(device: DeviceIdentity, assignments: readonly Assignment[]): void
  offline(): void
  /** The server asks this browser to begin as a new device; whether it may is in `detail` (PR-S7). */
  separated(detail: string): void
  /** The server will not have a session with this device as it is. */
  expelled(problem: Problem): void
  device(device: DeviceIdentity): void
  assignments(assignments: readonly Assignment[]): void
  storesChanged(): void
  /** `subject`: the download that asked; null where another device did. */
  introduced(introduction: Introduction, subject: string | null): void
  signal(introductionId: string, from: string, signal: PeerSignal): void
  /** The answer to what the download of `subject` asked. */
  answered(subject: string, answer: DownloadEvent): void
}

export interface ServerSessionDeps {
  readonly platform: Platform
  readonly options: KioskOptions
  readonly openLink: OpenSignalLink
  readonly identity: () => IdentityRecord
  readonly status: () => DeviceStatus
  /** Null: this device has no checks to run when an administrator asks. */
  readonly diagnose: RunDiagnostics | null
  readonly listener: ServerSessionListener
}

export class ServerSession {
  /** As of the last welcome. */
  iceServers: readonly IceServer[] = []
  /** Stores of this device's site that the server last said are connected. */
  storesOnline = 0
  readonly #platform: Platform
  readonly #listener: ServerSessionListener
  readonly #signaling: SignalingRunner
  readonly #requests: ServerRequests
  readonly #reports: ReportOutbox
  readonly #status: StatusSender
  readonly #diagnostics: DiagnosticsRunner
  #isAccepted = false

  constructor({ platform, options, openLink, identity, status, diagnose, listener }: ServerSessionDeps) {
    this.#platform = platform
    this.#listener = listener
    this.#signaling = new SignalingRunner({
      platform,
      openLink,
      identity,
      options,
      listener: {
        online: welcome => this.#online(welcome),
        offline: () => listener.offline(),
        refused: problem => this.#refused(problem),
        needsNewPage: () => listener.offline(),
        message: message => this.#message(message),
      },
    })
    const send = this.#signaling.send.bind(this.#signaling)
    // The server takes no reports of a device that waits to be accepted (PR-S6), so they are kept until then.
    const report = (message: SignalUpWire) => this.#isAccepted && send(message)
    const log = (message: string) => platform.log(message)
    this.#requests = new ServerRequests(platform, send)
    this.#reports = new ReportOutbox(report, log)
    this.#status = new StatusSender(platform, options.statusIntervalMs, status, status =>
      report({ type: 'status', status }),
    )
    this.#diagnostics = new DiagnosticsRunner(
      diagnose,
      found => report({ type: 'diagnostics', report: found }),
      log,
    )
  }

  /** Begins a session, anew if there is one. */
  connect(): void {
    this.#signaling.stop()
    this.#signaling.start()
  }

  networkBack(): void {
    this.#signaling.networkBack()
  }

  /** For good: nothing is sent after this. */
  stop(): void {
    this.#signaling.stop()
    this.#status.stop()
  }

  isOnline(): boolean {
    return this.#signaling.isOnline()
  }

  /** The server does not understand this page, or this page not the server. */
  needsNewPage(): boolean {
    return this.#signaling.needsNewPage()
  }

  /** The server's time now, epoch ms; null before the first welcome. */
  serverNow(): number | null {
    return this.#signaling.serverNow()
  }

  /** Asks on behalf of `subject`: the release, or the parts of a patch that leads to it. */
  ask(type: 'introduce' | 'grant', release: string, subject = release): void {
    this.#requests.ask(type, release, subject)
  }

  sendSignal(introductionId: string, signal: PeerSignal): void {
    this.#signaling.send({ type: 'signal', introductionId, signal })
  }

  report(report: Report): void {
    this.#reports.report(report)
  }

  reportDiagnostics(report: DiagnosticsReport): void {
    this.#diagnostics.report(report)
  }

  /** What the device says of itself has changed. */
  statusChanged(): void {
    if (this.isOnline()) this.#status.changed()
  }

  #online({ iceServers, storesOnline, device, assignments }: Extract<SignalDown, { type: 'welcome' }>): void {
    this.iceServers = iceServers
    this.storesOnline = storesOnline
    this.#requests.forgetAll()
    this.#isAccepted = device.state === 'accepted'
    this.#status.begin()
    this.#status.beforeAssignments()
    this.#listener.online(device, assignments)
    this.#sendKeptReports()
  }

  #sendKeptReports(): void {
    this.#reports.flush()
    this.#diagnostics.flush()
  }

  #device(device: DeviceIdentity): void {
    const isNewlyAccepted = !this.#isAccepted && device.state === 'accepted'
    this.#isAccepted = device.state === 'accepted'
    this.#listener.device(device)
    if (!isNewlyAccepted) return
    this.#status.begin()
    this.#sendKeptReports()
  }

  #refused(problem: Problem): void {
    const { type, title, detail } = problem
    this.#platform.log(`the server ended the session: ${title}${detail ? `: ${detail}` : ''}`)
    if (type === 'already-exists' && detail !== undefined) this.#listener.separated(detail)
    if (type === 'device-unknown' || type === 'device-revoked') this.#listener.expelled(problem)
  }

  #message(message: SignalDown): void {
    const listener = this.#listener
    switch (message.type) {
      case 'device':
        return this.#device(message.device)
      case 'diagnose':
        return void this.#diagnostics.diagnose()
      case 'assignments':
        this.#status.beforeAssignments()
        return listener.assignments(message.assignments)
      case 'stores':
        this.storesOnline = message.online
        return listener.storesChanged()
      case 'introduction': {
        const { requestId } = message
        const request = requestId === undefined ? undefined : this.#requests.take(requestId)
        return listener.introduced(message, request?.subject ?? null)
      }
      case 'signal':
        return listener.signal(message.introductionId, message.from, message.signal)
      case 'grant': {
        const { requestId, release, token, expiresAt } = message
        const subject = this.#requests.take(requestId)?.subject ?? release
        return listener.answered(subject, { type: 'grant', token, expiresAt })
      }
      case 'refused': {
        const request = this.#requests.take(message.requestId)
        if (request === undefined) return
        const type = request.type === 'introduce' ? 'contact-failed' : 'grant-refused'
        return listener.answered(request.subject, { type, retryAt: message.problem.retryAt ?? null })
      }
      default:
        return
    }
  }
}
