/**
 * A small signal server under virtual time: one site, the signaling protocol as devices see it, windows enforced by `policy/`.
 * It checks every message of a device against the protocol's schema, and remembers what no honest device would send.
 */

import type { OpenSignalLink, SignalLinkEvents } from '../../client/ports.ts'
import { decideIntroduction } from '../../policy/introductions.ts'
import { decideSources, type Role, type Windows } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { verifySignature } from '../../protocol/keys.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { type ProblemName, problem } from '../../protocol/problem.ts'
import type { SignalDownWire } from '../../protocol/signal/down.ts'
import { helloBytes, type SignalUp, signalUpSchema } from '../../protocol/signal/up.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import { IntroductionBook } from '../../signal-server/fleet/introduction-book.ts'
import { plainIdentity } from './default-fields.ts'
import type { SimulatedHost } from './kiosk-simulator-host.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface FakeDevice {
  readonly deviceId: string
  readonly publicKey: string
  role: Role
}

export type FleetEvent = { readonly deviceId: string } & Omit<Extract<SignalUp, { type: 'event' }>, 'type'>

interface Session {
  readonly host: SimulatedHost
  readonly events: SignalLinkEvents
  readonly nonce: string
  device: FakeDevice | null
  isLive: boolean
  ended: boolean
}

/** The server's clock at virtual time 0. */
export const SERVER_EPOCH_MS = Date.parse('2026-11-22T18:00:00Z')
const HEARTBEAT_MS = 20_000
/** For the message to arrive, and for what was on its way. */
const TOLD_GRACE_MS = 100

export class FakeSignalServer {
  readonly #time: VirtualTime
  readonly #sessions = new Set<Session>()
  readonly #devices = new Map<string, FakeDevice>()
  #introductions = new IntroductionBook()
  #nextId = 0
  #assignments: readonly Assignment[] = []
  #running = true
  latencyMs = 5
  /** What some devices wait longer for. */
  readonly delayMs = new Map<string, number>()
  grantLifeMs = 5 * 60_000
  /** What becomes of a message on its way: how often it arrives, and how much later than in its turn. */
  disturb: (type: SignalDownWire['type']) => { readonly copies: number; readonly lateMs: number } = () => ({
    copies: 1,
    lateMs: 0,
  })
  #clockShiftMs = 0
  /** Per device: when something changed that it has to know, and when it was last told. */
  readonly #changedAt = new Map<string, number>()
  readonly #toldAt = new Map<string, number>()
  readonly events: FleetEvent[] = []
  readonly statuses = new Map<string, DeviceStatus>()
  /** Hears every status as it arrives. */
  onStatus: (deviceId: string, status: DeviceStatus) => void = () => {}
  /** What no honest device sends. */
  readonly violations: string[] = []
  introductionsMade = 0

  constructor(time: VirtualTime) {
    this.#time = time
  }

  now(): number {
    return SERVER_EPOCH_MS + this.#clockShiftMs + this.#time.nowMs
  }

