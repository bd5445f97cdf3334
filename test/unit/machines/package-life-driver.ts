/** Drives a package's machine under virtual time as its runner does, and says what it did in short. */
import type { PackageEffect, PackageEvent } from '../../../client/machines/package-life/events.ts'
import type { PackageMoment, PackageState } from '../../../client/machines/package-life/states.ts'
import {
  createPackage,
  emptyPackageRecord,
  packageWakeAt,
  stepPackage,
} from '../../../client/machines/package-life/step.ts'
import { defaultOptions } from '../../../client/options.ts'
import type { PackageRecord, ReleaseFailure } from '../../../client/records.ts'
import { type Assignment, defaultUpdateOptions } from '../../../protocol/assignment.ts'

export const digestOf = (release: number) => String(release).padStart(64, '0')
export const refOf = (release: number) => ({ release, version: `1.${release}`, digest: digestOf(release) })

export const assignmentOf = (release: number, change: Partial<Assignment> = {}): Assignment => ({
  package: 'lobby',
  ...refOf(release),
  windows: { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null },
  ...defaultUpdateOptions,
  assignedAt: 0,
  ...change,
})

export const threw: ReleaseFailure = { reason: 'threw', message: 'x is undefined' }

/** How the page ended before a start. */
export interface LastEnd {
  readonly hung: boolean
  readonly endedInOrder: boolean
}
export const crashed: LastEnd = { hung: false, endedInOrder: false }
export const hung: LastEnd = { hung: true, endedInOrder: false }
export const closed: LastEnd = { hung: false, endedInOrder: true }

export class PackageLifeDriver {
  state: PackageState
  effects: readonly PackageEffect[] = []
  /** Monotonic ms. */
  now = 1_000
  moment: Omit<PackageMoment, 'now'> = {
    serverNow: null,
    timeZone: 'Europe/Berlin',
    activeAt: 0,
    retries: 0,
    onScreen: true,
  }
  /** What the disk holds of the package; `write` decides whether it takes it. */
  disk: PackageRecord
  diskTakes = true

  /** Started with this record on the disk. */
  constructor(record: Partial<PackageRecord> = {}, lastEnd: LastEnd = crashed) {
    this.disk = { ...emptyPackageRecord('lobby'), ...record }
    this.state = createPackage(this.disk)
    this.step({ type: 'started', ...lastEnd })
  }

  /** A start on what is on the disk now: what was only in memory is gone. */
  static restarted(before: PackageLifeDriver, lastEnd: LastEnd = crashed): PackageLifeDriver {
    const life = new PackageLifeDriver(before.disk, lastEnd)
    life.moment = before.moment
    return life
  }

  step(event: PackageEvent): string[] {
    const moment = { ...this.moment, now: this.now }
    const result = stepPackage(this.state, event, moment, defaultOptions)
    this.state = result.state
    this.effects = result.effects
    for (const effect of result.effects)
      if (effect.type === 'save' && this.diskTakes) this.disk = effect.record
    return result.effects.map(effect => (effect.type === 'report' ? effect.kind : effect.type))
  }

  /** Answers the pointer write that the last step asked for. */
  write(): string[] {
    const effect = this.effects.find(({ type }) => type === 'switch')
    if (effect?.type !== 'switch') throw new Error('no pointer is being written')
    if (!this.diskTakes) return this.step({ type: 'switch-failed', record: effect.record })
    this.disk = effect.record
    return this.step({ type: 'switched', record: effect.record })
  }

  pass(ms: number): string[] {
    this.now += ms
    if (this.moment.serverNow !== null)
      this.moment = { ...this.moment, serverNow: this.moment.serverNow + ms }
    return this.step({ type: 'wake' })
  }

  assign(release: number, change: Partial<Assignment> = {}): string[] {
    return this.step({ type: 'assigned', assignment: assignmentOf(release, change) })
  }

  /** Assigned, its manifest accepted and all chunks here. */
  download(release: number, change: Partial<Assignment> = {}): string[] {
    this.assign(release, change)
    this.step({ type: 'manifest-accepted', digest: digestOf(release) })
    return this.step({ type: 'downloaded', digest: digestOf(release) })
  }

  /** Downloaded, taken over at once, the pointer on the disk. */
  install(release: number, change: Partial<Assignment> = {}): string[] {
    this.download(release, change)
    return this.write()
  }

  load(release: number): string[] {
    return this.step({ type: 'app-loaded', digest: digestOf(release) })
  }

  fail(release: number, failure = threw): string[] {
    return this.step({ type: 'app-failed', digest: digestOf(release), failure })
  }

  notServed(release: number): string[] {
    return this.step({ type: 'app-not-served', digest: digestOf(release) })
  }

  ready(release: number): string[] {
    return this.step({ type: 'app-ready', digest: digestOf(release) })
  }

  refuse(release: number, reason: 'bad-signature' | 'older-release' = 'bad-signature'): string[] {
    return this.step({ type: 'manifest-refused', digest: digestOf(release), reason, message: 'no' })
  }

  get wakeInMs(): number | null {
    const at = packageWakeAt(this.state, defaultOptions)
    return at === null ? null : at - this.now
  }

  get active(): number | null {
    return this.state.record.active?.release ?? null
  }

  /** Such as `confirmed 1, waiting 2`. */
  get lives(): string {
    const { running, coming } = this.state
    return [running, coming]
      .flatMap(life => (life === null ? [] : `${life.name} ${life.release.release}`))
      .join(', ')
  }
}

/** A device that runs a release which is confirmed. */
export const running = (release: number) =>
  new PackageLifeDriver({ active: refOf(release), highestRelease: release })
