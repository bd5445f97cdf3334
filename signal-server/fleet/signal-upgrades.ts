/**
 * `GET /signal`: hands each WebSocket to a session runner of its own. On Node's own upgrade, since whatever a framework keeps of
 * the request it keeps for each of ten thousand idle devices. Every other upgrade is refused.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { hasOneHost } from '../bounded-server.ts'
import type { ServerMetrics } from '../metrics/server-metrics.ts'
import { HandshakeGate } from './handshake-gate.ts'
import type { OwnPageCheck } from './own-pages.ts'
import { SessionRunner, type SessionRunnerDeps, type SessionSocket } from './session-runner.ts'
import { CLOSE_CODES } from './signaling-options.ts'

const PATH = /^\/signal(\?.*)?$/
/** A name or an address with its port: what makes no sense is not for this server. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i

export interface SignalUpgradesDeps {
  readonly session: SessionRunnerDeps
  /** 32 unpredictable bytes as base64url, new at each call. */
  readonly freshNonce: () => string
  readonly metrics?: ServerMetrics | undefined
  readonly isOwnPage: OwnPageCheck
  /** Where a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface SignalUpgradesSurroundings {
  /** What accepts the sockets, made with `noServer`. */
  readonly sockets: WebSocketServer
  /** How late the event loop is. */
  readonly lateMs: () => number
  /** Answers a request that is not upgraded, and ends its connection. */
  readonly refuse: (socket: Duplex, status: 400 | 403 | 503) => void
}

export function upgradeToSignals(
  { session, freshNonce, metrics, isOwnPage, addressOf }: SignalUpgradesDeps,
  { sockets, lateMs, refuse }: SignalUpgradesSurroundings,
): UpgradeListener {
  const gate = new HandshakeGate()
  const note = (status: number) =>
    metrics?.request({ listener: 'devices', route: '/signal', method: 'GET', status, durationMs: 0 })

  return (request, socket, head) => {
    if (!PATH.test(request.url ?? '') || !HOST.test(request.headers.host ?? '') || !hasOneHost(request)) {
      refuse(socket, 400)
      return
    }
    // Browsers let every page open WebSockets everywhere (RFC 6455, 10.2).
    if (!isOwnPage(request)) {
      note(403)
      refuse(socket, 403)
      return
    }
    if (!gate.enter(lateMs())) {
      note(503)
      refuse(socket, 503)
      return
    }
    let isUpgraded = false
    // What is no good request is answered, and its connection ended, by ws itself.
    socket.once('close', () => isUpgraded || gate.leave())
    sockets.handleUpgrade(request, socket, head, webSocket => {
      isUpgraded = true
      note(101)
      runSession(session, webSocket, freshNonce(), () => gate.leave(), addressOf(request))
    })
  }
}

function runSession(
  deps: SessionRunnerDeps,
  socket: WebSocket,
  nonce: string,
  onGreeted: () => void,
  address: string,
): void {
  const session = new SessionRunner(deps, sessionSocket(socket), nonce, onGreeted, address)
  socket.on('message', (data, isBinary) => {
    if (isBinary) return session.deliver({ type: 'binary-message' })
    const text = String(data)
    session.deliver({ type: 'message', text, bytes: Buffer.byteLength(text) })
  })
  // ws answers pings itself; both cost the server as much as a message does (PR-S12).
  const onControl = () => session.deliver({ type: 'control-frame' })
  socket.on('ping', onControl)
  socket.on('pong', onControl)
  // A socket that fails closes as well: what is too large is closed by ws itself, with code 1009.
  socket.on('error', () => undefined)
  socket.on('close', code => {
    session.deliver({ type: 'socket-closed' })
    // With the code that was sent: the other side has repeated it. Where it was gone, the code is 1006 (RFC 6455, 7.1.5).
    if (code === CLOSE_CODES.replaced) session.closeAnswered()
  })
}

function sessionSocket(socket: WebSocket): SessionSocket {
  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text)
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    unsentBytes: () => socket.bufferedAmount,
  }
}
