/**
 * The admin listener's application: the page, the API under `/api`, and `/metrics`. It never listens.
 * Everything under `/api`, and `/metrics`, is denied without credentials; every refusal is a problem document.
 */
import type { IncomingMessage } from 'node:http'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { compress as compressWith } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import type { AdminProblemName } from '../../protocol/problem.ts'
import { requestOf } from '../client-address.ts'
import { meterRequests } from '../metrics/meter-requests.ts'
import { type StorageFault, type StorageFaultReason, storageFaultOf } from '../storage-fault.ts'
import { ChunkVaultError } from '../vault/chunk-vault.ts'
import { adminPage } from './admin-page.ts'
import { auditRoutes } from './audit-routes.ts'
import { authenticated, sameOriginOnly } from './authentication.ts'
import type { AdminDeps, AdminEnv } from './deps.ts'
import { deviceDeletionRoutes } from './device-deletion.ts'
import { deviceRequestRoutes } from './device-request-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { distributionRoutes } from './distribution-routes.ts'
import { enrolmentRoutes } from './enrolment-routes.ts'
import { explainRoutes } from './explain-routes.ts'
import { fleetRoutes } from './fleet-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { openApiRoute } from './openapi.ts'
import { packageDeletionRoutes } from './package-deletion.ts'
import { chunkRoutes, packageRoutes } from './package-routes.ts'
import { profileDeletionRoutes } from './profile-deletion.ts'
import { profileRoutes } from './profile-routes.ts'
import { problemResponse, Refusal } from './refusal.ts'
import { releaseDeletionRoutes } from './release-deletion.ts'
import { retentionRoutes } from './retention-routes.ts'
import { type AdminRoute, mount } from './route.ts'
import { sessionRoutes } from './session-routes.ts'
import { siteDeletionRoutes } from './site-deletion.ts'
import { siteRoutes } from './site-routes.ts'
import { tokenRoutes } from './token-routes.ts'
import { waitingRoutes } from './waiting-routes.ts'

/** Of every answer that is not the page: a browser that shows one runs nothing of it, and frames it nowhere. */
const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'"

const compress = compressWith({ encoding: 'gzip', contentTypeFilter: /^(?:application\/json|text\/plain)\b/ })
/**
 * Answers to GET alone: secrets such as new tokens and links stand in answers to other methods, and the length of a compressed answer
 * says something of what is in it. Event streams would wait for more.
 */
const compressedLists: MiddlewareHandler = (c, next) => (c.req.method === 'GET' ? compress(c, next) : next())

export function createAdminApp(deps: AdminDeps): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.use(meterRequests('admin', deps.metrics))
  // That a host is reached over TLS is for who ends it to promise: the listener itself, or the proxy in front.
  app.use(secureHeaders({ strictTransportSecurity: false, xFrameOptions: 'DENY' }))
  app.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
    if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', NO_PAGE_POLICY)
  })
  app.use('/api/*', compressedLists)
  app.use('/metrics', compressedLists)
  const guards = [sameOriginOnly(deps), authenticated(deps)] as const
  app.use('/api/*', ...guards)
  app.use('/metrics', ...guards)
  mount(app, adminRoutes(deps), deps.trust)
  app.route('/', adminPage(deps.pageDirectory))

  app.notFound(c => problemResponse(c, 'not-found', `There is no ${c.req.method} ${c.req.path} here.`))
  app.onError((error, c) => {
    if (error instanceof Refusal) return problemResponse(c, error.problemName, error.message, error.retryAt)
    if (hasBrokenOff(c)) {
      // Strangers could fill the log with these.
      if (c.get('credential')) deps.onBrokenOff?.(c.get('actor'), `${c.req.method} ${c.req.path}`)
      return problemResponse(c, 'bad-request', 'The request broke off in the middle.')
    }
    deps.onFailure(error)
    const fault = storageFaultOf(error)
    if (fault !== null)
      return problemResponse(c, STORAGE_PROBLEMS[fault.reason], refusalOf(fault, deps.storage.path))
    const detail = error instanceof ChunkVaultError ? `${error.message}.` : "The server's log says more."
    return problemResponse(c, 'internal', detail)
  })
  return app
}

const STORAGE_PROBLEMS: Readonly<Record<StorageFaultReason, AdminProblemName>> = {
  full: 'storage-full',
  'read-only': 'storage-failed',
  failed: 'storage-failed',
  'too-many-files': 'storage-failed',
  busy: 'records-busy',
}

const refusalOf = ({ words, advice }: StorageFault, path: string) =>
  `On the server ${words} (${path}), so this was not done; what was there stays. ${advice.charAt(0).toUpperCase()}${advice.slice(1)}, and try again.`

/** The client is gone before its request was whole: no failure of the server, whatever was thrown for it. */
function hasBrokenOff(c: Context): boolean {
  const request = requestOf(c) as IncomingMessage | undefined
  return request?.destroyed === true && !request.complete
}

/** Every route of the API, in the order of its documentation. */
function adminRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const routes = [
    ...sessionRoutes(deps),
    ...siteRoutes(deps),
    ...siteDeletionRoutes(deps),
    ...profileRoutes(deps),
    ...profileDeletionRoutes(deps),
    ...distributionRoutes(deps),
    ...deviceRoutes(deps),
    ...deviceDeletionRoutes(deps),
    ...deviceRequestRoutes(deps),
    ...waitingRoutes(deps),
    ...enrolmentRoutes(deps),
    ...packageRoutes(deps),
    ...packageDeletionRoutes(deps),
    ...releaseDeletionRoutes(deps),
    ...retentionRoutes(deps),
    ...chunkRoutes(deps),
    ...explainRoutes(deps),
    ...fleetRoutes(deps),
    ...tokenRoutes(deps),
    ...auditRoutes(deps),
    ...metricsRoutes(deps),
  ]
  return [...routes, openApiRoute(routes)]
}
