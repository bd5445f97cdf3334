/**
 * All peer links of this device: makes them from introductions, runs a session machine on each, carries frames and
 * chunks between them and the downloads. One link per device; a new introduction replaces the old link when its
 * first signal comes. What is asked and served is decided in `machines/peer-session/` and in the downloads.
 */

import type { Role } from '../../policy/windows.ts'
import type { PeerStatus } from '../../protocol/device-status.ts'
import type { ManifestChunk } from '../../protocol/manifest.ts'
import type { PeerMessage } from '../../protocol/peer/messages.ts'
import type { IceServer } from '../../protocol/signal/down.ts'
import type { PeerSignal } from '../../protocol/signal/peer-signal.ts'
import { type SpokenVersion, spokenVersion } from '../../protocol/spoken-versions.ts'
import type { PeerSessionEffect } from '../machines/peer-session/effects.ts'
import { upcoming } from '../machines/peer-session/serving.ts'
import {
  createPeerSession,
  isIdle,
  isServing,
  type PeerSessionState,
  type Shares,
} from '../machines/peer-session/state.ts'
import { type PeerSessionEvent, peerSessionWakeAt, stepPeerSession } from '../machines/peer-session/step.ts'
import type { KioskOptions } from '../options.ts'
import type { OpenPeerLink, PeerLink, Platform } from '../ports.ts'
import { ChunkUploads } from './chunk-uploads.ts'
import { FlowControlledSender } from './flow-controlled-sender.ts'
import { freeBytes } from './free-bytes.ts'
import { WakeTimer } from './timer.ts'

/** News of the links, for downloads and for reports. */
interface PeerHubListener {
  opened(deviceId: string, role: Role): void
  /** Also for a link that never opened. */
  closed(deviceId: string): void
  session(deviceId: string, effect: Extract<PeerSessionEffect, { readonly release: string }>): void
  violation(deviceId: string, detail: string): void
  changed(): void
}

export interface PeerHubDeps {
  readonly platform: Platform
  readonly openLink: OpenPeerLink
  readonly iceServers: () => readonly IceServer[]
  readonly serverNow: () => number
  readonly selfId: () => string
  readonly selfRole: () => Role
  readonly shares: () => Shares
  readonly chunkOf: (release: string, index: number) => ManifestChunk | undefined
  /** The encoded chunk, verified; null when it cannot be read. */
  readonly readChunk: (chunk: ManifestChunk) => Promise<Uint8Array<ArrayBuffer> | null>
  /** What the server lets this device send to others, bytes a second; null for no limit. */
  readonly uploadLimit: () => number | null
  readonly sendSignal: (introductionId: string, signal: PeerSignal) => void
  readonly listener: PeerHubListener
  readonly options: KioskOptions
  /** Absent: all that this code speaks. */
  readonly versions?: readonly SpokenVersion[]
}

interface Connection {
  readonly deviceId: string
  readonly introductionId: string
  readonly link: PeerLink
  readonly sender: FlowControlledSender
  readonly session: PeerSessionState
  readonly initiator: boolean
  readonly cancelHandshakeTimer: () => void
  readonly timer: WakeTimer
  bytesIn: number
  lastBusyAt: number
}

/** An introduction whose link is made when the other side's first signal comes. */
interface Invitation {
  readonly deviceId: string
  readonly role: Role
  readonly receivedAt: number
}
const INVITATION_LIFE_MS = 60_000
/** A link over which nothing was asked or sent for this long may make room for another device's. */
const IDLE_LINK_MS = 5_000

export class PeerHub {
  readonly #deps: PeerHubDeps
  readonly #connections = new Map<string, Connection>()
  readonly #byIntroduction = new Map<string, Connection>()
  readonly #invitations = new Map<string, Invitation>()
  readonly #bannedUntil = new Map<string, number>()

  readonly #uploads: ChunkUploads

  constructor(deps: PeerHubDeps) {
    this.#deps = deps
    const { platform, options, chunkOf, readChunk } = deps
    const limits = () => [options.uploadBytesPerS, deps.uploadLimit()].filter(limit => limit !== null)
    const limit = () => (limits().length === 0 ? null : Math.min(...limits()))
    this.#uploads = new ChunkUploads({ platform, options, limit, chunkOf, readChunk })
  }

