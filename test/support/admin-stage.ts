/**
 * The admin API over real records in a temporary directory and a vault in memory, without a port: what route tests need.
 * Time stands still until a test moves it; presence and traffic are what a test says.
 */
import { hash } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { toInstant } from '../../protocol/primitives.ts'
import { createAdminApp } from '../../signal-server/admin-api/admin-app.ts'
import {
  type AdminListenerOptions,
  createAdminListener,
} from '../../signal-server/admin-api/admin-listener.ts'
import type { AdminDeps } from '../../signal-server/admin-api/deps.ts'
import type { RequestTrust } from '../../signal-server/admin-api/stranger-bounds.ts'
import { BackgroundJobs } from '../../signal-server/background-jobs.ts'
import type { DuplicateIdentity } from '../../signal-server/fleet/duplicate-identities.ts'
import { systemClock } from '../../signal-server/fleet/server-clock.ts'
import type { FleetChange, FleetDirectory } from '../../signal-server/fleet-directory.ts'
import type { FleetPresence } from '../../signal-server/fleet-presence.ts'
import { FleetWatch } from '../../signal-server/fleet-watch/fleet-watch.ts'
import { LiveFeed } from '../../signal-server/fleet-watch/live-feed.ts'
import type { SigningKey } from '../../signal-server/keys/signing-key.ts'
import { openSigningKey } from '../../signal-server/keys/signing-key.ts'
import { createServerMetrics, type ServerMetrics } from '../../signal-server/metrics/server-metrics.ts'
import { ArchiveStaging } from '../../signal-server/publishing/archive-staging.ts'
import { createPublisher, type Publisher } from '../../signal-server/publishing/publisher.ts'
import type { ArchiveLimits } from '../../signal-server/publishing/scan-archive.ts'
import { randomApiToken, secureRandomBytes } from '../../signal-server/random.ts'
import { insertApiToken } from '../../signal-server/records/api-tokens.ts'
import { createFleetRecords } from '../../signal-server/records/fleet-records.ts'
import { openRecords, type Records } from '../../signal-server/records/records.ts'
import { trustKey } from '../../signal-server/records/signing-keys.ts'
import type { StorageTrouble } from '../../signal-server/storage-state.ts'
import { encodeChunk } from '../../signal-server/vault/zstd.ts'
import { temporaryDirectory, withCleanup } from './cleanup.ts'
import { MemoryVault } from './memory-vault.ts'

/** A whole minute, so that instants read well when a test fails. */
export const START = Date.parse('2026-11-22T12:00:00Z')

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the parts they mean
  readonly body: any
  readonly headers: Headers
}

export interface AdminStage {
  /** The application itself, to ask it for its routes. */
  readonly app: ReturnType<typeof createAdminApp>
  readonly metrics: ServerMetrics
  readonly records: Records
  readonly archives: ArchiveStaging
  /** Where archives wait to be published. */
  readonly stagingPath: string
  /** Where the administration page would be; empty until a test builds it. */
  readonly pageDirectory: string
  readonly directory: FleetDirectory
  readonly publisher: Publisher
  readonly vault: MemoryVault
  readonly signingKey: SigningKey
  readonly changes: FleetChange[]
  readonly failures: unknown[]
  readonly online: Set<string>
  /** Devices whose key two browsers have. */
  readonly duplicates: Map<string, DuplicateIdentity>
  /** Devices that were asked for their diagnostics. */
  readonly diagnosed: readonly string[]
  readonly traffic: Map<string, number>
  /** Whether the server can write to its disk, as a test says. */
  readonly storage: { readonly path: string; trouble: StorageTrouble | null }
  now: number
  /** A valid API token. */
  readonly token: string
  /** The application on a free port, with a listener as the server has one. */
  listen(options?: AdminListenerOptions): Promise<{ readonly port: number; readonly server: Server }>
  /** A request with a valid token, unless `headers` say otherwise; a body that is no bytes is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** A GET with a valid token whose answer is read as it comes. */
  open(path: string, headers?: Record<string, string>): Promise<Response>
  /** Publishes files of the given texts; returns the answer of the release. */
  publish(packageName: string, files: Readonly<Record<string, string>>, version?: string): Promise<Answer>
}

/** Who is online, as a test says; whoever subscribed hears of it. */
class OnlineDevices extends Set<string> {
  readonly #listeners = new Set<(deviceId: string) => void>()

