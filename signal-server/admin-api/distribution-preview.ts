/**
 * What distribution options would do before anybody saves them: the phases they make at each site, which devices would begin
 * or cease to wait now, and what would cross the uplinks. Reads records and the board; decides nothing, changes nothing.
 */
import { decideActivation } from '../../policy/activation.ts'
import { describeActivation } from '../../policy/activation-words.ts'
import { resolveWindows, type WindowOptions } from '../../policy/bounds.ts'
import {
  estimateUplinkBytes,
  leastUplinkBytes,
  mostUplinkBytes,
  type NeedyDevice,
} from '../../policy/uplink-estimate.ts'
import {
  isInPhase,
  phaseSentence,
  phasesSentence,
  phaseWords,
  windowPhases,
} from '../../policy/window-phases.ts'
import { decideSources, type Role, type Windows } from '../../policy/windows.ts'
import type { Outlook, PhasesOfRole, Preview } from '../../protocol/admin/preview.ts'
import type { UpdateOptions } from '../../protocol/admin-api.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { activationWords } from '../../protocol/takeover-text.ts'
import { type BoardRow, type FleetBoard, packagesOf } from '../fleet-watch/fleet-board.ts'
import { chosenRelease, profilesGivingPackage } from '../records/assignments.ts'
import type { ProfilePackage, ProfileRecord } from '../records/profiles.ts'
import { findRelease, newChunkBytes, type ReleaseRecord } from '../records/releases.ts'
import { listSites } from '../records/sites.ts'
import type { Db } from '../records/tables.ts'
import { distributionWarnings, NO_SITE_TIME_ZONE, windowsView } from './distribution-views.ts'

export interface PreviewQuestion {
  readonly profile: ProfileRecord
  /** As it is saved now. */
  readonly entry: ProfilePackage
  /** As they would be. */
  readonly distribution: WindowOptions
  readonly update: UpdateOptions
}

type Effect = Preview['total']

/** What one device lacks of the release, and whether it runs it. */
interface Want extends NeedyDevice {
  readonly isDone: boolean
}

export async function previewDistribution(
  { db, board }: { readonly db: Db; readonly board: FleetBoard },
  { profile, entry, distribution, update }: PreviewQuestion,
  now: number,
): Promise<Preview> {
  const release = await chosenRelease(db, entry.package, entry.release)
  const publishedAt = release?.publishedAt ?? now
  const givers = await profilesGivingPackage(db, entry.package)
  const known = new Map((await listSites(db)).map(site => [site.name, site]))
  const places = profile.sites.flatMap(name => known.get(name) ?? [])
  const missing = createMissingBytes(db, release)
  const sites: Preview['sites'] = []
  for (const { name, timeZone } of places) {
    const giver = givers.get(name)
    const overriddenBy = giver === undefined || giver === profile.name ? null : giver
    const rows = board.rowsOf(name).filter(row => row.device.state === 'accepted')
    const wants = overriddenBy !== null || release === null ? [] : await wantsOf(rows, release, missing)
    const storesOnline = rows.filter(row => row.role === 'store' && row.isOnline).length
    const before = resolveWindows(entry.distribution, { timeZone, publishedAt })
    const after = resolveWindows(distribution, { timeZone, publishedAt })
    sites.push({
      site: name,
      timeZone,
      release: release?.release ?? null,
      overriddenBy,
      ...phasesAt(after, { timeZone, now }),
      takeover: takeoverWords(update, { timeZone, now }, release === null ? 0 : stagedCount(rows, release)),
      storesOnline,
      ...effectOf(wants, { before, after }, storesOnline > 0, now),
    })
  }
  const example = resolveWindows(distribution, { timeZone: NO_SITE_TIME_ZONE, publishedAt })
  return {
    profile: profile.name,
    package: entry.package,
    at: toInstant(now),
    sites,
    total: sites.reduce<Effect>(addEffects, NO_EFFECT),
    example:
      sites.length > 0
        ? null
        : {
            timeZone: NO_SITE_TIME_ZONE,
            ...phasesAt(example, { timeZone: NO_SITE_TIME_ZONE, now }),
            takeover: takeoverWords(update, { timeZone: NO_SITE_TIME_ZONE, now }, 0),
          },
    warnings: distributionWarnings(distribution, places, now),
  }
}

interface SiteTime {
  readonly timeZone: string
  readonly now: number
}

export function phasesAt(windows: Windows, times: SiteTime) {
  const phasesOf = (role: Role): PhasesOfRole => {
    const phases = windowPhases(windows, role)
    return {
      role,
      phases: phases.map(phase => ({
        from: toInstantOrNull(phase.from),
        until: toInstantOrNull(phase.until),
        isNow: isInPhase(phase, times.now),
        stores: phase.decision.stores.state,
        server: phase.decision.server.state,
        order: [...phase.decision.order],
        words: phaseWords(phase.decision),
        sentence: phaseSentence(phase, times),
      })),
      sentence: phasesSentence(phases, times),
    }
  }
  return { windows: windowsView(windows), kiosks: phasesOf('kiosk'), stores: phasesOf('store') }
}

