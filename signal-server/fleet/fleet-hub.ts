/**
 * Who of the whole fleet is online at this server, and the way between their sessions. Performs what the machines and
 * `policy/` decide: brings changes of the records to those they concern, introduces, relays. What it holds can be lost:
 * after a restart devices connect again, and links between them never needed it.
 */
import { effectiveRole, type Role } from '../../policy/windows.ts'
import type { DeviceIdentity } from '../../protocol/assignment.ts'
import type { DeviceStatus } from '../../protocol/device-status.ts'
import { type ProblemDocument, problem } from '../../protocol/problem.ts'
import type { DeviceRecord, FleetChange } from '../fleet-directory.ts'
import type { DirectoryCache } from './directory-cache.ts'
import { DuplicateIdentities, type DuplicateIdentity } from './duplicate-identities.ts'
import { DEFAULT_TURN_LIMITS, type TurnLimits } from './fetch-turns.ts'
import { type FleetView, identityOf, isEnrolled } from './fleet-view.ts'
import { introductionRefused } from './introduction-refused.ts'
import type { ReturnSpread } from './return-spread.ts'
import { runLatest } from './run-latest.ts'
import type { ServerClock } from './server-clock.ts'
import { SessionLimit } from './session-limit.ts'
import type { SessionEffect, SessionEvent } from './session-types.ts'
import { type AcceptedRecord, isAccepted, SiteHub } from './site-hub.ts'
import { StoreNews } from './store-news.ts'

/** How often the hub looks for what time alone has changed. */
const SWEEP_EVERY_MS = 5_000

/** A session as the hub sees it. */
export interface HubSession {
  /** Where its device connects from. */
  readonly address: string
  deliver(event: SessionEvent): void
}

export interface FleetHubDeps {
  readonly directory: DirectoryCache
  readonly clock: ServerClock
  readonly log: { error(fields: object, message: string): void }
  /** A fresh, unpredictable short id. */
  readonly randomId: () => string
  /** In [0, 1): spreads devices that have to come back. */
  readonly chance?: () => number
  readonly turnLimits?: TurnLimits
  /** Ends with the hub. Without it devices are told of no spread. */
  readonly returnSpread?: Pick<ReturnSpread, 'spreadMs' | 'stop'>
  /** Two browsers turned out to have the key of an accepted device; told once while it is so. */
  readonly onDuplicate?: (deviceId: string, addresses: readonly [string, string]) => void
  /** The proof with which a browser is asked to begin as a new device; without it none is. */
  readonly signSeparation?: (deviceId: string) => Promise<string>
  /** Where administrators accept devices; null where they are not told. */
  readonly adminUrl?: string | null
}

interface Presence {
  readonly session: HubSession
  readonly record: DeviceRecord
}

export class FleetHub {
  readonly #deps: FleetHubDeps
  readonly #chance: () => number
  readonly #turnLimits: TurnLimits
  readonly #present = new Map<string, Presence>()
  readonly #sites = new Map<string, SiteHub>()
  /** What the devices of a site were shown last, by the versions of the site. */
  readonly #published = new WeakMap<SiteHub, { readonly view: number; readonly stores: number }>()
  readonly #storeNews: StoreNews
  readonly #sessionLimit = new SessionLimit()
  readonly #duplicates = new DuplicateIdentities()
  /** Sessions that another one of their device replaced, and that one's address. */
  readonly #replaced = new WeakMap<HubSession, { readonly deviceId: string; readonly by: string }>()
  /** Sessions whose device left or was replaced before their join was through. */
  readonly #departed = new WeakSet<HubSession>()
  readonly #refresh: (key: string, work: () => Promise<void>) => void
  readonly #stopListening: () => void
  readonly #listeners = new Set<(deviceId: string) => void>()
  #cancelSweep: () => void = () => undefined

