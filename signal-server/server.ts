/**
 * The server put together: the one place that names concrete adapters. Everything is opened in the order in which it
 * depends on one another and closed in the reverse, also when opening stops half way.
 */
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createAdminApp } from './admin-api/admin-app.ts'
import { createAdminListener } from './admin-api/admin-listener.ts'
import type { AdminDeps } from './admin-api/deps.ts'
import { makeAdminLink } from './admin-link.ts'
import { createClientAddresses, createSchemeOf, requestOf } from './client-address.ts'
import { type DataDirectory, lockDataDirectory, openDataDirectory } from './data-directory.ts'
import { Failure, messageOf } from './failure.ts'
import { createDeviceApp } from './fleet/device-app.ts'
import { createDeviceListener } from './fleet/device-listener.ts'
import { createOriginCounter } from './fleet/origin-counter.ts'
import { createPatchCatalogue } from './fleet/patch-catalogue.ts'
import { FleetWatch } from './fleet-watch/fleet-watch.ts'
import { LiveFeed } from './fleet-watch/live-feed.ts'
import { openGrantSecret } from './keys/grant-secret.ts'
import { PASSWORD_COST } from './keys/password-hash.ts'
import { openSigningKey, type SigningKey } from './keys/signing-key.ts'
import { isLoopback, listen, urlOf } from './listen.ts'
import { createServerMetrics } from './metrics/server-metrics.ts'
import { ArchiveStaging } from './publishing/archive-staging.ts'
import { PatchMaker } from './publishing/patch-maker.ts'
import { createPublisher, type Publisher } from './publishing/publisher.ts'
import { secureRandomBytes } from './random.ts'
import { createFleetRecords } from './records/fleet-records.ts'
import { openRecords, type Records } from './records/records.ts'
import { findSetting, putSetting } from './records/settings.ts'
import { listTrustedKeys, trustKey } from './records/signing-keys.ts'
import { listSites } from './records/sites.ts'
import type { ChunkVault } from './vault/chunk-vault.ts'
import { openFileVault } from './vault/file-vault.ts'
import { startWaitingExpiry } from './waiting-expiry.ts'

/** Certificate chain and private key, PEM. */
export interface TlsPair {
  readonly cert: string
  readonly key: string
}

export interface ServerOptions {
  readonly data: string
  /** The device listener. Port 0 takes a free one. */
  readonly host: string
  readonly port: number
  readonly adminHost: string
  readonly adminPort: number
  /** For the device listener, and for the admin listener where more than this machine reaches it. */
  readonly tls?: TlsPair
  /** Under which devices reach the device listener, for enrolment links; else that of the listener itself. */
  readonly publicUrl?: string
  /** Under which administrators reach the admin listener, if it is told: devices that wait show it as a QR code. */
  readonly adminUrl?: string
  /** Addresses and networks of proxies that say where a request comes from; none unless given. */
  readonly trustedProxies?: readonly string[]
  readonly log: Logger
}

export interface RunningServer {
  readonly kioskUrl: string
  readonly adminUrl: string
  /** While no password is set: a one-time link to choose it with; then the same as `adminUrl`. A secret: not for logs. */
  readonly adminLink: string
  /** Ends every session and connection; what was acknowledged is on disk. */
  close(): Promise<void>
}

const ADMIN_PAGE_DIRECTORY = fileURLToPath(new URL('../dist/admin', import.meta.url))
const KIOSK_DIRECTORY = fileURLToPath(new URL('../dist/kiosk', import.meta.url))
/** How often chunks of publications that were given up are looked for, beside at start. */
const SWEEP_INTERVAL_MS = 6 * 3600 * 1000

