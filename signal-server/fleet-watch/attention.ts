/**
 * What needs an administrator, where, and why: one list for the page, the API and the command line. It sees the devices as the
 * board has them and what the server found wrong with itself. Sentences are whole; places are addresses of the
 * administration page. What is offline comes first. Pure.
 */
import type { Attention, AttentionPart } from '../../protocol/admin/attention.ts'
import type { Overview, UnknownReleases, Upkeep } from '../../protocol/admin/overview.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { toInstant } from '../../protocol/primitives.ts'

export interface AttentionDevice {
  readonly state: 'pending' | 'accepted' | 'revoked'
  readonly site: string | null
  readonly isOnline: boolean
  readonly role: 'store' | 'kiosk'
  /** Two browsers have its key. */
  readonly isShared: boolean
  /** Epoch ms. */
  readonly enrolledAt: number
  readonly lastSeenAt: number
  /** As it last reported them. */
  readonly packages: readonly PackageStatus[]
}

export interface AttentionInput {
  readonly devices: Iterable<AttentionDevice>
  readonly storageTrouble: Overview['storageTrouble']
  readonly upkeep: Upkeep
  readonly unknownReleases: readonly UnknownReleases[]
}

/** More lines under one matter are not read; the number of the others is said. */
const MAX_PARTS = 8
/** Reasons that do not end by themselves, also where the package counts as waiting. */
const LASTING_REASONS: ReadonlySet<PackageStatus['reason']> = new Set(['out-of-space', 'storage-failed'])

/** Whether the device gets this package only if a person acts. */
export const isFailing = ({ phase, reason }: PackageStatus): boolean =>
  phase === 'failed' || LASTING_REASONS.has(reason)

interface Site {
  devices: number
  online: number
  storesOnline: number
  /** Of its offline devices, when the first went; epoch ms. */
  offlineSince: number
}

interface Failure {
  readonly package: string
  readonly release: number
  devices: number
  offline: number
  readonly reasons: Map<PackageStatus['reason'], { devices: number; readonly example: string }>
}

export function attentionOf({
  devices,
  storageTrouble,
  upkeep,
  unknownReleases,
}: AttentionInput): Attention[] {
  const sites = new Map<string, Site>()
  const failures = new Map<string, Failure>()
  const pending: number[] = []
  let shared = 0
  for (const device of devices) {
    if (device.state === 'pending') pending.push(device.enrolledAt)
    if (device.state !== 'accepted') continue
    countInSite(sites, device)
    if (device.isShared) shared++
    for (const entry of device.packages) if (isFailing(entry)) countFailure(failures, entry, device.isOnline)
  }
  const named = [...sites].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...offline(named),
    ...serverStorage(storageTrouble),
    ...withoutStore(named),
    ...[...failures.values()].sort(byRelease).map(failed),
    ...sharedIdentities(shared),
    ...unknownReleases.map(unknown),
    ...serverUpkeep(upkeep),
    ...waiting(pending),
  ]
}

function countInSite(sites: Map<string, Site>, { site, isOnline, role, lastSeenAt }: AttentionDevice): void {
  const counts = sites.get(site ?? '') ?? { devices: 0, online: 0, storesOnline: 0, offlineSince: Infinity }
  counts.devices++
  if (isOnline) counts.online++
  else counts.offlineSince = Math.min(counts.offlineSince, lastSeenAt)
  if (isOnline && role === 'store') counts.storesOnline++
  sites.set(site ?? '', counts)
}

function countFailure(failures: Map<string, Failure>, entry: PackageStatus, isOnline: boolean): void {
  const { package: name, wantedRelease: release, reason, detail } = entry
  const key = `${name}@${release}`
  const failure = failures.get(key) ?? { package: name, release, devices: 0, offline: 0, reasons: new Map() }
  failure.devices++
  if (!isOnline) failure.offline++
  const known = failure.reasons.get(reason)
  if (known === undefined) failure.reasons.set(reason, { devices: 1, example: detail })
  else known.devices++
  failures.set(key, failure)
}

type NamedSite = readonly [name: string, site: Site]

function offline(sites: readonly NamedSite[]): Attention[] {
  const affected = sites
    .filter(([, { devices, online }]) => online < devices)
    // Sites of which nothing is left come first, then those that miss most.
    .sort(([, a], [, b]) => Number(a.online > 0) - Number(b.online > 0) || missing(b) - missing(a))
  if (affected.length === 0) return []
  const total = affected.reduce((sum, [, site]) => sum + missing(site), 0)
  const whole = affected.filter(([, { online }]) => online === 0).length
  return [
    {
      kind: 'offline',
      severity: 'bad',
      title: `${countOf(total, 'device')} ${total === 1 ? 'is' : 'are'} offline${whole === 0 ? '' : `; of ${countOf(whole, 'site')} none is online`}`,
      detail:
        'What they show goes on, but nothing reaches them. Look at their power and at the network of the site.',
      since: toInstant(Math.min(...affected.map(([, { offlineSince }]) => offlineSince))),
      place: '#/devices?phase=offline&sort=lastSeen',
      ...partsOf(
        affected.map(([name, site]) => ({
          text: `${name}: ${site.online === 0 ? `all ${countOf(site.devices, 'device')}` : `${missing(site)} of ${countOf(site.devices, 'device')}`}`,
          since: toInstant(site.offlineSince),
          place: `#/devices?site=${encodeURIComponent(name)}&phase=offline`,
        })),
      ),
    },
  ]
}

const missing = ({ devices, online }: Site) => devices - online