  /** Sets the server's clock, as an administrator does: with a restart, after which everyone learns the new time. */
  shiftClock(byMs: number): void {
    this.#clockShiftMs += byMs
    for (const deviceId of this.#devices.keys()) this.#changedAt.set(deviceId, this.#time.nowMs)
    if (!this.#running) return
    this.stop()
    this.start()
  }

  /** Whether the device was told all it has to know, and had the time to act on it: only then is it to blame. */
  isInformed(deviceId: string): boolean {
    const toldAt = this.#toldAt.get(deviceId) ?? Number.NEGATIVE_INFINITY
    return toldAt >= (this.#changedAt.get(deviceId) ?? 0) && this.#time.nowMs - toldAt >= TOLD_GRACE_MS
  }

  get assignments(): readonly Assignment[] {
    return this.#assignments
  }

  enrol(device: FakeDevice): void {
    this.#devices.set(device.deviceId, device)
  }

  /** As one that was set up anew: it knows the device no more. */
  forget(deviceId: string): void {
    this.#devices.delete(deviceId)
    for (const session of this.#live())
      if (session.device?.deviceId === deviceId) this.#refuse(session, 'device-unknown')
  }

  device(deviceId: string): FakeDevice | undefined {
    return this.#devices.get(deviceId)
  }

  /** Replaces the whole list and tells everyone. */
  assign(assignments: readonly Assignment[]): void {
    this.#assignments = assignments
    for (const deviceId of this.#devices.keys()) this.#changedAt.set(deviceId, this.#time.nowMs)
    for (const session of this.#live())
      this.#say(session, { type: 'assignments', assignments: this.#assignmentsWire() })
  }

  setWindows(packageName: string, windows: Windows): void {
    this.assign(this.#assignments.map(a => (a.package === packageName ? { ...a, windows } : a)))
  }

  setRole(deviceId: string, role: Role): void {
    const device = this.#devices.get(deviceId)
    if (device === undefined) return
    device.role = role
    this.#changedAt.set(deviceId, this.#time.nowMs)
    for (const session of this.#live())
      if (session.device === device) this.#say(session, { type: 'device', device: this.#identity(device) })
    this.#tellStores()
  }

  /** As when the process is killed: every socket ends, nobody can connect. */
  stop(): void {
    this.#running = false
    this.#introductions = new IntroductionBook()
    for (const session of this.#sessions) this.#end(session, 1006)
  }

  start(): void {
    this.#running = true
  }

  get isRunning(): boolean {
    return this.#running
  }

  hostDied(host: SimulatedHost): void {
    for (const session of this.#sessions)
      if (session.host === host) this.#time.setTimer(this.latencyMs, () => this.#end(session, 1006))
  }

  openerFor(host: SimulatedHost): OpenSignalLink {
    return events => {
      const session: Session = {
        host,
        events,
        nonce: Buffer.alloc(32, this.#nextId++ % 250).toString('base64url'),
        device: null,
        isLive: false,
        ended: false,
      }
      this.#time.setTimer(this.latencyMs, () => {
        if (session.ended) return
        if (!this.#running) return this.#end(session, 1006)
        this.#sessions.add(session)
        host.later(0, () => {
          if (!session.ended) events.onOpen()
        })
        this.#say(session, {
          type: 'challenge',
          protocolVersion: PROTOCOL_VERSION,
          minProtocolVersion: 1,
          nonce: session.nonce,
        })
      })
      return {
        send: text =>
          void this.#time.setTimer(this.latencyMs, () => {
            if (!session.ended && this.#running) void this.#hear(session, text)
          }),
        close: () => this.#end(session, 1000),
      }
    }
  }

  async #hear(session: Session, text: string): Promise<void> {
    const parsed = parseJsonWith(signalUpSchema, text, MAX_SIGNAL_MESSAGE_BYTES)
    if (!parsed.ok) {
      this.violations.push(`${session.host.deviceId}: ${parsed.message}: ${text.slice(0, 200)}`)
      return
    }
    const message = parsed.value
    if (message.type === 'hello') return this.#welcome(session, message)
    if (!session.isLive || session.device === null) {
      this.violations.push(`${message.type} before welcome`)
      return
    }
    const { device } = session
    switch (message.type) {
      case 'ping':
        return this.#say(session, { type: 'pong', id: message.id, serverTime: toInstant(this.now()) })
      case 'introduce':
        return this.#introduce(session, device, message.requestId, message.release)
      case 'signal': {
        const { introductionId, signal } = message
        const passage = this.#introductions.pass(
          introductionId,
          device.deviceId,
          signal,
          text.length,
          this.now(),
        )
        if (passage === null) return
        const other = this.#live().find(candidate => candidate.device?.deviceId === passage.to)
        if (other) this.#say(other, { type: 'signal', introductionId, from: device.deviceId, signal })
        return
      }
      case 'grant':
        return this.#grant(session, device, message.requestId, message.release)
      case 'status':
        this.statuses.set(device.deviceId, message.status)
        this.onStatus(device.deviceId, message.status)
        return
      case 'event': {
        const { type: _, ...event } = message
        this.events.push({ deviceId: device.deviceId, ...event })
      }
    }
  }

  async #welcome(session: Session, hello: Extract<SignalUp, { type: 'hello' }>): Promise<void> {
    const device = this.#devices.get(hello.deviceId)
    if (device === undefined) return this.#refuse(session, 'device-unknown')
    const bytes = helloBytes(session.nonce, hello.deviceId)
    if (!(await verifySignature(device.publicKey, hello.signature, bytes)))
      return this.#refuse(session, 'signature-invalid')
    for (const other of this.#live()) if (other.device === device) this.#refuse(other, 'conflict')
    session.device = device
    session.isLive = true
    this.#say(session, {
      type: 'welcome',
      serverTime: toInstant(this.now()),
      device: this.#identity(device),
      assignments: this.#assignmentsWire(),
      storesOnline: this.#storesFor(device),
      iceServers: [],
      heartbeatMs: HEARTBEAT_MS,
      returnSpreadMs: 0,
    })
    this.#tellStores(session)
  }

  #introduce(session: Session, device: FakeDevice, requestId: string, release: string): void {
    const now = this.now()
    this.#introductions.expire(now)
    const windows = this.#assignments.find(assignment => assignment.digest === release)?.windows ?? null
    const candidates = this.#live().flatMap(({ device: other }) => {
      if (other === null || other.role !== 'store') return []
      const live = this.#introductions.of(other.deviceId)
      return { deviceId: other.deviceId, role: other.role, site: 'shop', live }
    })
    const requester = {
      deviceId: device.deviceId,
      role: device.role,
      site: 'shop',
      liveIntroductionsAsked: this.#introductions.askedBy(device.deviceId),
    }
    const decision = decideIntroduction({ requester, windows, release, candidates }, now)
    if (!decision.introduce) {
      const why = problem(decision.reason, undefined, decision.retryAt)
      return this.#say(session, { type: 'refused', requestId, problem: why })
    }
    if (decision.ends !== null) this.#introductions.end(decision.ends)
    const introductionId = `i${this.#nextId++}`
    this.#introductions.open(introductionId, device.deviceId, decision.storeId, now)
    this.introductionsMade += 1
    const store = this.#live().find(other => other.device?.deviceId === decision.storeId)
    if (store)
      this.#say(store, {
        type: 'introduction',
        introductionId,
        peer: { deviceId: device.deviceId, role: device.role },
        initiator: false,
      })
    this.#say(session, {
      type: 'introduction',
      introductionId,
      requestId,
      peer: { deviceId: decision.storeId, role: 'store' },
      initiator: true,
    })
  }

  #grant(session: Session, device: FakeDevice, requestId: string, release: string): void {
    const assignment = this.#assignments.find(candidate => candidate.digest === release)
    if (assignment === undefined) {
      return this.#say(session, { type: 'refused', requestId, problem: problem('not-assigned') })
    }
    const { server } = decideSources({ role: device.role, ...assignment.windows }, this.now())
    if (server.state === 'closed') {
      const why = problem('window-closed', undefined, server.retryAt)
      return this.#say(session, { type: 'refused', requestId, problem: why })
    }
    const expiresAt = this.now() + this.grantLifeMs
    const token = `${device.deviceId} ${release} ${expiresAt}`
    this.#say(session, { type: 'grant', requestId, release, token, expiresAt: toInstant(expiresAt) })
  }

  #refuse(session: Session, name: ProblemName): void {
    this.#say(session, { type: 'error', problem: problem(name) })
    session.isLive = false
    this.#time.setTimer(this.latencyMs, () => this.#end(session, 4000))
  }

  #end(session: Session, code: number): void {
    if (session.ended) return
    session.ended = true
    const wasLive = session.isLive
    session.isLive = false
    this.#sessions.delete(session)
    session.host.later(0, () => session.events.onClose(code))
    if (wasLive) this.#tellStores()
  }

  #live(): Session[] {
    return [...this.#sessions].filter(session => session.isLive)
  }

  #storesFor(device: FakeDevice): number {
    return this.#live().filter(other => other.device?.role === 'store' && other.device !== device).length
  }

  #tellStores(except?: Session): void {
    for (const session of this.#live())
      if (session !== except && session.device)
        this.#say(session, { type: 'stores', online: this.#storesFor(session.device) })
  }

  #say(session: Session, message: SignalDownWire): void {
    const text = JSON.stringify(message)
    const { deviceId } = session.host
    const tells = message.type === 'welcome' || message.type === 'assignments' || message.type === 'device'
    const { copies, lateMs } = this.disturb(message.type)
    for (let copy = 0; copy < copies; copy++) {
      session.host.later(this.latencyMs + lateMs + (this.delayMs.get(deviceId) ?? 0), () => {
        if (session.ended) return
        if (tells) this.#toldAt.set(deviceId, this.#time.nowMs)
        session.events.onMessage(text)
      })
    }
  }

  #identity(device: FakeDevice) {
    return {
      deviceId: device.deviceId,
      name: device.deviceId.slice(0, 8),
      state: 'accepted' as const,
      code: null,
      role: device.role,
      assignedRole: device.role,
      site: 'shop',
      timeZone: 'Europe/Berlin',
      ...plainIdentity,
    }
  }

  #assignmentsWire() {
    return this.#assignments.map(assignment => ({
      ...assignment,
      assignedAt: toInstant(assignment.assignedAt),
      windows: {
        proxyDistribution: assignment.windows.proxyDistribution,
        onlyToProxiesUntil: toInstantOrNull(assignment.windows.onlyToProxiesUntil),
        enforceProxyUntil: toInstantOrNull(assignment.windows.enforceProxyUntil),
      },
    }))
  }
}
