/** The signaling session's socket as a browser WebSocket. Reconnecting, heartbeats and meaning are the engine's. */
import { MAX_SIGNAL_MESSAGE_BYTES } from '../../../protocol/limits.ts'
import type { OpenSignalLink, SignalLinkEvents } from '../../ports.ts'

const NORMAL = 1000
const UNSUPPORTED_DATA = 1003
const NEVER_OPENED = 1006
const TOO_BIG = 1009

/** `url`: `ws:` or `wss:`. */
export function openWebSocketLink(url: string): OpenSignalLink {
  return events => {
    let ended = false
    const end = (code: number) => {
      if (ended) return
      ended = true
      // Later, so that nobody is called back from within their own call.
      queueMicrotask(() => events.onClose(code))
    }
    const socket = openSocket(url)
    if (socket === null) {
      end(NEVER_OPENED)
      return { send: () => {}, close: () => {} }
    }
    // A closing handshake over a dead line takes a minute; the link has ended when we say so.
    const close = (code: number) => {
      end(code)
      socket.close(NORMAL)
    }
    socket.onopen = () => {
      if (!ended) events.onOpen()
    }
    socket.onmessage = event => {
      if (!ended) receive(event.data, events, close)
    }
    socket.onclose = event => end(event.code)
    return {
      send: text => {
        if (!ended && socket.readyState === WebSocket.OPEN) socket.send(text)
      },
      close: () => close(NORMAL),
    }
  }
}

function receive(data: unknown, events: SignalLinkEvents, close: (code: number) => void): void {
  if (typeof data !== 'string') close(UNSUPPORTED_DATA)
  else if (data.length > MAX_SIGNAL_MESSAGE_BYTES) close(TOO_BIG)
  else events.onMessage(data)
}

function openSocket(url: string): WebSocket | null {
  try {
    return new WebSocket(url)
  } catch {
    return null // An address that no socket can have, or a page that may not open any.
  }
}

/** The signaling socket beside the other paths, secure exactly where they are. */
export function signalUrl(baseUrl: URL): string {
  const url = new URL('signal', baseUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