  constructor(deps: FleetHubDeps) {
    this.#deps = deps
    this.#chance = deps.chance ?? Math.random
    this.#turnLimits = deps.turnLimits ?? DEFAULT_TURN_LIMITS
    this.#storeNews = new StoreNews(deps.clock, site => this.#show(site))
    this.#refresh = runLatest(error =>
      deps.log.error({ err: error }, 'a change could not be brought to devices'),
    )
    this.#stopListening = deps.directory.onChange(change => this.#onChange(change))
    this.#scheduleSweep()
  }

  get onlineCount(): number {
    return this.#present.size
  }

  isOnline(deviceId: string): boolean {
    return this.#present.has(deviceId)
  }

  /** Calls back when a device came online or went offline, or became or is no longer a duplicate. Returns the unsubscribe. */
  subscribe(listener: (deviceId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** W8: the role in force. An `auto` device that is not online holds the store role for a short grace only. */
  roleOf(record: DeviceRecord): Role {
    const site = record.site === null ? undefined : this.#sites.get(record.site)
    return site === undefined ? effectiveRole(record.assignedRole, false) : site.roleOf(record)
  }

  /** What a device that is enrolled may know now, online or not; null for one that is unknown or revoked. */
  async viewOf(deviceId: string): Promise<FleetView | null> {
    const record = await this.#deps.directory.device(deviceId)
    if (!isEnrolled(record)) return null
    const assignments = isAccepted(record) ? await this.#deps.directory.assignments(record.site) : []
    return { device: this.identityOf(record), assignments, storesOnline: 0 }
  }

  /** What a device that is enrolled is told of itself. */
  identityOf(record: DeviceRecord & { readonly state: 'pending' | 'accepted' }): DeviceIdentity {
    return identityOf(record, this.roleOf(record), this.#deps.adminUrl ?? null)
  }

  /**
   * The device is online through this session; any earlier session of it is told `replaced`. Answers with `joined`, or with
   * `join-refused` where the device begins too many sessions, and then an earlier one stays.
   */
  async join(deviceId: string, session: HubSession): Promise<void> {
    const { directory } = this.#deps
    const changesBefore = directory.changes
    const record = await directory.device(deviceId)
    if (!isEnrolled(record)) {
      session.deliver({ type: 'device-gone', problem: record === null ? 'device-unknown' : 'device-revoked' })
      return
    }
    const retryAt = this.#sessionLimit.begin(deviceId, this.#deps.clock.now())
    if (retryAt !== null) {
      session.deliver({ type: 'join-refused', retryAt })
      return
    }
    if (isAccepted(record)) await this.#openSite(record.site)
    if (this.#departed.has(session)) return

    const earlier = this.#present.get(deviceId)
    if (earlier !== undefined) this.#leaveSiteUnless(earlier.record, record.site)
    this.#place({ session, record })
    if (earlier !== undefined) {
      this.#replaced.set(earlier.session, { deviceId, by: session.address })
      earlier.session.deliver({ type: 'replaced' })
    }
    const view = this.#presentView(record)
    const returnSpreadMs = this.#deps.returnSpread?.spreadMs(view.device.role) ?? 0
    session.deliver({ type: 'joined', view, returnSpreadMs })
    this.#deliverKept(record, session)
    this.#publish(record.site)
    this.#tell(deviceId)
    // What changed while the record was read has not reached this session, which was not there yet.
    if (directory.changes !== changesBefore) this.#refreshDevice(deviceId)
  }

  /** The session is over. Its device stays online if another session took over. */
  leave(deviceId: string, session: HubSession): void {
    this.#departed.add(session)
    const presence = this.#present.get(deviceId)
    if (presence?.session !== session) return
    this.#present.delete(deviceId)
    this.#siteOf(presence.record)?.leave(deviceId, this.#deps.clock.now())
    this.#publish(presence.record.site)
    this.#tell(deviceId)
  }

  /** The browser of a session that had ended was still there and answered the close. */
  endAnswered(session: HubSession): void {
    const replaced = this.#replaced.get(session)
    if (replaced === undefined) return
    const { deviceId, by } = replaced
    const now = this.#deps.clock.now()
    if (!this.#duplicates.add(deviceId, [session.address, by], now)) return
    const record = this.#present.get(deviceId)?.record
    // Nothing is written of a stranger.
    if (record !== undefined && isAccepted(record)) this.#deps.onDuplicate?.(deviceId, [session.address, by])
    this.#tell(deviceId)
  }

  /** Null for a device whose key one browser has, as far as can be told. */
  duplicateOf(deviceId: string): DuplicateIdentity | null {
    return this.#duplicates.of(deviceId)
  }

  /** Asks the browser that is online as this device to begin as a new one; null when there is none. */
  async separate(deviceId: string): Promise<{ readonly address: string } | null> {
    const detail = await this.#deps.signSeparation?.(deviceId)
    const session = this.#present.get(deviceId)?.session
    if (detail === undefined || session === undefined) return null
    session.deliver({ type: 'separated', detail })
    this.#duplicates.forget(deviceId)
    this.#tell(deviceId)
    return { address: session.address }
  }

  /** Asks a device for its diagnostics. False when it is not online. */
  diagnose(deviceId: string): boolean {
    const presence = this.#present.get(deviceId)
    presence?.session.deliver({ type: 'diagnostics-wanted' })
    return presence !== undefined
  }

  /** Answers the session with `introduced` (and the store's with the same) or `request-refused`. */
  introduce(deviceId: string, requestId: string, release: string): void {
    const presence = this.#present.get(deviceId)
    if (presence === undefined) return
    const site = this.#siteOf(presence.record)
    const asker = site?.record(deviceId)
    const now = this.#deps.clock.now()
    if (site === undefined || asker === undefined) {
      presence.session.deliver(introductionRefused(requestId, 'not-assigned'))
      return
    }
    const decision = site.decideIntroduction(asker, release, now)
    if (!decision.introduce) {
      presence.session.deliver(introductionRefused(requestId, decision.reason, decision.retryAt))
      return
    }
    const store = this.#present.get(decision.storeId)
    if (store === undefined) {
      presence.session.deliver(introductionRefused(requestId, 'no-store-online'))
      return
    }
    if (decision.ends !== null) site.introductions.end(decision.ends)
    const introductionId = this.#deps.randomId()
    site.introductions.open(introductionId, deviceId, store.record.deviceId, now)
    store.session.deliver({
      type: 'introduced',
      introductionId,
      requestId: null,
      peer: { deviceId, role: site.roleOf(presence.record) },
    })
    presence.session.deliver({
      type: 'introduced',
      introductionId,
      requestId,
      peer: { deviceId: store.record.deviceId, role: site.roleOf(store.record) },
    })
  }

  /**
   * Whether the device has its turn to fetch the release from the server until `until` (T1 to T5); the refusal that says when
   * it may come back otherwise. The windows have been asked before.
   */
  askForTurn(deviceId: string, release: string, until: number): ProblemDocument | null {
    const presence = this.#present.get(deviceId)
    const site = presence && this.#siteOf(presence.record)
    if (presence === undefined || site === undefined) return null
    if (site.roleOf(presence.record) === 'store') return null
    const turns = site.turnsOf(release, this.#turnLimits)
    const turn = turns.ask(deviceId, until, this.#deps.clock.now(), this.#chance())
    if (turn.admitted) return null
    return problem(
      'await-turn',
      `As many devices of this site as may are fetching this release from the server; this one comes after them.`,
      turn.retryAt,
    )
  }

  /** What a device says of itself ends the turns it has no more use for. */
  reported(deviceId: string, status: DeviceStatus): void {
    const presence = this.#present.get(deviceId)
    if (presence !== undefined) this.#siteOf(presence.record)?.reported(deviceId, status)
  }

  /**
   * Passes a signal to the other end of a live introduction; drops it where there is none (PR-S10). Returns what the sender's
   * session is to know, if anything: that the introduction covers the cost.
   */
  relay(relayed: Extract<SessionEffect, { type: 'relay' }>): SessionEvent | null {
    const { deviceId: from, introductionId, signal, bytes } = relayed
    const sender = this.#present.get(from)
    const introductions = sender && this.#siteOf(sender.record)?.introductions
    const passage = introductions?.pass(introductionId, from, signal, bytes, this.#deps.clock.now()) ?? null
    if (introductions === undefined || passage === null) return null
    const receiver = this.#present.get(passage.to)
    if (receiver === undefined) introductions.keep(introductionId, passage.to, signal, bytes)
    else receiver.session.deliver({ type: 'signal-relayed', introductionId, from, signal })
    return passage.from === 'other' ? { type: 'relay-covered', bytes } : null
  }

  /** Ends every session and stops listening. The hub is of no use afterwards. */
  stop(): void {
    this.#stopListening()
    this.#cancelSweep()
    this.#storeNews.stop()
    this.#deps.returnSpread?.stop()
    for (const { session } of [...this.#present.values()]) session.deliver({ type: 'server-stopping' })
  }

  #tell(deviceId: string): void {
    for (const listener of this.#listeners) listener(deviceId)
  }

  #onChange(change: FleetChange): void {
    switch (change.type) {
      case 'fleet':
        for (const site of this.#sites.keys()) this.#refreshSite(site)
        return
      case 'site':
        this.#refreshSite(change.site)
        // The records of its devices carry its time zone and limits.
        for (const deviceId of this.#sites.get(change.site)?.onlineDeviceIds ?? [])
          this.#refreshDevice(deviceId)
        return
      case 'device':
        this.#refreshDevice(change.deviceId)
        return
    }
  }

  #refreshSite(name: string): void {
    this.#refresh(`site ${name}`, async () => {
      const plan = await this.#deps.directory.plan(name)
      this.#sites.get(name)?.setPlan(plan, this.#deps.clock.now())
      this.#publish(name)
    })
  }

  #refreshDevice(deviceId: string): void {
    this.#refresh(`device ${deviceId}`, async () => {
      if (!this.#present.has(deviceId)) return
      const record = await this.#deps.directory.device(deviceId)
      if (isEnrolled(record) && isAccepted(record)) await this.#openSite(record.site)
      const presence = this.#present.get(deviceId)
      if (presence === undefined) return
      this.#leaveSiteUnless(presence.record, isEnrolled(record) ? record.site : null)
      if (!isEnrolled(record)) {
        const gone = record === null ? 'device-unknown' : 'device-revoked'
        presence.session.deliver({ type: 'device-gone', problem: gone })
        return
      }
      this.#place({ session: presence.session, record })
      presence.session.deliver({ type: 'view-changed', view: this.#presentView(record) })
      this.#publish(record.site)
    })
  }

  async #openSite(name: string): Promise<void> {
    if (this.#sites.has(name)) return
    const plan = await this.#deps.directory.plan(name)
    if (this.#sites.has(name)) return
    this.#sites.set(name, new SiteHub(name, plan))
  }

  /** Puts a device where its record says it belongs; its site has been opened. */
  #place(presence: Presence): void {
    const { record } = presence
    this.#present.set(record.deviceId, presence)
    if (isAccepted(record)) this.#sites.get(record.site)?.enter(record, this.#deps.clock.now())
  }

  /** A device that moved or was revoked loses its introductions with its site: PR-S9 holds at every moment. */
  #leaveSiteUnless(record: DeviceRecord, site: string | null): void {
    if (record.site === site) return
    this.#siteOf(record)?.remove(record.deviceId, this.#deps.clock.now())
    this.#publish(record.site)
  }

  #siteOf(record: DeviceRecord): SiteHub | undefined {
    return isAccepted(record) ? this.#sites.get(record.site) : undefined
  }

  #presentView(record: DeviceRecord & { readonly state: 'pending' | 'accepted' }): FleetView {
    const site = this.#siteOf(record)
    if (site !== undefined && isAccepted(record)) return site.viewOf(record)
    return { device: this.identityOf(record), assignments: [], storesOnline: 0 }
  }

  #deliverKept(record: DeviceRecord, session: HubSession): void {
    const kept = this.#siteOf(record)?.introductions.takeKept(record.deviceId, this.#deps.clock.now()) ?? []
    for (const signal of kept) session.deliver({ type: 'signal-relayed', ...signal })
  }

  /** Shows everyone of a site its view if it can differ: at once, or with the next news of stores where only those changed. */
  #publish(name: string | null): void {
    const site = name === null ? undefined : this.#sites.get(name)
    if (site === undefined) return
    const published = this.#published.get(site)
    if (published?.view !== site.viewVersion) this.#show(site.site)
    else if (published.stores !== site.storesVersion)
      this.#storeNews.onStoresChanged(site.site, site.storesOnline)
  }

  /** Sessions say only what is new to their device. */
  #show(name: string): void {
    const site = this.#sites.get(name)
    if (site === undefined) return
    this.#published.set(site, { view: site.viewVersion, stores: site.storesVersion })
    this.#storeNews.recordTold(name, site.storesOnline)
    for (const deviceId of site.onlineDeviceIds) {
      const record: AcceptedRecord | undefined = site.record(deviceId)
      const session = this.#present.get(deviceId)?.session
      if (record !== undefined) session?.deliver({ type: 'view-changed', view: site.viewOf(record) })
    }
  }

  #scheduleSweep(): void {
    this.#cancelSweep = this.#deps.clock.after(SWEEP_EVERY_MS, () => {
      const now = this.#deps.clock.now()
      this.#sessionLimit.expire(now)
      for (const deviceId of this.#duplicates.expire(now)) this.#tell(deviceId)
      for (const [name, site] of this.#sites) {
        if (site.sweep(now)) this.#publish(name)
        if (!site.isIdle) continue
        this.#sites.delete(name)
        this.#storeNews.forget(name)
      }
      this.#scheduleSweep()
    })
  }
}
