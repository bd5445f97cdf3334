/** `GET /signal`: hands each WebSocket to a session runner of its own. */
import { upgradeWebSocket } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import type { WSContext } from 'hono/ws'
import type { WebSocket } from 'ws'
import { SessionRunner, type SessionRunnerDeps, type SessionSocket } from './session-runner.ts'

/** @param freshNonce 32 unpredictable bytes as base64url, new at each call. */
export function signalRoute(deps: SessionRunnerDeps, freshNonce: () => string): MiddlewareHandler {
  return upgradeWebSocket(() => {
    let session: SessionRunner | null = null
    return {
      onOpen(_event, socket) {
        const opened = new SessionRunner(deps, sessionSocket(socket), freshNonce())
        session = opened
        // ws answers pings itself; both cost the server as much as a message does (PR-S12).
        const raw = socket.raw as WebSocket
        for (const frame of ['ping', 'pong'] as const)
          raw.on(frame, () => opened.deliver({ type: 'control-frame' }))
      },
      onMessage({ data }) {
        session?.deliver(
          typeof data === 'string' ? { type: 'message', text: data } : { type: 'binary-message' },
        )
      },
      // A socket that fails closes as well: what is too large is closed by ws itself, with code 1009.
      onClose() {
        session?.deliver({ type: 'socket-closed' })
      },
      onError() {},
    }
  })
}

function sessionSocket(socket: WSContext<unknown>): SessionSocket {
  const raw = socket.raw as WebSocket
  return {
    send(text) {
      if (raw.readyState === raw.OPEN) raw.send(text)
    },
    close: (code, reason) => raw.close(code, reason),
    terminate: () => raw.terminate(),
    unsentBytes: () => raw.bufferedAmount,
  }
}