/** When a release that is complete there goes on the screens, and how many devices wait for nothing else. */
export function takeoverWords(
  { activation }: UpdateOptions,
  { timeZone, now }: SiteTime,
  staged: number,
): string {
  const moment = { serverNow: now, timeZone, idleForMs: 0 }
  const when =
    activation.when === 'window'
      ? describeActivation(decideActivation(activation, moment), moment)
      : `takes over ${activationWords(activation)}`
  const waiting =
    staged === 0
      ? ''
      : ` ${staged === 1 ? '1 device holds' : `${staged} devices hold`} all of it and ${staged === 1 ? 'waits' : 'wait'} for that.`
  return `A new release ${when}.${waiting}`
}

function stagedCount(rows: readonly BoardRow[], release: ReleaseRecord): number {
  return rows.filter(row =>
    packagesOf(row).some(
      entry =>
        entry.package === release.package &&
        entry.wantedRelease === release.release &&
        entry.phase === 'staged',
    ),
  ).length
}

async function wantsOf(
  rows: readonly BoardRow[],
  release: ReleaseRecord,
  missing: (activeRelease: number | null) => Promise<number>,
): Promise<Want[]> {
  const wants: Want[] = []
  for (const row of rows) {
    const status = packagesOf(row).find(entry => entry.package === release.package)
    const isDone = status?.activeRelease === release.release
    const isUnderWay = status?.wantedRelease === release.release && status.chunks.total > 0
    const missingBytes = isDone
      ? 0
      : isUnderWay
        ? Math.round(release.encodedBytes * Math.max(0, 1 - status.chunks.have / status.chunks.total))
        : await missing(status?.activeRelease ?? null)
    wants.push({ role: row.role, missingBytes, isDone })
  }
  return wants
}

/** What a device lacks that runs some other release, or none; each is looked up once. */
function createMissingBytes(db: Db, release: ReleaseRecord | null) {
  const known = new Map<number | null, number>()
  return async (active: number | null): Promise<number> => {
    if (release === null) return 0
    let bytes = known.get(active)
    if (bytes === undefined) {
      const from = active === null ? null : await findRelease(db, release.package, active)
      bytes = from === null ? release.encodedBytes : await newChunkBytes(db, release.digest, from.digest)
      known.set(active, bytes)
    }
    return bytes
  }
}

function effectOf(
  wants: readonly Want[],
  { before, after }: { readonly before: Windows; readonly after: Windows },
  isStoreOnline: boolean,
  now: number,
): Effect {
  const left = wants.filter(want => !want.isDone)
  const waits = (windows: Windows, role: Role) => decideSources({ ...windows, role }, now).order.length === 0
  const opening = left.filter(want => waits(before, want.role) && !waits(after, want.role)).length
  const closing = left.filter(want => !waits(before, want.role) && waits(after, want.role)).length
  return {
    devices: wants.length,
    done: wants.length - left.length,
    before: outlookOf(left, wants, before, isStoreOnline, now),
    after: outlookOf(left, wants, after, isStoreOnline, now),
    opening,
    closing,
    leastUplinkBytes: leastUplinkBytes(wants),
    mostUplinkBytes: mostUplinkBytes(wants),
  }
}

function outlookOf(
  left: readonly Want[],
  wants: readonly Want[],
  windows: Windows,
  isStoreOnline: boolean,
  now: number,
): Outlook {
  const counts = { waiting: 0, open: 0, storesOnly: 0, serverOnly: 0, storesThenServer: 0 }
  for (const { role } of left) {
    const { order } = decideSources({ ...windows, role }, now)
    if (order.length === 0) counts.waiting++
    else counts.open++
    if (order.length === 2) counts.storesThenServer++
    else if (order[0] === 'stores') counts.storesOnly++
    else if (order[0] === 'server') counts.serverOnly++
  }
  return { ...counts, uplinkBytes: estimateUplinkBytes(wants, windows, isStoreOnline, now) }
}

const NO_OUTLOOK: Outlook = {
  waiting: 0,
  open: 0,
  storesOnly: 0,
  serverOnly: 0,
  storesThenServer: 0,
  uplinkBytes: 0,
}
const NO_EFFECT: Effect = {
  devices: 0,
  done: 0,
  before: NO_OUTLOOK,
  after: NO_OUTLOOK,
  opening: 0,
  closing: 0,
  leastUplinkBytes: 0,
  mostUplinkBytes: 0,
}

function addEffects(a: Effect, b: Effect): Effect {
  return {
    devices: a.devices + b.devices,
    done: a.done + b.done,
    before: addOutlooks(a.before, b.before),
    after: addOutlooks(a.after, b.after),
    opening: a.opening + b.opening,
    closing: a.closing + b.closing,
    leastUplinkBytes: a.leastUplinkBytes + b.leastUplinkBytes,
    mostUplinkBytes: a.mostUplinkBytes + b.mostUplinkBytes,
  }
}

function addOutlooks(a: Outlook, b: Outlook): Outlook {
  return {
    waiting: a.waiting + b.waiting,
    open: a.open + b.open,
    storesOnly: a.storesOnly + b.storesOnly,
    serverOnly: a.serverOnly + b.serverOnly,
    storesThenServer: a.storesThenServer + b.storesThenServer,
    uplinkBytes: a.uplinkBytes + b.uplinkBytes,
  }
}
