/**
 * The built admin page over a made-up server: the real page routes with their content policy, and an API that answers from
 * memory, every answer held against the schemas. For how the page looks and behaves; what the server does is tested with
 * the real one.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ServerType, serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as v from 'valibot'
import { build } from 'vite'
import { type Comparison, comparisonSchema } from '../../protocol/admin/archives.ts'
import { audienceSchema } from '../../protocol/admin/audience.ts'
import {
  type DeviceDetail,
  type DeviceRow,
  deviceDetailSchema,
  devicePageSchema,
} from '../../protocol/admin/devices.ts'
import { enrolmentLinkListSchema } from '../../protocol/admin/enrolment.ts'
import { type LiveEvent, type LiveEventName, liveEventSchemas } from '../../protocol/admin/live.ts'
import { overviewSchema } from '../../protocol/admin/overview.ts'
import { retentionViewSchema } from '../../protocol/admin/retention.ts'
import { sessionViewSchema } from '../../protocol/admin/session.ts'
import { siteExchangeSchema, siteSummaryListSchema, siteSummarySchema } from '../../protocol/admin/sites.ts'
import { type TrafficRange, trafficSchema } from '../../protocol/admin/traffic.ts'
import { packageListSchema, packageViewSchema, profileListSchema } from '../../protocol/admin-api.ts'
import { defaultUpdateOptions, noLimits } from '../../protocol/assignment.ts'
import { PROBLEM_MEDIA_TYPE, type ProblemName, problem } from '../../protocol/problem.ts'
import { adminPage } from '../../signal-server/admin-api/admin-page.ts'
import { attentionOf } from '../../signal-server/fleet-watch/attention.ts'
import {
  countsOf,
  type MockFleet,
  makeMockExchange,
  makeMockFleet,
  makeMockTraffic,
} from './admin-mock-data.ts'

export interface AdminMock {
  /** With its final slash. */
  readonly url: string
  /** Where Vite put the page. */
  readonly directory: string
  fleet: MockFleet
  /** What a test wants the session to be; `authenticated` at first. */
  session: { authenticated: boolean; passwordSet: boolean }
  /** Requests other than GET, as `METHOD path` with their bodies. */
  readonly changes: { readonly what: string; readonly body: unknown }[]
  emit<N extends LiveEventName>(name: N, event: LiveEvent<N>): void
  /** Open live connections. */
  listeners(): number
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

export async function startAdminMock(deviceCount: number): Promise<AdminMock> {
  const directory = await mkdtemp(join(tmpdir(), 'larder-admin-page-'))
  await build({
    configFile: fileURLToPath(new URL('../../signal-server/admin/vite.config.ts', import.meta.url)),
    build: { outDir: directory },
  })
  const streams = new Set<(name: string, data: string) => void>()
  const mock: AdminMock = {
    url: '',
    directory,
    fleet: makeMockFleet(deviceCount),
    session: { authenticated: true, passwordSet: true },
    changes: [],
    emit: (name, event) => {
      const data = JSON.stringify(v.parse(liveEventSchemas[name], event))
      for (const send of streams) send(name, data)
    },
    listeners: () => streams.size,
    down: () => stop(running),
    up: async () => {
      running = await listen(app, port)
    },
    close: async () => {
      if (running.listening) await stop(running)
      await rm(directory, { recursive: true, force: true })
    },
  }
  const app = mockApi(mock, streams)
  app.route('/', adminPage(directory) as unknown as Hono)
  let running = await listen(app, 0)
  const { port } = running.address() as AddressInfo
  return Object.assign(mock, { url: `http://localhost:${port}/` })
}

