/**
 * Everything devices reach, as one app that never listens: the kiosk page, enrolment, signaling, manifests, and beside the
 * app what answers for chunks.
 * It knows the records only as a {@link FleetDirectory} and chunks only as a vault. All addresses in it are relative, so
 * that it works behind any host name, port or path prefix.
 */

import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { STRANGER_LOG_LINES } from '../../policy/device-budget.ts'
import { duplicateSentence } from '../../protocol/duplicate-words.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { problem } from '../../protocol/problem.ts'
import type { IceServer } from '../../protocol/signal/down.ts'
import { spokenVersions } from '../../protocol/spoken-versions.ts'
import { type ClientAddresses, createClientAddresses } from '../client-address.ts'
import { DamagedManifestError, type FleetDirectory } from '../fleet-directory.ts'
import { meterRequests } from '../metrics/meter-requests.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import { storageFaultOf } from '../storage-fault.ts'
import type { ChunkVault } from '../vault/chunk-vault.ts'
import { createChunkDesk } from './chunk-desk.ts'
import type { ChunkResponderDeps } from './chunk-responder.ts'
import { DirectoryCache } from './directory-cache.ts'
import { enrolRoute } from './enrol-route.ts'
import { DEFAULT_TURN_LIMITS, type TurnLimits } from './fetch-turns.ts'
import { FleetHub } from './fleet-hub.ts'
import { createGrantKey } from './grants.ts'
import { methodNotAllowed, problemResponse } from './http-problem.ts'
import { kioskPages } from './kiosk-pages.ts'
import { LineLimit } from './line-limit.ts'
import type { OriginCounter } from './origin-counter.ts'
import { createOwnPageCheck } from './own-pages.ts'
import type { PatchCatalogue } from './patch-catalogue.ts'
import { createReleaseAudience } from './release-audience.ts'
import { releaseRoutes } from './release-routes.ts'
import { ReturnSpread } from './return-spread.ts'
import { type ServerClock, systemClock } from './server-clock.ts'
import type { SessionLog } from './session-runner.ts'
import type { SignalUpgradesDeps } from './signal-upgrades.ts'
import { DEFAULT_SIGNALING_OPTIONS, type SignalingOptions } from './signaling-options.ts'

export interface DeviceAppDeps {
  readonly directory: FleetDirectory
  /** Names of all sites: what a request without a grant is told depends on all of their windows. */
  readonly siteNames: () => Promise<readonly string[]>
  readonly vault: Pick<ChunkVault, 'get' | 'verify'>
  readonly patches: PatchCatalogue
  /** At least 32 secret bytes. */
  readonly grantSecret: Uint8Array
  readonly counter: OriginCounter
  /** Absolute path of the built kiosk page. */
  readonly kioskDirectory: string
  /** A pino logger, or anything with its two methods. */
  readonly log: SessionLog
  /** Learns of requests that failed; they are logged if it is left out. */
  readonly onFailure?: (error: unknown) => void
  readonly iceServers?: readonly IceServer[]
  readonly signaling?: Partial<SignalingOptions>
  readonly turnLimits?: Partial<TurnLimits>
  readonly clock?: ServerClock
  /** Where requests come from; the addresses of connections unless given. */
  readonly addresses?: ClientAddresses
  /** Origins of pages under which devices reach this server, beside the `Host` of their requests. */
  readonly ownOrigins?: readonly string[]
  readonly metrics?: ServerMetrics
  /** The proof with which a browser is asked to begin as a new device (PR-S7). */
  readonly signSeparation?: (deviceId: string) => Promise<string>
  /** Where administrators accept devices, for the QR code of one that waits. */
  readonly adminUrl?: string
}

export interface DeviceApp {
  readonly app: Hono
  readonly hub: FleetHub
  /** What takes the WebSockets of the signaling session. */
  readonly signals: SignalUpgradesDeps
  /** What answers requests for chunks, before they reach the app. */
  readonly chunks: ChunkResponderDeps
}

