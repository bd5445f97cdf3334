/** Drives one download machine through time: sends events, keeps the last wake, and gives short names to what is asked often. */

import type { DownloadEffect } from '../../../client/machines/download/effects.ts'
import { createDownload, type DownloadState } from '../../../client/machines/download/state.ts'
import { type DownloadEvent, stepDownload } from '../../../client/machines/download/step.ts'
import type { KioskOptions } from '../../../client/options.ts'
import { defaultOptions } from '../../../client/options.ts'
import type { Role, Windows } from '../../../policy/windows.ts'
import { bitfieldOf } from '../../../protocol/peer/bitfield.ts'

export const SERVER_EPOCH_MS = 1_800_000_000_000
export const SELF = 'd-self'
const CHUNK_BYTES = 1_000

export interface DriverOptions {
  readonly role?: Role
  readonly chance?: number
  readonly windows?: Partial<Windows>
  readonly digests?: readonly string[]
  readonly online?: boolean
  readonly storesOnline?: number
  readonly held?: readonly number[]
  readonly options?: Partial<KioskOptions>
}

export const digestsOf = (count: number) => Array.from({ length: count }, (_, i) => `${i}`.padStart(64, '0'))

export class DownloadDriver {
  readonly state: DownloadState
  readonly options: KioskOptions
  now = 50_000
  clockShiftMs = 0
  wakeAt: number | null = null
  last: readonly DownloadEffect[] = []

  constructor(options: DriverOptions = {}) {
    this.options = {
      ...defaultOptions,
      minPipelineBytes: 4 * CHUNK_BYTES,
      maxPipelineBytes: 4 * CHUNK_BYTES,
      minStoreBytesPerS: 0,
      admissionSpreadMs: 0,
      ...options.options,
    }
    this.state = createDownload({
      selfId: SELF,
      releaseDigest: 'r'.repeat(64),
      chunks: (options.digests ?? digestsOf(10)).map(digest => ({ digest, sizeBytes: CHUNK_BYTES })),
      chance: options.chance ?? 0,
      role: options.role ?? 'kiosk',
      windows: this.windows(options.windows ?? {}),
      traffic: { fromStores: 0, fromServer: 0, reused: 0 },
    })
    this.send({
      type: 'checked',
      indexes: options.held ?? [],
      reusedBytes: 0,
      session: { online: options.online ?? true, storesOnline: options.storesOnline ?? 1 },
      stores: [],
    })
  }

  get serverNow(): number {
    return SERVER_EPOCH_MS + this.now + this.clockShiftMs
  }

  windows(windows: Partial<Windows>): Windows {
    return { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null, ...windows }
  }

  /** Server time that is so far ahead. */
  inMs(ms: number): number {
    return this.serverNow + ms
  }

  send(event: DownloadEvent): readonly DownloadEffect[] {
    const moment = { now: this.now, serverNow: this.serverNow }
    this.last = stepDownload(this.state, event, moment, this.options).effects
    for (const effect of this.last) if (effect.type === 'wake') this.wakeAt = effect.at
    return this.last
  }

  /** Lets time pass, waking the machine whenever it wanted to be; all effects on the way. */
  pass(ms: number): DownloadEffect[] {
    const end = this.now + ms
    const effects: DownloadEffect[] = []
    while (this.wakeAt !== null && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt)
      this.wakeAt = null
      effects.push(...this.send({ type: 'wake' }))
    }
    this.now = end
    return effects
  }

  /** A store is reached: introduction, link, and the offer of these chunks. */
  link(deviceId: string, indexes: readonly number[], role: Role = 'store'): readonly DownloadEffect[] {
    this.send({ type: 'introduced', deviceId })
    this.send({ type: 'peer-joined', deviceId, role })
    return this.offer(deviceId, indexes)
  }

  offer(deviceId: string, indexes: readonly number[]): readonly DownloadEffect[] {
    const bits = bitfieldOf(this.state.table.chunks.length, index => indexes.includes(index))
    return this.send({ type: 'peer-offer', deviceId, bits })
  }

  grant(lifeMs = 300_000): readonly DownloadEffect[] {
    return this.send({ type: 'grant', token: 'token', expiresAt: this.inMs(lifeMs) })
  }

  receive(index: number, from: 'server' | { deviceId: string }): readonly DownloadEffect[] {
    return this.send({ type: 'received', index, from, encoded: new Uint8Array(CHUNK_BYTES + 1) })
  }

  /** Receives and stores. */
  take(index: number, from: 'server' | { deviceId: string }): readonly DownloadEffect[] {
    return [...this.receive(index, from), ...this.send({ type: 'stored', index })]
  }
}

export const typesOf = (effects: readonly DownloadEffect[]) =>
  effects.map(effect => effect.type).filter(type => type !== 'wake')

export const requestedOf = (effects: readonly DownloadEffect[], deviceId: string) =>
  effects.flatMap(effect => (effect.type === 'request' && effect.deviceId === deviceId ? effect.indexes : []))

export const fetchedOf = (effects: readonly DownloadEffect[]) =>
  effects.flatMap(effect => (effect.type === 'fetch' ? effect.index : []))
