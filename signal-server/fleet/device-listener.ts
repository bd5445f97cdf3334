/**
 * The HTTP server around a device app: bounds on what a connection may hold, the WebSocket upgrade, a clean stop. Whoever
 * calls `server.listen` chooses port and host, and hears of errors.
 */
import { createServer, type Server, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server'
import { type ServerOptions, WebSocketServer } from 'ws'
import { KIB, MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { PROBLEM_MEDIA_TYPE, problem } from '../../protocol/problem.ts'
import type { DeviceApp } from './device-app.ts'

/** Certificate chain and private key, PEM. */
export interface TlsFiles {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
}

export interface DeviceListener {
  /** Not listening yet. */
  readonly server: Server
  /** Ends every session and connection, and resolves when the port is free. */
  stop(): Promise<void>
}

const CONNECTION_BOUNDS = {
  maxHeaderSize: 16 * KIB,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  // Everything but a WebSocket is answered as the plain request it also is.
  shouldUpgradeCallback: (request: { headers: { upgrade?: string | undefined } }) =>
    request.headers.upgrade?.toLowerCase() === 'websocket',
}

/** What stays of a connection after the server's close frame, before it is cut. */
const CLOSE_TIMEOUT_MS = 2_000

const SOCKET_BOUNDS: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  maxPayload: MAX_SIGNAL_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
}

export function createDeviceListener({ app, hub }: DeviceApp, tls?: TlsFiles): DeviceListener {
  const sockets = new WebSocketServer(SOCKET_BOUNDS)
  const server = createAdaptorServer({
    fetch: app.fetch,
    // Both sides describe the same class; only their optional members differ in type.
    websocket: { server: sockets as unknown as WebSocketServerLike },
    ...(tls === undefined
      ? { createServer, serverOptions: CONNECTION_BOUNDS }
      : { createServer: createTlsServer, serverOptions: { ...CONNECTION_BOUNDS, ...tls } }),
  }) as Server
  server.on('clientError', refuseUnreadable)

  return {
    server,
    async stop() {
      hub.stop()
      for (const socket of sockets.clients) {
        if (socket.readyState === socket.OPEN) socket.close(1001)
      }
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
      }, CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(cut)
    },
  }
}

/** What is not HTTP never reaches the app; it gets its problem document here. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isHeaderTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const isTooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const status = isHeaderTooLarge ? 431 : isTooSlow ? 408 : 400
  const title = STATUS_CODES[status] ?? 'Bad Request'
  const body = `${JSON.stringify({ ...problem('bad-request', 'This is not a request that can be read.'), status, title })}\n`
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
