/** A made-up fleet for the admin page's tests: sites, devices in every state, releases, traffic. The same seed, the same fleet. */

import type { DeviceDetail, DevicePhase, DeviceRow } from '../../protocol/admin/devices.ts'
import type { Upkeep } from '../../protocol/admin/overview.ts'
import type { SiteExchange, SiteSummary } from '../../protocol/admin/sites.ts'
import type { Traffic, TrafficRange } from '../../protocol/admin/traffic.ts'
import type { PackageView } from '../../protocol/admin-api.ts'
import { noLimits } from '../../protocol/assignment.ts'
import type { PackageStatus } from '../../protocol/device-status.ts'
import { phaseOfDevice } from '../../signal-server/fleet-watch/device-phase.ts'
import { plainStorage } from './default-fields.ts'

const SITE_NAMES = [
  ['berlin-alexanderplatz', 'Europe/Berlin'],
  ['hamburg-altona', 'Europe/Berlin'],
  ['lisboa-rossio', 'Europe/Lisbon'],
  ['london-kings-cross', 'Europe/London'],
  ['new-york-harlem', 'America/New_York'],
  ['tokyo-shibuya', 'Asia/Tokyo'],
] as const
const PLACES = [
  'Entrance',
  'Counter',
  'Window',
  'Hall',
  'Stairs',
  'Café',
  'Platform',
  'Lounge',
  'Gate',
  'Kitchen',
]
/** What packages are in; whether a device is offline is a matter of its own. */
type PackagePhase = PackageStatus['phase']
const PHASE_ROW: readonly PackagePhase[] = [
  'active',
  'active',
  'downloading',
  'active',
  'waiting',
  'active',
  'active',
  'staged',
  'downloading',
  'active',
  'failed',
  'active',
]
const DETAILS: Record<PackagePhase, [PackageStatus['reason'], string]> = {
  active: ['up-to-date', 'Runs the wanted release.'],
  downloading: ['fetching-from-stores', 'Fetching from 2 stores, 3.1 MB/s, about 40 s to go.'],
  staged: ['ready-to-activate', 'Everything is here; it starts when nobody touches the screen.'],
  waiting: ['windows-closed', 'Waiting: stores open at 02:00, in 3 h 12 min.'],
  failed: ['out-of-space', 'Out of space: needs 120 MB more.'],
}

export interface MockFleet {
  sites: SiteSummary[]
  devices: DeviceDetail[]
  packages: Map<string, PackageView>
  /** What the server says is wrong with itself; nothing at first. */
  upkeep: Upkeep
}

const MIB = 1024 * 1024
const iso = (at: number) => new Date(at).toISOString()
const hex = (n: number, length: number) => n.toString(16).padStart(length, '0')

function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function packageStatus(phase: PackagePhase, random: () => number): PackageStatus {
  const total = 412
  const have =
    phase === 'active' || phase === 'staged' ? total : phase === 'waiting' ? 0 : Math.floor(random() * total)
  const [reason, detail] = DETAILS[phase]
  return {
    package: 'lobby',
    wantedRelease: 3,
    activeRelease: phase === 'active' ? 3 : 2,
    activeVersion: phase === 'active' ? '2.1.0' : '2.0.1',
    phase,
    update: phase === 'active' ? 'confirmed' : phase,
    reason,
    detail,
    decision: {
      stores: phase === 'waiting' ? 'closed' : 'open',
      server: phase === 'active' ? 'open' : 'closed',
      nextChangeAt: phase === 'waiting' ? iso(Date.now() + 3.2 * 3600_000) : null,
    },
    chunks: { have, total },
    bytes: {
      fromStores: Math.floor((have / total) * 52 * MIB),
      fromServer: Math.floor(random() * 3 * MIB),
      reused: 31 * MIB,
    },
  }
}

