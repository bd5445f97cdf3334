/**
 * One site while devices of it are online: who is here, who holds the store role, who was introduced to whom. Bookkeeping
 * only; `policy/` decides. It knows no sessions, no sockets and no other site, so nothing can cross between sites here.
 */
import { decideIntroduction, type IntroductionDecision } from '../../policy/introductions.ts'
import { promoteStores, STORE_ABSENCE_GRACE_MS } from '../../policy/store-promotion.ts'
import { effectiveRole, type Role } from '../../policy/windows.ts'
import type { Assignment, DeviceIdentity } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import type { DeviceRecord } from '../fleet-directory.ts'
import { FetchTurns, type TurnLimits } from './fetch-turns.ts'
import { type FleetView, identityOf } from './fleet-view.ts'
import { IntroductionBook } from './introduction-book.ts'

export type AcceptedRecord = DeviceRecord & { readonly state: 'accepted'; readonly site: string }

export function isAccepted(record: DeviceRecord): record is AcceptedRecord {
  return record.state === 'accepted' && record.site !== null
}

export interface SitePlan {
  readonly assignments: readonly Assignment[]
  readonly storesWanted: number
}

export class SiteHub {
  readonly site: string
  readonly introductions = new IntroductionBook()
  #plan: SitePlan
  #viewVersion = 0
  #storesVersion = 0
  /** By release digest. */
  readonly #turns = new Map<string, FetchTurns>()
  readonly #identities = new WeakMap<AcceptedRecord, DeviceIdentity>()
  #promoted: ReadonlySet<string> = new Set()
  #storesOnline: ReadonlySet<string> = new Set()
  readonly #online = new Map<string, AcceptedRecord>()
  readonly #recentlyGone = new Map<
    string,
    { readonly record: AcceptedRecord; readonly offlineSince: number }
  >()

  constructor(site: string, plan: SitePlan) {
    this.site = site
    this.#plan = plan
  }

  get plan(): SitePlan {
    return this.#plan
  }

  get onlineDeviceIds(): readonly string[] {
    return [...this.#online.keys()]
  }

  /** Rises whenever the view of a device may differ by more than its own record and the stores that are online. */
  get viewVersion(): number {
    return this.#viewVersion
  }

  /** Rises whenever a store has come or gone. */
  get storesVersion(): number {
    return this.#storesVersion
  }

  get storesOnline(): number {
    return this.#storesOnline.size
  }

  get isIdle(): boolean {
    const isEmpty = this.#online.size === 0 && this.#recentlyGone.size === 0
    return isEmpty && this.introductions.size === 0 && this.#turns.size === 0
  }

  setPlan(plan: SitePlan, now: number): void {
    this.#plan = plan
    this.#viewVersion++
    this.#promote(now)
  }

  /** The device is online, or its record changed while it is. */
  enter(record: AcceptedRecord, now: number): void {
    this.#recentlyGone.delete(record.deviceId)
    this.#online.set(record.deviceId, record)
    this.#promote(now)
  }

  /** The device went offline; its introductions and, for a while, its role stay. */
  leave(deviceId: string, now: number): void {
    const record = this.#online.get(deviceId)
    if (record === undefined) return
    this.#online.delete(deviceId)
    for (const turns of this.#turns.values()) turns.leave(deviceId, now)
    this.#recentlyGone.set(deviceId, { record, offlineSince: now })
    this.#promote(now)
  }

  /** The device belongs here no longer. */
  remove(deviceId: string, now: number): void {
    this.#online.delete(deviceId)
    this.#recentlyGone.delete(deviceId)
    this.introductions.forget(deviceId)
    for (const turns of this.#turns.values()) turns.finish(deviceId)
    this.#promote(now)
  }

  /** What time alone changes: absences become real, introductions end. True when anybody's role changed. */
  sweep(now: number): boolean {
    this.introductions.expire(now)
    for (const [release, turns] of this.#turns) {
      turns.expire(now)
      if (turns.isIdle) this.#turns.delete(release)
    }
    for (const [deviceId, { offlineSince }] of this.#recentlyGone) {
      if (now >= offlineSince + STORE_ABSENCE_GRACE_MS) this.#recentlyGone.delete(deviceId)
    }
    return this.#promote(now)
  }

  /** Whose turn it is to fetch this release from the server. */
  turnsOf(release: string, limits: TurnLimits): FetchTurns {
    const known = this.#turns.get(release) ?? new FetchTurns(limits)
    this.#turns.set(release, known)
    return known
  }

  /** A device that has a release whole leaves its turn to the next. */
  reported(deviceId: string, { packages }: DeviceStatus): void {
    for (const { package: name, release, digest } of this.#plan.assignments) {
      const status = packages.find(each => each.package === name && each.wantedRelease === release)
      if (status?.phase === 'staged' || status?.phase === 'active') this.#turns.get(digest)?.finish(deviceId)
    }
  }

  roleOf(record: DeviceRecord): Role {
    return effectiveRole(record.assignedRole, this.#promoted.has(record.deviceId))
  }

  viewOf(record: AcceptedRecord): FleetView {
    const isCounted = this.#storesOnline.has(record.deviceId)
    return {
      device: this.#identityOf(record),
      assignments: this.#plan.assignments,
      storesOnline: this.#storesOnline.size - Number(isCounted),
    }
  }

  /** The same object as long as it says the same, so that nobody has to compare what it says. */
  #identityOf(record: AcceptedRecord): DeviceIdentity {
    const role = this.roleOf(record)
    const known = this.#identities.get(record)
    if (known?.role === role) return known
    const identity = identityOf(record, role, null)
    this.#identities.set(record, identity)
    return identity
  }

  /** Decides whom to introduce to `asker`, which is online here. Opens nothing yet. */
  decideIntroduction(asker: AcceptedRecord, release: string, now: number): IntroductionDecision {
    this.introductions.expire(now)
    const windows = this.#plan.assignments.find(assignment => assignment.digest === release)?.windows ?? null
    return decideIntroduction(
      {
        requester: {
          deviceId: asker.deviceId,
          role: this.roleOf(asker),
          site: this.site,
          liveIntroductionsAsked: this.introductions.askedBy(asker.deviceId),
        },
        windows,
        release,
        candidates: [...this.#storesOnline].map(deviceId => ({
          deviceId,
          role: 'store',
          site: this.site,
          live: this.introductions.of(deviceId),
        })),
      },
      now,
    )
  }

  record(deviceId: string): AcceptedRecord | undefined {
    return this.#online.get(deviceId)
  }

  #promote(now: number): boolean {
    const here = [...this.#online.values()].map(record => ({ ...siteDevice(record), offlineSince: null }))
    const gone = [...this.#recentlyGone.values()].map(({ record, offlineSince }) => ({
      ...siteDevice(record),
      offlineSince,
    }))
    const promoted = promoteStores(
      {
        site: this.site,
        storesWanted: this.#plan.storesWanted,
        devices: [...here, ...gone],
        promoted: this.#promoted,
      },
      now,
    )
    const hasChanged = !isSameSet(promoted, this.#promoted)
    this.#promoted = promoted
    const stores = [...this.#online.values()].filter(record => this.roleOf(record) === 'store')
    const before = this.#storesOnline
    this.#storesOnline = new Set(stores.map(record => record.deviceId))
    if (hasChanged) this.#viewVersion++
    if (!isSameSet(before, this.#storesOnline)) this.#storesVersion++
    return hasChanged
  }
}

const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every(each => b.has(each))

const siteDevice = ({ deviceId, assignedRole }: AcceptedRecord) => ({ deviceId, assignedRole })
