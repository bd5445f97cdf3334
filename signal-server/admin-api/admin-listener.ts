/** The HTTP server of the administration: its bounds, and a clean stop. Who calls `server.listen` chooses port and host. */
import type { Server } from 'node:http'
import type { Hono } from 'hono'
import { KIB } from '../../protocol/limits.ts'
import {
  CONNECTION_TIMEOUTS,
  type ConnectionTimeouts,
  createBoundedServer,
  type TlsFiles,
} from '../bounded-server.ts'
import type { AdminEnv } from './deps.ts'
import { boundStrangers, type RequestTrust, STRANGER_LIMITS, type StrangerLimits } from './stranger-bounds.ts'

export interface AdminListener {
  /** Not listening yet. */
  readonly server: Server
  /** Lets answers under way end, for a moment, and resolves when the port is free. */
  stop(): Promise<void>
}

export interface AdminListenerOptions {
  readonly tls?: TlsFiles | undefined
  readonly timeouts?: Partial<ConnectionTimeouts>
  readonly strangers?: Partial<StrangerLimits>
}

/** A large archive over a slow line takes its time. Only uploads with a credential have it (`stranger-bounds.ts`). */
const UPLOAD_MS = 3600_000
/** How long answers under way may take once the server stops. */
const STOP_TIMEOUT_MS = 2000
const IDLE_CHECK_MS = 50
/** Node's own bound: requests here have a session cookie or a token, and nothing else of size. */
const MAX_HEADER_BYTES = 16 * KIB

/** `createApp` makes the application of what it may allow requests that showed a credential. */
export function createAdminListener(
  createApp: (trust: RequestTrust) => Pick<Hono<AdminEnv>, 'fetch'>,
  { tls, timeouts, strangers }: AdminListenerOptions = {},
): AdminListener {
  const times = { ...CONNECTION_TIMEOUTS, requestMs: UPLOAD_MS, ...timeouts }
  const server = createBoundedServer({
    fetch: (...args) => app.fetch(...args),
    tls,
    timeouts: times,
    maxHeaderBytes: MAX_HEADER_BYTES,
  })
  const app = createApp(boundStrangers(server, { ...STRANGER_LIMITS, ...strangers }, times.idleMs))

  return {
    server,
    async stop() {
      if (!server.listening) return
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      // A connection becomes idle when its last answer is through, and nobody would close it then.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
      const cut = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS)
      await closed
      clearInterval(idle)
      clearTimeout(cut)
    },
  }
}