function mockApi(mock: AdminMock, streams: Set<(name: string, data: string) => void>): Hono {
  const app = new Hono()
  const refuse = (c: Context, name: ProblemName, detail: string) => {
    const document = problem(name, detail)
    return c.body(JSON.stringify(document), document.status as 400, { 'content-type': PROBLEM_MEDIA_TYPE })
  }
  const sessionView = () =>
    v.parse(sessionViewSchema, {
      ...mock.session,
      via: mock.session.authenticated ? 'session' : null,
      actor: mock.session.authenticated ? 'session:1' : null,
      expiresAt: mock.session.authenticated ? new Date(Date.now() + 3600_000).toISOString() : null,
    })
  app.use('/api/*', async (c, next) => {
    if (c.req.method !== 'GET') {
      const isJson = c.req.header('content-type')?.includes('json')
      mock.changes.push({
        what: `${c.req.method} ${new URL(c.req.url).pathname}`,
        body: isJson ? await c.req.json() : null,
      })
    }
    if (!c.req.path.startsWith('/api/session') && !mock.session.authenticated)
      return refuse(c, 'unauthenticated', 'Log in first.')
    return await next()
  })
  app.get('/api/session', c => c.json(sessionView()))
  app.post('/api/session', async c => {
    const { password } = (await c.req.json()) as { password: string }
    if (password !== 'correct horse battery') return refuse(c, 'unauthenticated', 'This is not the password.')
    mock.session.authenticated = true
    return c.json(sessionView())
  })
  app.post('/api/session/link', async c => {
    const { code } = (await c.req.json()) as { code: string }
    if (code !== 'good-code')
      return refuse(c, 'unauthenticated', 'This link is used up or too old. Print another one.')
    mock.session = { authenticated: true, passwordSet: true }
    return c.json(sessionView())
  })
  app.delete('/api/session', c => {
    mock.session.authenticated = false
    return c.body(null, 204)
  })
  app.get('/api/overview', c => c.json(overviewOf(mock.fleet)))
  app.get('/api/traffic', c =>
    c.json(
      v.parse(
        trafficSchema,
        makeMockTraffic((c.req.query('range') ?? '1h') as TrafficRange, mock.fleet.devices.length === 0),
      ),
    ),
  )
  app.get('/api/devices', c => c.json(v.parse(devicePageSchema, pageOf(mock.fleet.devices, c.req.query()))))
  app.get('/api/devices/:id', c => {
    const found = mock.fleet.devices.find(({ deviceId }) => deviceId === c.req.param('id'))
    return found
      ? c.json(v.parse(deviceDetailSchema, found))
      : refuse(c, 'not-found', 'There is no such device.')
  })
  app.patch('/api/devices/:id', async c => {
    const found = mock.fleet.devices.find(({ deviceId }) => deviceId === c.req.param('id'))
    if (!found) return refuse(c, 'not-found', 'There is no such device.')
    const { role, ...rest } = (await c.req.json()) as Record<string, never>
    Object.assign(found, rest, role === undefined ? {} : { assignedRole: role })
    return c.json(found)
  })
  app.get('/api/sites', c => c.json(v.parse(siteSummaryListSchema, { sites: mock.fleet.sites })))
  app.get('/api/sites/:site', c => {
    const found = mock.fleet.sites.find(({ name }) => name === c.req.param('site'))
    return found
      ? c.json(v.parse(siteSummarySchema, found))
      : refuse(c, 'not-found', 'There is no such site.')
  })
  app.put('/api/sites/:site', async c => {
    const name = c.req.param('site')
    const body = (await c.req.json()) as { timeZone: string; storesWanted: number }
    const known = mock.fleet.sites.find(one => one.name === name)
    const counts = known?.counts ?? { ...countsOf([]), stores: 0, storesOnline: 0 }
    mock.fleet.sites = [
      ...mock.fleet.sites.filter(one => one !== known),
      { name, limits: noLimits, ...body, counts },
    ]
    return c.json({ name, limits: noLimits, ...body })
  })
  app.get('/api/sites/:site/exchange', c =>
    c.json(v.parse(siteExchangeSchema, makeMockExchange(mock.fleet, c.req.param('site')))),
  )
  app.get('/api/profiles', c => c.json(v.parse(profileListSchema, { profiles: profilesOf(mock.fleet) })))
  app.get('/api/packages', c =>
    c.json(
      v.parse(packageListSchema, {
        packages: [...mock.fleet.packages.values()].map(({ package: name, releases }) => ({
          package: name,
          releaseCount: releases.length,
          latest: releases[0],
        })),
      }),
    ),
  )
  app.get('/api/packages/:package', c => {
    const found = mock.fleet.packages.get(c.req.param('package'))
    return found
      ? c.json(v.parse(packageViewSchema, found))
      : refuse(c, 'not-found', 'There is no such package.')
  })
  app.post('/api/packages/:package/chunks/missing', c => c.json({ missing: [] }))
  app.get('/api/enrolment-tokens', c =>
    c.json(v.parse(enrolmentLinkListSchema, { links: [], nextCursor: null })),
  )
  app.get('/api/packages/:package/retention', c =>
    c.json(
      v.parse(retentionViewSchema, {
        package: c.req.param('package'),
        keepReleases: null,
        keepForS: null,
        removes: [],
        freedBytes: 0,
      }),
    ),
  )
  app.get('/api/packages/:package/audience', c => c.json(audienceOf(mock.fleet, c.req.query('bytes'))))
  app.post('/api/packages/:package/compare', async c => {
    const { files, chunks } = (await c.req.json()) as {
      files: { path: string; sizeBytes: number }[]
      chunks: unknown[]
    }
    return c.json(v.parse(comparisonSchema, comparisonOf(files, chunks.length)))
  })
  app.get('/api/live', c => {
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async stream => {
      const send = (event: string, data: string) => void stream.writeSSE({ event, data }).catch(() => {})
      streams.add(send)
      send('overview', JSON.stringify(overviewOf(mock.fleet)))
      send('reset', '{}')
      await new Promise<void>(resolve => stream.onAbort(resolve))
      streams.delete(send)
    })
  })
  app.all('/api/*', c => refuse(c, 'not-found', 'Not made up yet.'))
  return app
}