/** Resolves when both listeners serve. Rejects with a {@link Failure}, and then holds nothing open. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const urls = await open(options, closer => closers.push(closer))
    options.log.info({ kioskUrl: urls.kioskUrl, adminUrl: urls.adminUrl }, 'serving')
    return {
      ...urls,
      async close() {
        await close()
        options.log.info('stopped')
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(options: ServerOptions, onClose: (closer: () => unknown) => void) {
  const { log, tls } = options
  const clock = () => Date.now()
  const addresses = createClientAddresses(options.trustedProxies)
  const schemeOf = createSchemeOf(addresses, options.adminUrl)
  const directory = await openDataDirectory(options.data)
  onClose(lockDataDirectory(directory))

  const records = await openRecords({
    path: directory.recordsPath,
    randomBytes: secureRandomBytes,
    onReportFailure: error => log.error({ err: error }, 'reports of devices could not be kept'),
  })
  onClose(() => records.close())
  const signingKey = await openTrustedKey(directory, records, clock())
  const grantSecret = await openGrantSecret(directory.keysPath, secureRandomBytes)
  const vault = await openVault(directory)
  const publisher = createPublisher({ records, vault, signingKey, clock })
  onClose(startSweeping(publisher, log))
  onClose(
    startWaitingExpiry({
      records,
      clock,
      onFailure: error => log.error({ err: error }, 'devices that wait could not be forgotten'),
    }),
  )
  const patchMaker = new PatchMaker({ records, vault, publisher, clock, log })
  onClose(() => patchMaker.close())
  const { stagingPath } = directory
  const archives = await ArchiveStaging.open({
    directory: stagingPath,
    publisher,
    clock,
    randomBytes: secureRandomBytes,
  })
  onClose(() => archives.close())

  const metrics = createServerMetrics({ ofProcess: true })
  const counter = createOriginCounter(bytes => records.traffic.addOriginSent(bytes, clock()))
  const fleet = createFleetRecords({ ...records, randomBytes: secureRandomBytes })
  const deviceApp = createDeviceApp({
    directory: fleet,
    siteNames: async () => (await listSites(records.db)).map(site => site.name),
    vault,
    patches: createPatchCatalogue(records.db, patchMaker),
    grantSecret,
    counter,
    kioskDirectory: KIOSK_DIRECTORY,
    log,
    metrics,
    addresses,
    ownOrigins: options.publicUrl === undefined ? [] : [new URL(options.publicUrl).origin],
    ...(options.adminUrl !== undefined && { adminUrl: withSlash(options.adminUrl) }),
  })
  const devices = createDeviceListener(deviceApp, tls)
  onClose(() => devices.stop())
  const { host, port } = options
  let kioskUrl = ''

  const onFailure = (error: unknown) =>
    log.error({ err: error }, 'something for administrators could not be worked out')
  const watch = new FleetWatch({ records, presence: deviceApp.hub, clock, onFailure })
  onClose(() => watch.close())
  const feedId = Buffer.from(secureRandomBytes(9)).toString('base64url')
  const feed = new LiveFeed({ watch, changes: records.changes, feedId, onFailure })
  const adminDeps: Omit<AdminDeps, 'trust'> = {
    records,
    vault,
    publisher,
    archives,
    presence: deviceApp.hub,
    watch,
    feed,
    metrics,
    traffic: { chunkBytesSent: () => counter.bytesByRelease },
    enrolmentUrl: token => `${kioskUrl}?enrol=${token}`,
    pageDirectory: ADMIN_PAGE_DIRECTORY,
    passwordCost: PASSWORD_COST,
    clientAddress: c => addresses.addressOf(requestOf(c)),
    clientScheme: c => schemeOf(requestOf(c)),
    ownOrigins: options.adminUrl === undefined ? [] : [new URL(options.adminUrl).origin],
    clock,
    randomBytes: secureRandomBytes,
    onFailure: error => log.error({ err: error }, 'a request of an administrator failed'),
    onBrokenOff: (actor, request) => log.info({ actor, request }, 'a request broke off before it was whole'),
  }
  const adminTls = isLoopback(options.adminHost) ? undefined : tls
  const admin = createAdminListener(trust => createAdminApp({ ...adminDeps, trust }), { tls: adminTls })
  onClose(() => admin.stop())
  // Before the listener, which would wait for these answers to end.
  onClose(() => feed.close())
  const adminPort = await listen(admin.server, {
    host: options.adminHost,
    port: options.adminPort,
    portOption: '--admin-port',
    hostOption: '--admin-host',
  })
  const adminUrl = withSlash(
    options.adminUrl ?? urlOf(adminTls ? 'https' : 'http', options.adminHost, adminPort),
  )
  const adminLink = await firstLink(records, adminUrl, clock())
  // Last, and when the board has read what it has to: after an outage a whole fleet waits at this door.
  await watch.board.settled()
  const devicePort = await listen(devices.server, { host, port, portOption: '--port', hostOption: '--host' })
  kioskUrl = `${withSlash(options.publicUrl ?? urlOf(tls ? 'https' : 'http', host, devicePort))}kiosk/`
  return { kioskUrl, adminUrl, adminLink }
}

const withSlash = (address: string) => `${address.replace(/\/+$/, '')}/`

/** Leaves the address for `larder admin-link`, and makes the link of a first start. */
async function firstLink(records: Records, adminUrl: string, now: number): Promise<string> {
  await putSetting(records.db, 'admin-url', adminUrl)
  if ((await findSetting(records.db, 'admin-password')) !== null) return adminUrl
  return await makeAdminLink(records, { adminUrl, now, randomBytes: secureRandomBytes })
}

async function openTrustedKey(directory: DataDirectory, records: Records, now: number): Promise<SigningKey> {
  const key = await openSigningKey(directory.keysPath, await listTrustedKeys(records.db))
  await trustKey(records.db, { keyId: key.keyId, publicKey: key.publicKey }, now)
  return key
}

async function openVault(directory: DataDirectory): Promise<ChunkVault> {
  try {
    return await openFileVault(directory.vaultPath)
  } catch (error) {
    throw new Failure(`${messageOf(error)}; check its owner, mode and free space`, error)
  }
}

/** Sweeps now and from time to time. Returns what ends it, when the sweep under way is through. */
function startSweeping(publisher: Publisher, log: Logger): () => Promise<void> {
  const sweep = async () => {
    try {
      const removed = await publisher.sweep()
      if (removed > 0) log.info({ removed }, 'removed chunks that no release has')
    } catch (error) {
      log.error({ err: error }, 'chunks that no release has could not be removed')
    }
  }
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, SWEEP_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    await sweeping
  }
}
