/**
 * Performs one release's download: carries the machine's wishes to stores, origin and disk, and their answers back.
 * Lives on after the last chunk, since a store goes on sharing the release and rotten chunks are fetched again.
 */

import { shortageSentence } from '../../policy/storage-words.ts'
import type { Role } from '../../policy/windows.ts'
import type { Assignment } from '../../protocol/assignment.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import type { DeviceEventKind } from '../../protocol/signal/up.ts'
import { missingBytes, servesIndex } from '../machines/download/chunk-table.ts'
import type { ChunkSource, DownloadEffect } from '../machines/download/effects.ts'
import { createDownload, type DownloadState } from '../machines/download/state.ts'
import { type DownloadEvent, type SessionView, stepDownload } from '../machines/download/step.ts'
import type { PeerSessionEffect } from '../machines/peer-session/effects.ts'
import type { Share } from '../machines/peer-session/state.ts'
import type { KioskOptions } from '../options.ts'
import type { ChunkIo, OriginClient, Platform } from '../ports.ts'
import type { TrafficRecord } from '../records.ts'
import { HaveBatch } from './have-batch.ts'
import type { PeerHub } from './peer-hub.ts'
import { WakeTimer } from './timer.ts'

/** Between two notices to the links that bytes are coming in; they pass on far fewer (PR-P8). */
const FETCHING_NOTICE_MS = 500

export interface DownloadDeps {
  readonly platform: Platform
  readonly options: KioskOptions
  readonly hub: PeerHub
  readonly origin: OriginClient
  readonly chunks: ChunkIo
  readonly serverNow: () => number
  readonly session: () => SessionView
  /** Ask the server; the answers come as events. */
  readonly introduce: (release: string) => void
  readonly askGrant: (release: string) => void
  /** Evicts what has to go so that the package gets room; resolves true if something went. */
  readonly makeRoom: (packageName: string) => Promise<boolean>
  readonly report: (kind: DeviceEventKind, detail: string, peer?: string) => void
  readonly completed: (release: string) => void
  readonly changed: () => void
}

/** A download of some chunks only, whose bytes count as those of another. */
export interface PartialDownload {
  readonly wants?: (index: number) => boolean
  readonly countInto?: DownloadState['traffic']
}

export class DownloadRunner {
  /** Its windows change while the download goes on: they are in the state. */
  readonly assignment: Omit<Assignment, 'windows'>
  readonly manifest: Manifest
  readonly state: DownloadState
  /** True while the chunks on the disk are being checked. */
  checking = true
  readonly #deps: DownloadDeps
  readonly #timer: WakeTimer
  readonly #gained: HaveBatch
  #fetchingNoticeAt = Number.NEGATIVE_INFINITY
  readonly #aborts = new Map<number, AbortController>()
  /** Digests of chunks that went while the disk was being checked. */
  readonly #lostMeanwhile = new Set<string>()
  #stopped = false

  constructor(
    deps: DownloadDeps,
    assignment: Assignment,
    manifest: Manifest,
    role: Role,
    selfId: string,
    traffic: TrafficRecord | null,
    { wants, countInto }: PartialDownload = {},
  ) {
    this.#deps = deps
    this.assignment = assignment
    this.manifest = manifest
    this.state = createDownload({
      selfId,
      releaseDigest: assignment.digest,
      chunks: manifest.chunks,
      chance: deps.platform.random(),
      role,
      windows: assignment.windows,
      traffic: countInto ?? countsOf(traffic?.digest === assignment.digest ? traffic : null),
      ...(wants && { wants }),
    })
    this.#gained = new HaveBatch(deps.platform, indexes => this.#announce(new Set(indexes)))
    this.#timer = new WakeTimer(deps.platform, () => this.dispatch({ type: 'wake' }))
  }