function withoutStore(sites: readonly NamedSite[]): Attention[] {
  const affected = sites.filter(([, { online, storesOnline }]) => online > 0 && storesOnline === 0)
  if (affected.length === 0) return []
  return [
    {
      kind: 'no-store',
      severity: 'bad',
      title: `${countOf(affected.length, 'site')} ${affected.length === 1 ? 'has' : 'have'} no store online`,
      detail:
        'Their kiosks wait for a store, or each loads over the uplink of the site, as the windows say. Make a device a store, or bring theirs back.',
      since: null,
      place: '#/sites?sort=stores',
      ...partsOf(
        affected.map(([name, { online }]) => ({
          text: `${name}: ${countOf(online, 'device')} online`,
          since: null,
          place: `#/sites/${encodeURIComponent(name)}`,
        })),
      ),
    },
  ]
}

const byRelease = (a: Failure, b: Failure) =>
  a.package === b.package ? b.release - a.release : a.package < b.package ? -1 : 1

function failed({ package: name, release, devices, offline: away, reasons }: Failure): Attention {
  const place = `#/devices?failed=${encodeURIComponent(`${name}@${release}`)}`
  return {
    kind: 'failed',
    severity: 'bad',
    title: `Release ${release} of ${name} fails on ${countOf(devices, 'device')}${away === 0 ? '' : `, ${away} of them offline by now`}`,
    detail: 'They go on with the release they had. Once the cause is gone, let each try again on its page.',
    since: null,
    place,
    ...partsOf(
      [...reasons]
        .sort(([, a], [, b]) => b.devices - a.devices)
        .map(([reason, { devices: count, example }]) => ({
          text: `${reason}, ${countOf(count, 'device')}: ${example}`,
          since: null,
          place,
        })),
    ),
  }
}

const NO_PARTS = { parts: [], more: 0 }

function sharedIdentities(devices: number): Attention[] {
  if (devices === 0) return []
  return [
    {
      kind: 'shared-identity',
      severity: 'bad',
      title: `${countOf(devices, 'device')} ${devices === 1 ? 'is' : 'are'} two browsers with one key`,
      detail:
        'A browser profile was copied, as with a disk image, and the two take turns. Make one of them a new device on its page.',
      since: null,
      place: '#/devices',
      ...NO_PARTS,
    },
  ]
}

function unknown({ package: name, devices, highest, nextRelease }: UnknownReleases): Attention {
  return {
    kind: 'unknown-releases',
    severity: 'bad',
    title: `${countOf(devices, 'device')} ${devices === 1 ? 'reports' : 'report'} release ${highest} of ${name}, which this server does not know`,
    detail: `That is so after a backup was restored. The next release gets number ${nextRelease}, and ${devices === 1 ? 'it refuses' : 'they refuse'} that: on a device numbers only rise. If you know that release, number the next ones above it: larder package renumber ${name} --above ${highest}`,
    since: null,
    place: `#/packages/${encodeURIComponent(name)}`,
    ...NO_PARTS,
  }
}

function serverStorage(trouble: Overview['storageTrouble']): Attention[] {
  if (trouble === null) return []
  return [
    {
      kind: 'server-storage',
      severity: 'bad',
      title: 'The server cannot write to its disk',
      detail: sentence(`${trouble.detail}. Publications and changes are refused until then`),
      since: trouble.since,
      place: null,
      ...NO_PARTS,
    },
  ]
}

function serverUpkeep({ recordsDamage, damagedManifests, damagedChunks, failingJobs }: Upkeep): Attention[] {
  const found: Attention[] = []
  const add = (kind: Attention['kind'], title: string, detail: string, more: Partial<Attention> = {}) =>
    found.push({ kind, severity: 'bad', title, detail, since: null, place: null, ...NO_PARTS, ...more })
  if (recordsDamage !== null)
    add(
      'records-damaged',
      'The records of the server are damaged',
      `${sentence(recordsDamage)} Bring them back from a backup.`,
    )
  if (damagedManifests > 0)
    add(
      'manifests-damaged',
      `${countOf(damagedManifests, 'stored manifest')} ${damagedManifests === 1 ? 'is' : 'are'} damaged`,
      'Devices refuse them. Bring the records back from a backup, or publish the files again. The log of the server says which.',
    )
  if (damagedChunks > 0)
    add(
      'chunks-damaged',
      `${countOf(damagedChunks, 'stored chunk')} ${damagedChunks === 1 ? 'is' : 'are'} damaged or missing`,
      'They are on the disk of the server, and are not served. The pages of the packages say which releases have them. Publish the same files again to repair them.',
      { place: '#/packages' },
    )
  for (const { name, since, message } of failingJobs)
    add(
      'job-failing',
      `Work in the background fails: ${name}`,
      `${sentence(message)} It is tried again by itself.`,
      { since },
    )
  return found
}

function waiting(enrolledAt: readonly number[]): Attention[] {
  if (enrolledAt.length === 0) return []
  const one = enrolledAt.length === 1
  return [
    {
      kind: 'pending',
      severity: 'note',
      title: `${countOf(enrolledAt.length, 'device')} ${one ? 'waits' : 'wait'} to be accepted`,
      detail: `${one ? 'Its screen shows' : 'Their screens show'} a code. Accept only what you see in front of you.`,
      since: toInstant(Math.min(...enrolledAt)),
      place: '#/enrolment',
      ...NO_PARTS,
    },
  ]
}

function partsOf(parts: readonly AttentionPart[]): Pick<Attention, 'parts' | 'more'> {
  return { parts: parts.slice(0, MAX_PARTS), more: Math.max(0, parts.length - MAX_PARTS) }
}

const integer = new Intl.NumberFormat('en-GB')
const countOf = (count: number, noun: string) => `${integer.format(count)} ${noun}${count === 1 ? '' : 's'}`

/** A message of the server, which begins small and has no full stop, as a sentence. */
function sentence(message: string): string {
  const text = message.trim()
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