function device(
  index: number,
  site: number,
  random: () => number,
  reported: PackagePhase | 'none',
  state: DeviceRow['state'],
): DeviceDetail {
  const [siteName, timeZone] = SITE_NAMES[site] ?? SITE_NAMES[0]
  const isStore = index % 12 < 2
  const online = state === 'accepted' && random() > 0.08
  const packages = reported === 'none' ? [] : [packageStatus(reported, random)]
  const { phase, detail } = phaseOfDevice({ state, isOnline: online, packages })
  const now = Date.now()
  return {
    deviceId: `d-${hex(index + 1, 8)}${hex(Math.floor(random() * 2 ** 31), 8)}${'0'.repeat(16)}`,
    name:
      state === 'pending' ? '' : `${PLACES[index % PLACES.length]} ${Math.floor(index / PLACES.length) + 1}`,
    state,
    code:
      state === 'pending'
        ? `${hex(Math.floor(random() * 65536), 4)}-${hex(Math.floor(random() * 65536), 4)}`.toUpperCase()
        : null,
    assignedRole: isStore ? 'store' : index % 7 === 0 ? 'auto' : 'kiosk',
    role: isStore ? 'store' : 'kiosk',
    site: state === 'pending' ? null : siteName,
    timeZone: state === 'pending' ? 'UTC' : timeZone,
    connection: online ? 'online' : 'offline',
    enrolledAt: iso(now - 40 * 24 * 3600_000),
    lastSeenAt: iso(now - (online ? 4_000 : random() * 3 * 24 * 3600_000)),
    packages,
    duplicate: null,
    phase,
    detail,
    assigned: state === 'accepted' ? [{ package: 'lobby', release: 3, version: '2.1.0' }] : [],
    reportedAt: packages.length === 0 ? null : iso(now - 9_000),
    labels: {},
    storage: plainStorage,
    diagnostics: null,
    clockOffsetMs: index % 9 === 0 ? 340_000 : 12,
    peers: [],
    events: [],
    warnings: [],
  }
}

function release(
  number: number,
  version: string,
  ageDays: number,
  running: number,
  wanting: number,
): PackageView['releases'][number] {
  return {
    package: 'lobby',
    release: number,
    version,
    digest: hex(number, 64),
    entry: 'index.html',
    publishedAt: iso(Date.now() - ageDays * 24 * 3600_000),
    rawBytes: 84 * MIB + number * 900_000,
    encodedBytes: 52 * MIB + number * 700_000,
    fileCount: 138 + number,
    chunkCount: 412,
    devicesRunning: running,
    damagedChunks: 0,
    devicesWanting: wanting,
    updates: number > 1 ? [{ fromRelease: number - 1, bytes: 61_000, chunkBytes: 943_000 }] : [],
  }
}

export function makeMockFleet(count: number, seed = 7): MockFleet {
  const random = randomOf(seed)
  const devices: DeviceDetail[] = []
  for (let index = 0; index < count; index++) {
    const phase = PHASE_ROW[index % PHASE_ROW.length] ?? 'active'
    const pending = count >= 20 && index >= count - 2
    const revoked = count >= 20 && index === count - 3
    const state = pending ? 'pending' : revoked ? 'revoked' : 'accepted'
    devices.push(
      device(
        index,
        Math.floor(index / 12) % SITE_NAMES.length,
        random,
        state === 'accepted' ? phase : 'none',
        state,
      ),
    )
  }
  for (const [index, one] of devices.entries()) {
    const peer = devices[index === 0 ? 1 : index - 1]
    if (!peer || one.state !== 'accepted') continue
    one.peers = [
      { deviceId: peer.deviceId, name: peer.name, state: 'open', bytesIn: 31 * MIB, bytesOut: 4 * MIB },
    ]
    one.events = [
      ...(one.phase === 'failed'
        ? [
            {
              at: iso(Date.now() - 420_000),
              kind: 'out-of-space',
              package: 'lobby',
              release: 3,
              detail: 'QuotaExceededError: needs 120 MB more.',
            },
          ]
        : []),
      {
        at: iso(Date.now() - 26 * 3600_000),
        kind: 'release-activated',
        package: 'lobby',
        release: 2,
        detail: '',
      },
    ]
  }
  const fleet: MockFleet = {
    sites: [],
    devices,
    packages: new Map(),
    upkeep: { damagedChunks: 0, damagedManifests: 0, recordsDamage: null, failingJobs: [] },
  }
  fleet.sites = SITE_NAMES.slice(0, Math.max(1, Math.min(SITE_NAMES.length, Math.ceil(count / 12)))).map(
    ([name, timeZone]) => ({
      name,
      timeZone,
      storesWanted: 2,
      limits: noLimits,
      counts: {
        ...countsOf(devices.filter(({ site }) => site === name)),
        ...storesOf(devices.filter(({ site }) => site === name)),
      },
    }),
  )
  if (count > 0) {
    const accepted = devices.filter(({ state }) => state === 'accepted')
    const running = accepted.filter(({ packages }) => packages[0]?.activeRelease === 3).length
    fleet.packages.set('lobby', {
      package: 'lobby',
      releases: [
        release(3, '2.1.0', 0.3, running, accepted.length),
        release(2, '2.0.1', 12, accepted.length - running, 0),
        release(1, '1.0.0', 60, 0, 0),
      ],
      phases: Object.fromEntries(
        [...Map.groupBy(accepted, ({ phase }) => phase)].map(([phase, all]) => [phase, all.length]),
      ),
    })
  } else fleet.sites = []
  return fleet
}

