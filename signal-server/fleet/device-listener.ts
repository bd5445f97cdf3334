/**
 * The HTTP server around a device app: chunks past the app, the WebSocket upgrade, a clean stop. The caller of
 * `server.listen` chooses port and host, and hears of errors.
 */
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocketServer } from 'ws'
import { MAX_DEVICE_HEADER_BYTES } from '../../policy/device-budget.ts'
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { problem } from '../../protocol/problem.ts'
import {
  CONNECTION_TIMEOUTS,
  type ConnectionTimeouts,
  createBoundedServer,
  endWithProblem,
  type TlsFiles,
} from '../bounded-server.ts'
import { respondToChunks } from './chunk-responder.ts'
import type { DeviceApp } from './device-app.ts'
import { LoopLateness } from './loop-lateness.ts'
import { foreignPage } from './own-pages.ts'
import { upgradeToSignals } from './signal-upgrades.ts'

export interface DeviceListener {
  /** Not listening yet. */
  readonly server: Server
  /** Ends every session and connection, and resolves when the port is free. */
  stop(): Promise<void>
}

const socketBounds = (timeouts: ConnectionTimeouts): ServerOptions & { closeTimeout: number } => ({
  noServer: true,
  maxPayload: MAX_SIGNAL_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: timeouts.closeMs,
})

const UPGRADE_REFUSALS = {
  400: problem('bad-request', 'Only /signal is a WebSocket.'),
  403: problem('foreign-origin', foreignPage('open sessions')),
  503: problem('too-many-requests', 'The server is behind with handshakes; come back later.'),
} as const

export function createDeviceListener(
  { app: { fetch }, hub, signals, chunks }: DeviceApp,
  tls?: TlsFiles,
  changedTimeouts: Partial<ConnectionTimeouts> = {},
): DeviceListener {
  const timeouts = { ...CONNECTION_TIMEOUTS, ...changedTimeouts }
  const sockets = new WebSocketServer(socketBounds(timeouts))
  const server = createBoundedServer({
    fetch,
    tls,
    timeouts,
    maxHeaderBytes: MAX_DEVICE_HEADER_BYTES,
    before: others => respondToChunks(chunks, others),
    takesWebSockets: true,
  })
  const lateness = new LoopLateness()
  const refuse = (socket: Duplex, status: keyof typeof UPGRADE_REFUSALS) => {
    endWithProblem(socket, status, UPGRADE_REFUSALS[status])
    setTimeout(() => socket.destroy(), timeouts.closeMs).unref()
  }
  server.on('upgrade', upgradeToSignals(signals, { sockets, lateMs: () => lateness.lateMs, refuse }))

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