  /** Open links to stores. */
  openStores(): readonly { readonly deviceId: string; readonly role: Role }[] {
    return [...this.#connections.values()]
      .filter(({ session }) => session.phase === 'open' && session.remote.role === 'store')
      .map(({ session }) => session.remote)
  }

  /** The server named another device. Returns false when no link will be made: it is linked, banned, or one too many. */
  introduced(introductionId: string, peer: { deviceId: string; role: Role }, initiator: boolean): boolean {
    if (this.#isBanned(peer.deviceId)) return false
    if (!initiator) {
      this.#invitations.set(introductionId, { ...peer, receivedAt: this.#deps.platform.monotonicMs() })
      this.#forgetOldInvitations()
      return true
    }
    const before = this.#connections.get(peer.deviceId)
    // One that is being made will do: should it fail, all who wait for it are told.
    if (before !== undefined) return before.session.phase !== 'open'
    return this.#connect(introductionId, peer, true) !== null
  }

  /** A signal of an introduction, relayed by the server. Signals of unknown introductions are late ones. */
  signal(introductionId: string, from: string, signal: PeerSignal): void {
    const known = this.#byIntroduction.get(introductionId)
    if (known !== undefined) {
      if (known.deviceId === from) known.link.signal(signal)
      return
    }
    const invitation = this.#invitations.get(introductionId)
    if (invitation === undefined || invitation.deviceId !== from) return
    this.#invitations.delete(introductionId)
    if (this.#isBanned(from) || this.#isOursToMake(from)) return
    this.#connect(introductionId, invitation, false)?.link.signal(signal)
  }

  /** Steps the session with one device; nothing happens if there is no link to it. */
  step(deviceId: string, event: PeerSessionEvent): void {
    const connection = this.#connections.get(deviceId)
    if (connection !== undefined) this.#step(connection, event)
  }

  stepAll(event: PeerSessionEvent): void {
    for (const connection of [...this.#connections.values()]) this.#step(connection, event)
  }

  /** Ends a link whose other side did what it must not, and leaves that device alone for a while (PR-P10). */
  ban(deviceId: string): void {
    this.#bannedUntil.set(deviceId, this.#deps.platform.monotonicMs() + 10 * this.#deps.options.suspectMs)
    const connection = this.#connections.get(deviceId)
    if (connection !== undefined) this.#end(connection)
  }

  /** Somebody is using the screen: uploads give way for a few seconds. */
  userActive(): void {
    this.#uploads.userActive()
  }

  closeAll(): void {
    for (const connection of [...this.#connections.values()]) this.#end(connection)
    this.#invitations.clear()
  }

  statuses(): PeerStatus[] {
    return [...this.#connections.values()].map(({ deviceId, session, bytesIn, sender }) => ({
      deviceId,
      state: session.phase === 'open' ? 'open' : session.phase === 'closed' ? 'closed' : 'connecting',
      bytesIn,
      bytesOut: sender.bytesOut,
    }))
  }

  #connect(
    introductionId: string,
    peer: { deviceId: string; role: Role },
    initiator: boolean,
  ): Connection | null {
    const before = this.#connections.get(peer.deviceId)
    if (before?.session.phase === 'open') this.#end(before)
    // Whoever waits for a link that is still being made, now waits for its successor.
    else if (before !== undefined) this.#release(before)
    if (!this.#hasRoom()) {
      if (before !== undefined) this.#deps.listener.closed(peer.deviceId)
      return null
    }
    const { platform, options } = this.#deps
    // The link may call back only after this function returned.
    const ref: { connection: Connection | null } = { connection: null }
    const withConnection = (action: (connection: Connection) => void) => {
      if (ref.connection !== null && this.#connections.get(peer.deviceId) === ref.connection)
        action(ref.connection)
    }
    const link = this.#deps.openLink(
      { initiator, iceServers: this.#deps.iceServers() },
      {
        onSignal: signal => withConnection(() => this.#deps.sendSignal(introductionId, signal)),
        onOpen: () => withConnection(connection => this.#step(connection, { type: 'link-open' })),
        onFrame: frame => withConnection(connection => this.#receive(connection, frame)),
        onDrain: () => withConnection(connection => connection.sender.drained()),
        onClose: () => withConnection(connection => this.#end(connection)),
      },
    )
    const connection: Connection = {
      deviceId: peer.deviceId,
      introductionId,
      link,
      sender: new FlowControlledSender(link, () => platform.monotonicMs()),
      session: createPeerSession(peer, this.#deps.selfRole(), this.#deps.versions),
      initiator,
      // Until the other side's hello: an open channel to a page that does not answer is no contact.
      cancelHandshakeTimer: platform.setTimer(options.contactTimeoutMs, () =>
        withConnection(late => {
          if (late.session.phase !== 'open') this.#end(late)
        }),
      ),
      timer: new WakeTimer(platform, () => withConnection(woken => this.#step(woken, { type: 'wake' }))),
      bytesIn: 0,
      lastBusyAt: platform.monotonicMs(),
    }
    ref.connection = connection
    this.#connections.set(peer.deviceId, connection)
    this.#byIntroduction.set(introductionId, connection)
    this.#deps.listener.changed()
    return connection
  }

  #receive(connection: Connection, frame: Uint8Array<ArrayBuffer>): void {
    connection.bytesIn += frame.byteLength
    const decoded = spokenOn(connection).decodePeer(frame)
    this.#step(
      connection,
      decoded.ok
        ? { type: 'message', message: decoded.message }
        : { type: 'violation', detail: decoded.message },
    )
    // A slice has been copied to its place; a whole chunk stays a view of its frame.
    if (decoded.ok && decoded.message.type === 'chunk' && isSlice(decoded.message)) freeBytes(frame)
  }

  #step(connection: Connection, event: PeerSessionEvent): void {
    const { platform } = this.#deps
    const now = this.#deps.serverNow()
    const shares = this.#deps.shares()
    const { state, effects } = stepPeerSession(connection.session, event, now, shares)
    const wakeAt = peerSessionWakeAt(state, now, shares)
    connection.timer.set(wakeAt === null ? null : platform.monotonicMs() + (wakeAt - now))
    if (!isIdle(state)) connection.lastBusyAt = platform.monotonicMs()
    for (const effect of effects) this.#perform(connection, effect)
    if (isServing(state)) this.#uploads.expect(connection.sender, upcoming(state))
    else this.#uploads.idle(connection.sender)
  }

  #perform(connection: Connection, effect: PeerSessionEffect): void {
    const { listener } = this.#deps
    switch (effect.type) {
      case 'send': {
        const frame = spokenOn(connection).encodePeer(effect.message)
        return frame === null ? undefined : connection.sender.send(frame)
      }
      case 'send-chunk':
        return void this.#sendChunk(connection, effect.release, effect.index, effect.maxFrameBytes)
      case 'opened':
        connection.cancelHandshakeTimer()
        listener.opened(connection.deviceId, connection.session.remote.role)
        return listener.changed()
      case 'close':
        if (effect.violation) {
          this.#bannedUntil.set(
            connection.deviceId,
            this.#deps.platform.monotonicMs() + this.#deps.options.suspectMs,
          )
          listener.violation(connection.deviceId, effect.reason)
        }
        return this.#end(connection)
      default:
        return listener.session(connection.deviceId, effect)
    }
  }

  async #sendChunk(
    connection: Connection,
    release: string,
    index: number,
    maxFrameBytes: number,
  ): Promise<void> {
    const { encodePeer } = spokenOn(connection)
    const wanted = { release, index }
    const outcome = await this.#uploads.send(connection.sender, wanted, maxFrameBytes, encodePeer)
    if (outcome !== null) this.#step(connection, { type: 'chunk-done', outcome })
  }

  #end(connection: Connection): void {
    if (this.#connections.get(connection.deviceId) !== connection) return
    this.#release(connection)
    this.#deps.listener.closed(connection.deviceId)
    this.#deps.listener.changed()
  }

  /** Lets go of a link and tells nobody. */
  #release(connection: Connection): void {
    connection.cancelHandshakeTimer()
    connection.timer.set(null)
    connection.session.phase = 'closed'
    connection.sender.end()
    this.#uploads.idle(connection.sender)
    this.#byIntroduction.delete(connection.introductionId)
    this.#connections.delete(connection.deviceId)
    connection.link.close()
  }

  /**
   * Two devices that were introduced to each other by each other's wish would replace one another's link for ever: of
   * two attempts, that of the device with the smaller id is made.
   */
  #isOursToMake(deviceId: string): boolean {
    const ours = this.#connections.get(deviceId)
    if (ours === undefined || !ours.initiator || ours.session.phase === 'open') return false
    return this.#deps.selfId() < deviceId
  }

  /** True if one more link may be made; the one that was idle longest goes for it. */
  #hasRoom(): boolean {
    if (this.#connections.size < this.#deps.options.maxLinks) return true
    const idleSince = this.#deps.platform.monotonicMs() - IDLE_LINK_MS
    const idle = [...this.#connections.values()].filter(
      ({ session, lastBusyAt }) => isIdle(session) && lastBusyAt <= idleSince,
    )
    const [longest] = idle.sort((a, b) => a.lastBusyAt - b.lastBusyAt)
    if (longest !== undefined) this.#end(longest)
    return longest !== undefined
  }

  #isBanned(deviceId: string): boolean {
    const until = this.#bannedUntil.get(deviceId)
    if (until === undefined) return false
    if (this.#deps.platform.monotonicMs() < until) return true
    this.#bannedUntil.delete(deviceId)
    return false
  }

  #forgetOldInvitations(): void {
    const before = this.#deps.platform.monotonicMs() - INVITATION_LIFE_MS
    for (const [id, { receivedAt }] of this.#invitations)
      if (receivedAt < before) this.#invitations.delete(id)
  }
}

const spokenOn = ({ session: { versions, version } }: Connection) => spokenVersion(versions, version)

const isSlice = ({ payload, totalBytes }: Extract<PeerMessage, { type: 'chunk' }>) =>
  payload.byteLength < totalBytes