  /**
   * Checks what the disk holds of the release, then fetches the rest. `countReuse`: what is found counts as reused, but for
   * `made`, chunks whose bytes came as a patch.
   */
  async start(countReuse: boolean, made: ReadonlySet<string> = new Set()): Promise<void> {
    const { indexes, reusedBytes } = await this.#checkHeld(countReuse, made)
    if (this.#stopped) return
    this.checking = false
    const { hub, session } = this.#deps
    const held = indexes.filter(index => !this.#lostMeanwhile.has(this.#digestOf(index)))
    const stores = hub.openStores()
    this.dispatch({ type: 'checked', indexes: held, reusedBytes, session: session(), stores })
    // Whoever showed interest while the disk was being checked was offered nothing yet.
    this.#announce(new Set(held))
  }

  stop(): void {
    this.#stopped = true
    this.#timer.set(null)
    this.#gained.stop()
    for (const abort of this.#aborts.values()) abort.abort()
    this.#aborts.clear()
    this.#deps.hub.stepAll({ type: 'unwant', release: this.state.releaseDigest })
  }

  /** Nothing is decided while the disk is being checked: what counts is how things stand afterwards. */
  dispatch(event: DownloadEvent): void {
    if (this.#stopped) return
    if (this.checking) {
      if (event.type === 'lost') for (const digest of event.digests) this.#lostMeanwhile.add(digest)
      return
    }
    const { platform, serverNow, options } = this.#deps
    const moment = { now: platform.monotonicMs(), serverNow: serverNow() }
    const { effects } = stepDownload(this.state, event, moment, options)
    for (const effect of effects) this.#perform(effect)
    this.#deps.changed()
  }

  /** Policy and session as they are now; also before the check of the disk has ended. */
  updatePolicy(role: Role, assignment: Assignment): void {
    this.state.role = role
    this.state.windows = assignment.windows
    this.dispatch({ type: 'policy', role, windows: assignment.windows })
  }

  updateSession(): void {
    this.dispatch({ type: 'session', ...this.#deps.session() })
  }

  holdBack(on: boolean): void {
    if (this.state.heldBack === on) return
    if (this.checking) this.state.heldBack = on
    else this.dispatch({ type: 'hold-back', on })
  }

  /** Nothing more is fetched; what is here goes on being shared. */
  enough(): void {
    this.state.isEnough = true
    this.dispatch({ type: 'enough' })
  }

  /** What was counted, as it is kept on the disk. */
  trafficRecord(): TrafficRecord {
    const { digest, release } = this.assignment
    return { digest, release, ...this.state.traffic }
  }

  /** What the disk lacks for this release, as a sentence. */
  shortage(): string {
    const { package: name, version } = this.assignment
    return shortageSentence(`${name} ${version}`, missingBytes(this.state.table), this.#deps.chunks.kind)
  }

  /** What this device may serve of the release. */
  share(): Share {
    return {
      windows: this.state.windows,
      chunkCount: this.manifest.chunks.length,
      holds: index => servesIndex(this.state.table, index),
    }
  }

  introduced(deviceId: string, linkIsMade: boolean): void {
    this.dispatch(linkIsMade ? { type: 'introduced', deviceId } : { type: 'contact-failed', retryAt: null })
  }

  peerJoined(deviceId: string, role: Role): void {
    this.dispatch({ type: 'peer-joined', deviceId, role })
  }

  peerLeft(deviceId: string): void {
    this.dispatch({ type: 'peer-left', deviceId })
  }

  /** News from a link about this release. */
  heard(deviceId: string, effect: Extract<PeerSessionEffect, { readonly release: string }>): void {
    switch (effect.type) {
      case 'offer':
        return this.dispatch({ type: 'peer-offer', deviceId, bits: effect.bits })
      case 'have':
        return this.dispatch({ type: 'peer-have', deviceId, indexes: effect.indexes })
      case 'alive':
        return this.dispatch({ type: 'peer-alive', deviceId })
      case 'progress':
        this.#tellFetching()
        return this.dispatch({ type: 'peer-progress', deviceId, bytes: effect.bytes })
      case 'rejected': {
        const { reason, retryAfterMs, indexes } = effect
        return this.dispatch({ type: 'peer-reject', deviceId, reason, retryAfterMs, indexes })
      }
      case 'chunk':
        return this.dispatch({
          type: 'received',
          index: effect.index,
          encoded: effect.encoded,
          lastBytes: effect.lastBytes,
          from: { deviceId },
        })
    }
  }

  #perform(effect: DownloadEffect): void {
    const { hub } = this.#deps
    const release = this.state.releaseDigest
    switch (effect.type) {
      case 'introduce':
        this.#deps.introduce(release)
        return
      case 'interest':
        return hub.step(effect.deviceId, { type: 'want', release, sizes: this.manifest.chunks })
      case 'request':
        return hub.step(effect.deviceId, { type: 'ask', release, indexes: effect.indexes })
      case 'cancel':
        return hub.step(effect.deviceId, { type: 'cancel', release, indexes: effect.indexes })
      case 'ask-grant':
        this.#deps.askGrant(release)
        return
      case 'fetch':
        return void this.#fetch(effect.index, effect.token)
      case 'abort-fetches':
        for (const abort of this.#aborts.values()) abort.abort()
        return
      case 'store':
        return void this.#store(effect.index, effect.encoded, effect.from)
      case 'storage-trouble':
        return this.#deps.report(
          effect.reason,
          effect.reason === 'out-of-space' ? this.shortage() : effect.message,
        )
      case 'try-disk':
        return void this.#tryDisk(effect.sizeBytes)
      case 'make-room':
        return void this.#makeRoom()
      case 'drop-peer':
        this.#deps.report(
          'bad-chunk',
          `chunk ${effect.index} of ${this.assignment.package} was wrong`,
          effect.deviceId,
        )
        return hub.ban(effect.deviceId)
      case 'report-bad-origin':
        return this.#deps.report(
          'bad-chunk',
          `chunk ${effect.index} of ${this.assignment.package} from the server was wrong`,
        )
      case 'complete':
        return this.#deps.completed(release)
      case 'wake':
        return this.#timer.set(effect.at)
    }
  }

  async #fetch(index: number, token: string): Promise<void> {
    const chunk = this.manifest.chunks[index]
    if (chunk === undefined) return
    const abort = new AbortController()
    this.#aborts.set(index, abort)
    const { releaseDigest } = this.state
    const answer = await this.#deps.origin.chunk(releaseDigest, chunk.digest, token, abort.signal, () =>
      this.#tellFetching(),
    )
    if (this.#aborts.get(index) === abort) this.#aborts.delete(index)
    if (abort.signal.aborted) return
    if (answer.ok) return this.dispatch({ type: 'received', index, encoded: answer.value, from: 'server' })
    if (answer.reason === 'unreachable') {
      return this.dispatch({ type: 'origin-failed', index, reason: 'unreachable', retryAt: null })
    }
    const retryAt = answer.problem.retryAt ?? null
    this.dispatch({ type: 'origin-failed', index, reason: 'grant', retryAt })
  }

  async #store(index: number, encoded: Uint8Array<ArrayBuffer>, from: ChunkSource): Promise<void> {
    const chunk = this.manifest.chunks[index]
    if (chunk === undefined) return
    // A store gives a chunk on while its own disk is still at it.
    const isShared = this.state.role === 'store'
    const onVerified = () => {
      this.dispatch({ type: 'verified', index })
      if (!this.#stopped) this.#gained.add(index)
    }
    const result = await this.#deps.chunks.ingest(chunk, encoded, isShared ? onVerified : undefined)
    if (result.ok) {
      this.dispatch({ type: 'stored', index })
      if (!isShared && !this.#stopped) this.#gained.add(index)
    } else if (result.reason === 'bad-chunk') this.dispatch({ type: 'bad-chunk', index, from })
    else {
      const reason = result.reason === 'quota' ? 'out-of-space' : 'storage-failed'
      this.dispatch({ type: 'store-failed', index, reason, message: result.message })
    }
  }

  #tellFetching(): void {
    const now = this.#deps.platform.monotonicMs()
    if (now - this.#fetchingNoticeAt < FETCHING_NOTICE_MS) return
    this.#fetchingNoticeAt = now
    this.#deps.hub.stepAll({ type: 'fetching', release: this.state.releaseDigest })
  }

  /** Tells whoever is interested, under every index that the chunks have. */
  #announce(firstIndexes: ReadonlySet<number>): void {
    const { firstIndex, total } = this.state.table
    const hasTwins = total < firstIndex.length
    const indexes = hasTwins
      ? [...firstIndex.keys()].filter(index => firstIndexes.has(firstIndex[index] ?? index))
      : [...firstIndexes]
    this.#deps.hub.stepAll({ type: 'gained', release: this.state.releaseDigest, indexes })
  }

  #digestOf(index: number): string {
    return this.manifest.chunks[index]?.digest ?? ''
  }

  async #tryDisk(sizeBytes: number): Promise<void> {
    const result = await this.#deps.chunks.tryPut(sizeBytes)
    if (result.ok) return this.dispatch({ type: 'room-made' })
    const reason = result.reason === 'quota' ? 'out-of-space' : 'storage-failed'
    this.dispatch({ type: 'disk-refused', reason, message: result.message })
  }

  async #makeRoom(): Promise<void> {
    const made = await this.#deps.makeRoom(this.assignment.package)
    this.dispatch({ type: made ? 'room-made' : 'no-room' })
  }

  async #checkHeld(
    countReuse: boolean,
    made: ReadonlySet<string>,
  ): Promise<{ indexes: number[]; reusedBytes: number }> {
    const candidates = [...this.state.table.missing]
    const chunks = candidates.flatMap(index => this.manifest.chunks[index] ?? [])
    const sizes = await this.#deps.chunks.heldBytes(chunks)
    const indexes = candidates.filter((_, at) => sizes[at] !== null)
    let reusedBytes = 0
    for (const [at, { digest }] of chunks.entries())
      if (countReuse && !made.has(digest)) reusedBytes += sizes[at] ?? 0
    return { indexes, reusedBytes }
  }
}

function countsOf(record: TrafficRecord | null): DownloadState['traffic'] {
  const { fromStores = 0, fromServer = 0, reused } = record ?? {}
  return { fromStores, fromServer, reused: reused ?? 0 }
}
