/**
 * The server put together: the one place that names concrete adapters. Everything is opened in the order in which it
 * depends on one another and closed in the reverse, also when opening stops half way.
 */
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { toInstant } from '../protocol/primitives.ts'
import { signSeparation } from '../protocol/separation.ts'
import { createAdminApp } from './admin-api/admin-app.ts'
import { createAdminListener } from './admin-api/admin-listener.ts'
import type { AdminDeps } from './admin-api/deps.ts'
import { makeAdminLink } from './admin-link.ts'
import { type BackgroundJob, BackgroundJobs } from './background-jobs.ts'
import { createClientAddresses, createSchemeOf, requestOf } from './client-address.ts'
import { type DataDirectory, lockDataDirectory, openDataDirectory } from './data-directory.ts'
import { closeToOtherUsers, recordClosedKeys } from './data-modes.ts'
import { Failure, messageOf } from './failure.ts'
import { createDeviceApp } from './fleet/device-app.ts'
import { createDeviceListener } from './fleet/device-listener.ts'
import { createOriginCounter } from './fleet/origin-counter.ts'
import { createPatchCatalogue } from './fleet/patch-catalogue.ts'
import { systemClock } from './fleet/server-clock.ts'
import { FleetWatch } from './fleet-watch/fleet-watch.ts'
import { LiveFeed } from './fleet-watch/live-feed.ts'
import { openGrantSecret } from './keys/grant-secret.ts'
import { PASSWORD_COST } from './keys/password-hash.ts'
import { openTrustedSigningKey } from './keys/trusted-signing-key.ts'
import { isLoopback, listen, urlOf } from './listen.ts'
import { refuseLostRecords } from './lost-records.ts'
import { createServerMetrics } from './metrics/server-metrics.ts'
import { ArchiveStaging } from './publishing/archive-staging.ts'
import { forgetDamagedParts } from './publishing/damaged-parts.ts'
import { startMakingDifferences } from './publishing/manifest-differences.ts'
import { PatchMaker } from './publishing/patch-maker.ts'
import { createPublisher, type Publisher } from './publishing/publisher.ts'
import { secureRandomBytes } from './random.ts'
import { findDamageAside } from './records/check-records.ts'
import { createFleetRecords } from './records/fleet-records.ts'
import { damagedDifferences, dropManifestDifference } from './records/manifest-differences.ts'
import { openRecords, type Records } from './records/records.ts'
import { findSetting, putSetting } from './records/settings.ts'
import { listSites } from './records/sites.ts'
import { readStoredManifest } from './records/stored-manifests.ts'
import { storageFaultOf } from './storage-fault.ts'
import { StorageState } from './storage-state.ts'
import { startReleaseRetention } from './upkeep/release-retention.ts'
import { ReportedChunks } from './upkeep/reported-chunks.ts'
import { startScrubbing } from './upkeep/scrub.ts'
import { StoredDamage } from './upkeep/stored-damage.ts'
import type { ChunkVault } from './vault/chunk-vault.ts'
import { type FileVaultOptions, openFileVault } from './vault/file-vault.ts'
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
  /** Whether a signing key may be used that the devices enrolled so far do not trust. */
  readonly acceptNewKey?: boolean
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
    const fault = error instanceof Failure ? null : storageFaultOf(error)
    if (fault === null) throw error
    throw new Failure(
      `cannot start on ${options.data}: ${fault.words}; ${fault.advice}, and start again`,
      error,
    )
  }
}

