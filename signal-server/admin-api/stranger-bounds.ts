/**
 * What connections to the admin listener may cost before they have shown a credential: seconds for a request's body, and a
 * number of connections, shared fairly between networks. Credentials are checked elsewhere; this is told of them.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { networkOf } from '../client-network.ts'

export interface StrangerLimits {
  /** Until a body is here whole, unless it is an upload that was allowed more. */
  readonly bodyMs: number
  /** Without a byte moving, for a connection with a credential: publishing a large release is quiet for minutes. */
  readonly trustedIdleMs: number
  /** Connections that have not shown a credential. A browser opens six for its page, before it logs in. */
  readonly connections: number
}

export const STRANGER_LIMITS: StrangerLimits = {
  bodyMs: 30_000,
  trustedIdleMs: 3600_000,
  connections: 256,
}

/** What a request that showed a credential is allowed. Without effect for requests of no server. */
export interface RequestTrust {
  /** The connection is not counted as a stranger's any more, and may be idle for longer. */
  readonly trust: (request: IncomingMessage | undefined) => void
  /** Its body may take as long as the server gives any request. */
  readonly allowLongBody: (request: IncomingMessage | undefined) => void
}

/** `idleMs`: without a byte moving, for every other connection. */
export function boundStrangers(server: Server, limits: StrangerLimits, idleMs: number): RequestTrust {
  const strangers = new Map<Socket, string>()
  const bodyTimers = new WeakMap<IncomingMessage, ReturnType<typeof setTimeout>>()
  const endTimer = (request: IncomingMessage) => clearTimeout(bodyTimers.get(request))

  const onConnection = (socket: Socket) => {
    strangers.set(socket, networkOf(socket.remoteAddress ?? ''))
    socket.once('close', () => strangers.delete(socket))
    if (strangers.size > limits.connections) oldestOfLargest(strangers)?.destroy()
  }
  // With TLS, `connection` is what lies below.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', onConnection)
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    request.socket.setTimeout(idleMs)
    const cut = () => request.complete || request.socket.destroy()
    bodyTimers.set(request, setTimeout(cut, limits.bodyMs))
    request.socket.once('close', () => endTimer(request))
    // An answer may be through while a body is still on its way.
    response.once('close', () => request.complete && endTimer(request))
  })

  return {
    trust(request) {
      if (request === undefined) return
      strangers.delete(request.socket)
      request.socket.setTimeout(limits.trustedIdleMs)
    },
    allowLongBody(request) {
      if (request !== undefined) endTimer(request)
    },
  }
}

/** So that a crowd of one network ends its own connections, and no one else's. */
function oldestOfLargest(strangers: ReadonlyMap<Socket, string>): Socket | null {
  const held = new Map<string, number>()
  for (const network of strangers.values()) held.set(network, (held.get(network) ?? 0) + 1)
  const most = Math.max(...held.values())
  for (const [socket, network] of strangers) if (held.get(network) === most) return socket
  return null
}