/** What the overview says of it. */
export function overviewOf(fleet: MockFleet) {
  const isEmpty = fleet.devices.length === 0
  return v.parse(overviewSchema, {
    at: new Date().toISOString(),
    counts: countsOf(fleet.devices),
    bytes: {
      total: isEmpty
        ? { fromStores: 0, fromServer: 0, originSent: 0 }
        : { fromStores: 41_200_000_000, fromServer: 5_300_000_000, originSent: 5_100_000_000 },
      today: {
        ...(isEmpty
          ? { fromStores: 0, fromServer: 0, originSent: 0 }
          : { fromStores: 2_840_000_000, fromServer: 331_000_000, originSent: 330_000_000 }),
        since: `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`,
      },
    },
    share: isEmpty ? { fromStores: null, best: null } : { fromStores: 0.886, best: 0.917 },
    storageTrouble: null,
    upkeep: fleet.upkeep,
    unknownReleases: [],
    attention: attentionOf({
      devices: fleet.devices.map(device => ({
        ...device,
        isShared: device.duplicate !== null,
        isOnline: device.connection === 'online',
        enrolledAt: Date.parse(device.enrolledAt),
        lastSeenAt: Date.parse(device.lastSeenAt),
      })),
      storageTrouble: null,
      upkeep: fleet.upkeep,
      unknownReleases: [],
    }),
  })
}

function audienceOf({ sites }: MockFleet, bytes = '0') {
  const rows = sites.map(({ name, counts: { devices, offline, storesOnline } }) => ({
    site: name,
    profile: 'shops',
    devices,
    offline,
    storesOnline,
    kiosks: 'until 22:00 kiosks wait; from 22:00 stores first, then server',
    takeover: 'A new release takes over when the screen is idle.',
    uplinkBytes: Number(bytes),
  }))
  const sum = (name: 'devices' | 'offline' | 'uplinkBytes') =>
    rows.reduce((total, row) => total + row[name], 0)
  return v.parse(audienceSchema, {
    devices: sum('devices'),
    offline: sum('offline'),
    uplinkBytes: sum('uplinkBytes'),
    sites: rows,
    pinned: [],
  })
}

function profilesOf({ sites, packages }: MockFleet) {
  const distribution = { proxyDistribution: true, onlyToProxiesUntil: null, enforceProxyUntil: null }
  const given = [...packages.keys()].map(name => ({
    package: name,
    release: 'latest',
    distribution,
    update: defaultUpdateOptions,
    revision: 1,
  }))
  return sites.length === 0
    ? []
    : [{ name: 'shops', priority: 0, sites: sites.map(({ name }) => name), packages: given, notes: [] }]
}

function pageOf(devices: readonly DeviceDetail[], query: Record<string, string>) {
  const { search = '', sort = 'site', order = 'asc', cursor = '0', limit } = query
  const value: Record<string, (row: DeviceRow) => string> = {
    name: row => row.name,
    lastSeen: row => row.lastSeenAt,
    enrolled: row => row.enrolledAt,
    site: row => `${row.site} ${row.name}`,
  }
  const key = value[sort] ?? ((row: DeviceRow) => String(row[sort as 'phase']))
  const found = devices
    .filter(row =>
      ['site', 'role', 'state', 'phase', 'connection', 'code'].every(
        name => !query[name] || row[name as 'site'] === query[name],
      ),
    )
    .filter(row =>
      `${row.name} ${row.deviceId} ${row.site} ${row.code}`.toLowerCase().includes(search.toLowerCase()),
    )
    .toSorted((a, b) => key(a).localeCompare(key(b)) * (order === 'asc' ? 1 : -1))
  const from = Number(cursor)
  const until = limit ? from + Number(limit) : found.length
  const rows = found.slice(from, until).map(({ peers: _, events: __, clockOffsetMs: ___, ...row }) => row)
  return { devices: rows, total: found.length, nextCursor: until < found.length ? String(until) : null }
}

function comparisonOf(files: readonly { path: string; sizeBytes: number }[], chunkCount: number): Comparison {
  const raw = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return {
    against: { release: 3, version: '2.1.0' },
    files: {
      total: files.length,
      new: 1,
      changed: files.length - 1,
      removed: 0,
      same: 0,
      list: files.map(({ path, sizeBytes }, index) => ({
        path,
        change: index === 0 ? 'new' : 'changed',
        sizeBytes,
      })),
    },
    chunks: { total: chunkCount, new: chunkCount, missing: chunkCount },
    bytes: { raw, newRaw: raw, travelling: Math.floor(raw / 3) },
  }
}

function listen(app: Hono, port: number): Promise<ServerType> {
  return new Promise(resolve => {
    const server = serve({ fetch: app.fetch, port, hostname: 'localhost' }, () => resolve(server))
  })
}

function stop(server: ServerType): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