  subscribe(listener: (deviceId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  override add(deviceId: string): this {
    super.add(deviceId)
    for (const listener of this.#listeners) listener(deviceId)
    return this
  }

  override delete(deviceId: string): boolean {
    const had = super.delete(deviceId)
    for (const listener of this.#listeners) listener(deviceId)
    return had
  }
}

export async function openAdminStage(
  t: TestContext,
  options: { readonly limits?: Partial<ArchiveLimits> } = {},
): Promise<AdminStage> {
  const folder = await temporaryDirectory(t)
  const failures: unknown[] = []
  const jobs = new BackgroundJobs({
    clock: systemClock,
    log: { info: () => undefined, error: fields => failures.push((fields as { err: unknown }).err) },
  })
  const records = withCleanup(t).use(
    await openRecords({ path: join(folder, 'records.db'), randomBytes: secureRandomBytes, jobs }),
  )
  const signingKey = await openSigningKey(join(folder, 'keys'), [])
  await trustKey(records.db, { keyId: signingKey.keyId, publicKey: signingKey.publicKey }, START)
  const token = randomApiToken(secureRandomBytes)
  await insertApiToken(records.db, { tokenHash: hash('sha256', token, 'hex'), name: 'test' }, START)
  const { changes: fleetChanges, db, reports } = records
  const directory = createFleetRecords({
    db,
    reports,
    changes: fleetChanges,
    randomBytes: secureRandomBytes,
  })
  const changes: FleetChange[] = []
  directory.onChange(change => changes.push(change))
  const vault = new MemoryVault()
  const clock = () => stage.now
  const publisher = createPublisher({ records, vault, signingKey, clock })
  const online = new OnlineDevices()
  const duplicates = new Map<string, DuplicateIdentity>()
  const diagnosed: string[] = []
  const traffic = new Map<string, number>()
  const onFailure = (error: unknown) => failures.push(error)
  const presence: FleetPresence = {
    isOnline: deviceId => online.has(deviceId),
    duplicateOf: deviceId => duplicates.get(deviceId) ?? null,
    separate: async deviceId => (online.has(deviceId) ? { address: '192.0.2.1' } : null),
    roleOf: device => (device.assignedRole === 'store' ? 'store' : 'kiosk'),
    diagnose(deviceId) {
      if (online.has(deviceId)) diagnosed.push(deviceId)
      return online.has(deviceId)
    },
    subscribe: listener => online.subscribe(listener),
  }
  const storage: { readonly path: string; trouble: StorageTrouble | null } = { path: folder, trouble: null }
  const upkeep = () => ({
    damagedChunks: vault.damaged.size,
    damagedManifests: 0,
    recordsDamage: null,
    failingJobs: jobs.failing().map(({ since, ...failure }) => ({ ...failure, since: toInstant(since) })),
  })
  const watch = new FleetWatch({ records, presence, storage, jobs, clock, upkeep })
  withCleanup(t).use(watch)
  const feed = new LiveFeed({ watch, changes: fleetChanges, feedId: 'feed', jobs, onFailure })
  withCleanup(t).use(feed)
  const pageDirectory = join(folder, 'page')
  const metrics = createServerMetrics({ ofProcess: false })
  const stagingPath = join(folder, 'staging')
  const archives = withCleanup(t).use(
    await ArchiveStaging.open({
      directory: stagingPath,
      publisher,
      clock,
      randomBytes: secureRandomBytes,
      ...options,
    }),
  )
  const deps: AdminDeps = {
    records,
    vault,
    publisher,
    archives,
    presence,
    watch,
    feed,
    storage,
    metrics,
    traffic: { chunkBytesSent: () => traffic },
    enrolmentUrl: enrolment => `http://larder.test/kiosk/?enrol=${enrolment}`,
    pageDirectory,
    // Tests set many passwords, and none is worth guessing.
    passwordCost: { N: 1024, r: 8, p: 1 },
    clientAddress: c => c.req.header('x-test-address') ?? '192.0.2.1',
    // As behind a proxy that is trusted.
    ownOrigins: ['https://admin.example.com'],
    clientScheme: c => (c.req.header('x-forwarded-proto') === 'https' ? 'https' : 'http'),
    clock,
    randomBytes: secureRandomBytes,
    onFailure,
  }
  const app = createAdminApp(deps)

  const stage: AdminStage = {
    app,
    archives,
    storage,
    stagingPath,
    metrics,
    pageDirectory,
    records,
    directory,
    publisher,
    vault,
    signingKey,
    changes,
    failures,
    online,
    duplicates,
    diagnosed,
    traffic,
    now: START,
    async listen(options = {}) {
      const app = (trust: RequestTrust) =>
        createAdminApp({ ...deps, metrics: createServerMetrics({ ofProcess: false }), trust })
      const listener = createAdminListener(app, options)
      listener.server.listen(0)
      await once(listener.server, 'listening')
      withCleanup(t).defer(() => listener.stop())
      return { port: (listener.server.address() as AddressInfo).port, server: listener.server }
    },
    token,
    async call(method, path, body, headers = {}) {
      const isBytes = body instanceof Uint8Array
      const response = await app.request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body !== undefined && {
          body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
        }),
      })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
    },
    async open(path, headers = {}) {
      return await app.request(path, { headers: { authorization: `Bearer ${token}`, ...headers } })
    },
    async publish(packageName, files, version = '1.0.0') {
      const content = contentOf(files, version)
      for (const raw of content.raws)
        await stage.call('PUT', `/api/chunks/${digestOf(raw)}`, await encodeChunk(raw))
      return await stage.call('POST', `/api/packages/${packageName}/releases`, content.body)
    },
  }
  return stage
}

/** A release's content with one chunk per file, in the order of the paths. */
export function contentOf(files: Readonly<Record<string, string>>, version = '1.0.0') {
  const paths = Object.keys(files).sort()
  const raws = paths.map(path => new TextEncoder().encode(files[path]))
  return {
    raws,
    body: {
      version,
      entry: 'index.html',
      files: paths.map((path, index) => ({
        path,
        sizeBytes: raws[index]?.length ?? 0,
        mediaType: 'text/html',
        chunk: index,
        offset: 0,
      })),
      chunks: raws.map(raw => ({ digest: digestOf(raw), sizeBytes: raw.length })),
    },
  }
}

export const digestOf = (raw: Uint8Array): string => hash('sha256', raw, 'hex')