async function open(options: ServerOptions, onClose: (closer: () => unknown) => void) {
  const { log, tls } = options
  const clock = () => Date.now()
  const addresses = createClientAddresses(options.trustedProxies)
  const schemeOf = createSchemeOf(addresses, options.adminUrl)
  const directory = await openDataDirectory(options.data)
  const lock = lockDataDirectory(directory)
  onClose(() => lock.release())
  const closedKeys = await closeToOtherUsers(directory, log)
  await refuseLostRecords(directory)

  let sweeping: BackgroundJob | null = null
  const storage = new StorageState({
    path: directory.path,
    clock,
    log,
    onFull: () => sweeping?.wake(),
    onRecovered: () => jobs.retryFailing(),
  })
  onClose(() => storage.close())
  /** The disk is said once, by the state; what is wrong with something else each time. */
  const logFailure = (message: string) => (error: unknown) => {
    if (!storage.report(error)) log.error({ err: error }, message)
  }
  const jobs = new BackgroundJobs({ clock: systemClock, log, isReported: error => storage.report(error) })
  const records = await openRecords({
    path: directory.recordsPath,
    randomBytes: secureRandomBytes,
    onReportFailure: logFailure('reports of devices could not be kept'),
    onMigrated: migration =>
      log.info(migration, 'brought the records up to date, and kept a copy from before'),
    onStorageFault: error => storage.report(error),
    jobs,
    beforeWriting: () => lock.makeExclusive(),
  })
  onClose(async () => {
    await records.close()
    const { unwrittenDevices } = records.reports
    if (unwrittenDevices > 0) log.error({ unwrittenDevices }, 'the last reports of these devices are lost')
  })
  // The log has it already: a disk that takes no entry does not keep the server from serving.
  await recordClosedKeys(records, closedKeys, clock()).catch(error => {
    if (!storage.report(error)) throw error
  })
  const { keysPath } = directory
  const acceptNewKey = options.acceptNewKey ?? false
  const signingKey = await openTrustedSigningKey({ keysPath, records, acceptNewKey, now: clock(), log })
  const grantSecret = await openGrantSecret(keysPath, secureRandomBytes, error => storage.report(error))
  const damage = new StoredDamage(log)
  const vault = await openVault(directory, damage, () => repairing.wake())
  const publisher = createPublisher({ records, vault, signingKey, clock })
  onClose(() => jobs.close())
  const sweep = startSweeping(jobs, publisher, storage, log)
  sweeping = sweep
  records.changes.subscribe(change => {
    if (change.type !== 'fleet' || change.removedReleases === undefined) return
    for (const digest of change.removedReleases) damage.foundManifest(digest, null)
    // The time that their chunks are kept begins now.
    sweep.wake()
  })
  startReleaseRetention({ records, clock, jobs, log })
  startWaitingExpiry({ records, clock, jobs })
  const repairing = jobs.add({
    name: 'repairing patches',
    run: async () => {
      if ((await forgetDamagedParts(records.db, vault)) > 0) patchMaker.wake()
      return null
    },
  })
  const patchMaker = new PatchMaker({ records, vault, publisher, jobs, clock, log })
  onClose(() => patchMaker.close())
  repairing.wake()
  const differences = startMakingDifferences(records, jobs)
  onClose(() => differences.close())
  startScrubbing({
    db: records.db,
    vault,
    checkRecords: async () => {
      damage.foundRecords((await findDamageAside(directory.recordsPath))[0] ?? null)
      for (const { from, to } of await damagedDifferences(records.db))
        await dropManifestDifference(records.db, from, to)
      differences.wake()
    },
    checkManifest: async digest => {
      const stored = await readStoredManifest(records.db, digest)
      if (stored !== null) damage.foundManifest(digest, stored.ok ? null : stored.message)
    },
    jobs,
    clock,
  })
  const reported = new ReportedChunks({ records, vault, jobs, clock })
  onClose(() => reported.close())
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
  const fleet = createFleetRecords({
    ...records,
    randomBytes: secureRandomBytes,
    onManifest: (digest, reason) => damage.foundManifest(digest, reason),
  })
  const deviceApp = createDeviceApp({
    signSeparation: deviceId => signSeparation(deviceId, signingKey),
    directory: fleet,
    siteNames: async () => (await listSites(records.db)).map(site => site.name),
    vault,
    patches: createPatchCatalogue(records.db, patchMaker, () => differences.wake()),
    grantSecret,
    counter,
    kioskDirectory: KIOSK_DIRECTORY,
    log,
    onFailure: logFailure('a request of a device failed'),
    metrics,
    addresses,
    ownOrigins: options.publicUrl === undefined ? [] : [new URL(options.publicUrl).origin],
    ...(options.adminUrl !== undefined && { adminUrl: withSlash(options.adminUrl) }),
  })
  const devices = createDeviceListener(deviceApp, tls)
  onClose(() => devices.stop())
  const { host, port } = options
  let kioskUrl = ''

  const onFailure = logFailure('an open page could not be told what changes')
  const upkeep = () => ({
    ...damage.summary(vault),
    failingJobs: jobs.failing().map(({ since, ...failure }) => ({ ...failure, since: toInstant(since) })),
  })
  const watch = new FleetWatch({ records, presence: deviceApp.hub, storage, jobs, upkeep, clock })
  onClose(() => watch.close())
  const feedId = Buffer.from(secureRandomBytes(9)).toString('base64url')
  const feed = new LiveFeed({ watch, changes: records.changes, feedId, jobs, onFailure })
  const adminDeps: Omit<AdminDeps, 'trust'> = {
    records,
    vault,
    publisher,
    archives,
    presence: deviceApp.hub,
    watch,
    feed,
    storage,
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
    onFailure: logFailure('a request of an administrator failed'),
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
  const adminLink = await firstLink(records, storage, adminUrl, clock())
  storage.setRecordCheck(() => putSetting(records.db, 'admin-url', adminUrl))
  // Last, and when the board has read what it has to: after an outage a whole fleet waits at this door.
  await watch.board.settled()
  const devicePort = await listen(devices.server, { host, port, portOption: '--port', hostOption: '--host' })
  // Such as for want of a file descriptor: the connection is lost, and not the server.
  for (const server of [admin.server, devices.server])
    server.on('error', logFailure('a connection could not be accepted'))
  kioskUrl = `${withSlash(options.publicUrl ?? urlOf(tls ? 'https' : 'http', host, devicePort))}kiosk/`
  return { kioskUrl, adminUrl, adminLink }
}

const withSlash = (address: string) => `${address.replace(/\/+$/, '')}/`

/** Leaves the address for `larder admin-link`, and makes the link of a first start. The server serves without either. */
async function firstLink(
  records: Records,
  storage: StorageState,
  adminUrl: string,
  now: number,
): Promise<string> {
  try {
    if ((await findSetting(records.db, 'admin-url')) !== adminUrl)
      await putSetting(records.db, 'admin-url', adminUrl)
    if ((await findSetting(records.db, 'admin-password')) !== null) return adminUrl
    return await makeAdminLink(records, { adminUrl, now, randomBytes: secureRandomBytes })
  } catch (error) {
    if (!storage.report(error)) throw error
    return adminUrl
  }
}

async function openVault(
  directory: DataDirectory,
  damage: StoredDamage,
  afterDamage: () => void,
): Promise<ChunkVault> {
  const onDamage: FileVaultOptions['onDamage'] = (digest, flaw, reason) => {
    damage.foundChunk(digest, flaw, reason)
    afterDamage()
  }
  try {
    return await openFileVault(directory.vaultPath, { onDamage })
  } catch (error) {
    throw new Failure(`${messageOf(error)}; check its owner, mode and free space`, error)
  }
}

/** Sweeps now and from time to time. */
function startSweeping(
  jobs: BackgroundJobs,
  publisher: Publisher,
  storage: StorageState,
  log: Logger,
): BackgroundJob {
  const sweeping = jobs.add({
    name: 'removing chunks that no release has',
    run: async () => {
      const removed = await publisher.sweep(storage.trouble?.reason === 'full')
      if (removed > 0) log.info({ removed }, 'removed chunks that no release has')
      return SWEEP_INTERVAL_MS
    },
  })
  sweeping.wake()
  return sweeping
}