export function createDeviceApp(deps: DeviceAppDeps): DeviceApp {
  const { directory, log, clock = systemClock, addresses = createClientAddresses(), metrics } = deps
  const isOwnPage = createOwnPageCheck(addresses, deps.ownOrigins)
  const cache = new DirectoryCache(directory)
  const grantKey = createGrantKey(deps.grantSecret)
  const hub = new FleetHub({
    directory: cache,
    clock,
    log,
    randomId: () => randomText(18),
    adminUrl: deps.adminUrl ?? null,
    ...(deps.signSeparation && { signSeparation: deps.signSeparation }),
    onDuplicate: (deviceId, addresses) => {
      const detail = duplicateSentence(addresses)
      directory
        .saveEvent(deviceId, { kind: 'duplicate-identity', detail }, clock.now())
        .catch(error => log.error({ err: error }, 'a duplicate identity could not be noted'))
    },
    returnSpread: new ReturnSpread({ directory, clock, log }),
    turnLimits: { ...DEFAULT_TURN_LIMITS, ...deps.turnLimits },
  })
  const audience = createReleaseAudience(cache, deps.siteNames)
  const settings = {
    options: { ...DEFAULT_SIGNALING_OPTIONS, ...deps.signaling },
    iceServers: deps.iceServers ?? [],
    versions: spokenVersions,
  }

  const app = new Hono()
  if (metrics) app.use(meterRequests('devices', metrics))
  app.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('x-content-type-options')) c.header('x-content-type-options', 'nosniff')
    if (!c.res.headers.has('referrer-policy')) c.header('referrer-policy', 'no-referrer')
  })
  app.get('/', c => c.redirect(`kiosk/${searchOf(c)}`))
  app.get('/kiosk', c => c.redirect(`kiosk/${searchOf(c)}`))
  app.get('/healthz', c => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }))
  app.get('/time', c => c.json({ serverTime: toInstant(clock.now()) }, 200, { 'cache-control': 'no-store' }))
  for (const path of ['/', '/kiosk', '/healthz', '/time']) app.all(path, methodNotAllowed('GET', 'HEAD'))
  app.all('/signal', () => problemResponse(problem('bad-request', 'Open this address as a WebSocket.')))
  app.route('/enrol', enrolRoute({ directory, hub, clock, addresses, isOwnPage }))
  app.route('/releases', releaseRoutes({ directory, patches: deps.patches }))
  app.route('/kiosk', kioskPages(deps.kioskDirectory))
  app.notFound(() => problemResponse(problem('not-found')))
  const report =
    deps.onFailure ?? ((error: unknown) => log.error({ err: error }, 'a request of a device failed'))
  const onFailure = (error: unknown) => {
    if (!(error instanceof DamagedManifestError)) report(error)
  }
  app.onError(error => {
    onFailure(error)
    const fault = storageFaultOf(error)
    const detail = fault === null ? 'The server failed.' : `On the server ${fault.words}.`
    return problemResponse(problem('internal', `${detail} Try again later.`))
  })
  const desk = createChunkDesk({ directory, patches: deps.patches, hub, audience, grantKey, clock })
  const session = {
    ...{ directory, devices: cache, hub, grantKey, clock, settings, log },
    strangerLines: new LineLimit(STRANGER_LOG_LINES, clock.now()),
    ...(metrics && { onSent: metrics.sent }),
  }
  return {
    app,
    hub,
    signals: {
      session,
      freshNonce: () => randomText(32),
      metrics,
      isOwnPage,
      addressOf: request => addresses.addressOf(request),
    },
    chunks: { desk, vault: deps.vault, counter: deps.counter, metrics, onFailure },
  }
}

const randomText = (bytes: number) => randomBytes(bytes).toString('base64url')

const searchOf = (c: Context) => new URL(c.req.url).search