const storesOf = (devices: readonly DeviceRow[]) => {
  const stores = devices.filter(({ role, state }) => role === 'store' && state === 'accepted')
  return {
    stores: stores.length,
    storesOnline: stores.filter(({ connection }) => connection === 'online').length,
  }
}

export function countsOf(devices: readonly DeviceRow[]) {
  const accepted = devices.filter(({ state }) => state === 'accepted')
  const inPhase = (...phases: DevicePhase[]) => accepted.filter(({ phase }) => phases.includes(phase)).length
  return {
    devices: accepted.length,
    online: accepted.filter(({ connection }) => connection === 'online').length,
    offline: inPhase('offline'),
    onWanted: inPhase('active'),
    downloading: inPhase('downloading', 'staged'),
    waiting: inPhase('waiting'),
    failed: inPhase('failed'),
    pending: devices.filter(({ state }) => state === 'pending').length,
  }
}

const BUCKETS: Record<TrafficRange, [bucketS: number, count: number]> = {
  '1h': [60, 60],
  '24h': [1800, 48],
  '7d': [14400, 42],
}

export function makeMockTraffic(range: TrafficRange, isEmpty: boolean): Traffic {
  const [bucketS, count] = BUCKETS[range]
  const end = Math.floor(Date.now() / 1000 / bucketS) * bucketS
  const random = randomOf(count)
  const points = Array.from({ length: count }, (_, index) => {
    const wave = Math.max(0, Math.sin(index / 6)) ** 2
    const fromStores = isEmpty ? 0 : Math.floor(wave * (60 + random() * 30) * MIB)
    const fromServer = isEmpty ? 0 : Math.floor((wave * 9 + random()) * MIB)
    return {
      at: iso((end - (count - 1 - index) * bucketS) * 1000),
      fromStores,
      fromServer,
      originSent: fromServer,
    }
  })
  return { range, bucketS, points }
}

export function makeMockExchange(fleet: MockFleet, site: string): SiteExchange {
  const devices = fleet.devices
    .filter(one => one.site === site && one.state === 'accepted')
    .toSorted((a, b) => b.role.localeCompare(a.role) || a.name.localeCompare(b.name))
  const stores = devices.filter(({ role, connection }) => role === 'store' && connection === 'online')
  const links: SiteExchange['links'] = stores.map(({ deviceId }, index) => ({
    from: 'server',
    to: deviceId,
    bytesPerS: Math.max(20_000, 1_100_000 - index * 300_000),
  }))
  const [first, second] = stores
  if (first && second) links.push({ from: first.deviceId, to: second.deviceId, bytesPerS: 2_400_000 })
  for (const [index, kiosk] of devices.filter(({ role }) => role === 'kiosk').entries()) {
    const store = stores[index % Math.max(1, stores.length)]
    if (store && kiosk.connection === 'online')
      links.push({
        from: store.deviceId,
        to: kiosk.deviceId,
        bytesPerS: kiosk.phase === 'downloading' ? 3_100_000 + index * 200_000 : 0,
      })
  }
  return {
    site,
    at: iso(Date.now()),
    devices: devices.map(({ deviceId, name, role, connection, phase, packages }) => ({
      deviceId,
      name,
      role,
      connection,
      phase,
      chunks: packages[0]?.chunks ?? { have: 0, total: 0 },
    })),
    links,
  }
}
