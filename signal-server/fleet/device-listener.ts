/**
 * The HTTP server around a device app: bounds on what a connection may hold, the WebSocket upgrade, a clean stop. Whoever
 * calls `server.listen` chooses port and host, and hears of errors.
 */
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { type ServerOptions, WebSocketServer } from 'ws'
import { KIB, MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { PROBLEM_MEDIA_TYPE, type ProblemDocument, problem } from '../../protocol/problem.ts'
import { respondToChunks } from './chunk-responder.ts'
import type { DeviceApp } from './device-app.ts'
import { LoopLateness } from './loop-lateness.ts'
import { upgradeToSignals } from './signal-upgrades.ts'

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

/** How long a connection may do nothing, or too little, each in milliseconds. */
export interface ConnectionTimeouts {
  /** Until a request's headers are here. */
  readonly headersMs: number
  /** Until the whole request is. */
  readonly requestMs: number
  /** Without a byte moving, either way: whoever does not read an answer does not keep it here. */
  readonly idleMs: number
  /** What stays of a connection after the server's last word, before it is cut. */
  readonly closeMs: number
  /** How often connections over the first two are looked for. */
  readonly checkEveryMs: number
}

const TIMEOUTS: ConnectionTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  closeMs: 2_000,
  checkEveryMs: 5_000,
}

const connectionBounds = (timeouts: ConnectionTimeouts) => ({
  maxHeaderSize: 16 * KIB,
  headersTimeout: timeouts.headersMs,
  requestTimeout: timeouts.requestMs,
  connectionsCheckingInterval: timeouts.checkEveryMs,
  keepAliveTimeout: 65_000,
  // Everything but a WebSocket is answered as the plain request it also is.
  shouldUpgradeCallback: (request: { headers: { upgrade?: string | undefined } }) =>
    request.headers.upgrade?.toLowerCase() === 'websocket',
})

const socketBounds = (timeouts: ConnectionTimeouts): ServerOptions & { closeTimeout: number } => ({
  noServer: true,
  maxPayload: MAX_SIGNAL_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: timeouts.closeMs,
})

export function createDeviceListener(
  { app: { fetch }, hub, signals, chunks }: DeviceApp,
  tls?: TlsFiles,
  changedTimeouts: Partial<ConnectionTimeouts> = {},
): DeviceListener {
  const timeouts = { ...TIMEOUTS, ...changedTimeouts }
  const bounds = connectionBounds(timeouts)
  const sockets = new WebSocketServer(socketBounds(timeouts))
  const server = createAdaptorServer({
    fetch,
    ...(tls === undefined
      ? { createServer, serverOptions: bounds }
      : { createServer: createTlsServer, serverOptions: { ...bounds, ...tls } }),
  }) as Server
  const [app] = server.listeners('request') as RequestListener[]
  if (app === undefined) throw new Error('the adapter answers no requests')
  server.removeAllListeners('request').on('request', respondToChunks(chunks, app))
  const lateness = new LoopLateness()
  const refuse = (socket: Duplex, status: 400 | 503) => {
    const detail =
      status === 400
        ? 'Only /signal is a WebSocket.'
        : 'The server is behind with handshakes; come back later.'
    endWithProblem(socket, status, problem(status === 400 ? 'bad-request' : 'too-many-requests', detail))
    setTimeout(() => socket.destroy(), timeouts.closeMs).unref()
  }
  server.on('upgrade', upgradeToSignals(signals, { sockets, lateMs: () => lateness.lateMs, refuse }))
  // Not for WebSockets, which have heartbeats of their own: an upgrade ends it.
  server.setTimeout(timeouts.idleMs)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseUnreadable(error, socket)
    // Whoever never reads the answer, or never closes its side, would keep the connection for ever.
    setTimeout(() => socket.destroy(), timeouts.closeMs).unref()
  })

  return {
    server,
    async stop() {
      hub.stop()
      lateness.stop()
      for (const socket of sockets.clients) {
        if (socket.readyState === socket.OPEN) socket.close(1001)
      }
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
      }, timeouts.closeMs)
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
  endWithProblem(socket, status, problem('bad-request', 'This is not a request that can be read.'))
}

/** A problem document where there is no response to write it to. */
function endWithProblem(socket: Duplex, status: number, document: ProblemDocument): void {
  const title = STATUS_CODES[status] ?? 'Bad Request'
  const body = `${JSON.stringify({ ...document, status, title })}\n`
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
