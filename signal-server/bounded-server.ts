/**
 * An HTTP server whose connections cost little and end soon: bounds on headers, on the time that a request takes, on idle
 * connections, and one readable refusal for what is no HTTP. Both listeners are made of it. It knows no routes and no credentials.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { KIB } from '../protocol/limits.ts'
import { PROBLEM_MEDIA_TYPE, type ProblemDocument, problem } from '../protocol/problem.ts'

/** Certificate chain and private key, PEM. */
export interface TlsFiles {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
}

/** How long a connection may do nothing, or too little, each in milliseconds. */
export interface ConnectionTimeouts {
  /** Until a request's headers are here, and until a TLS handshake is through. */
  readonly headersMs: number
  /** Until the whole request is. */
  readonly requestMs: number
  /** Without a byte moving, either way: a client that does not read an answer does not keep it here. */
  readonly idleMs: number
  /** What stays of a connection after the server's last word, before it is cut. */
  readonly closeMs: number
  /** How often connections over the first two are looked for: they end so much later at most. */
  readonly checkEveryMs: number
}

export const CONNECTION_TIMEOUTS: ConnectionTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  closeMs: 2_000,
  checkEveryMs: 5_000,
}

/**
 * A year, as OWASP ASVS asks for at least. Not for subdomains, which may be other machines of their owner without TLS. Only where
 * Larder itself does TLS: behind a proxy, this is the proxy's to promise.
 */
const STRICT_TRANSPORT = 'max-age=31536000'

export interface BoundedServerOptions {
  readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch']
  readonly tls?: TlsFiles | undefined
  readonly timeouts: ConnectionTimeouts
  /** Of one request, all headers together. */
  readonly maxHeaderBytes: number
  /** Answers some requests itself, on Node's own request and response, and passes the others on. */
  readonly before?: (others: RequestListener) => RequestListener
  /** Whether the owner of the server listens for `upgrade`. */
  readonly takesWebSockets?: boolean
}

/** Not listening yet. */
export function createBoundedServer({
  fetch,
  tls,
  timeouts,
  maxHeaderBytes,
  before = others => others,
  takesWebSockets = false,
}: BoundedServerOptions): Server {
  const bounds = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    connectionsCheckingInterval: timeouts.checkEveryMs,
    keepAliveTimeout: 65_000,
    // Everything but a WebSocket is answered as the plain request it also is.
    shouldUpgradeCallback: (request: { headers: { upgrade?: string | undefined } }) =>
      takesWebSockets && request.headers.upgrade?.toLowerCase() === 'websocket',
  }
  const server = createAdaptorServer({
    fetch,
    ...(tls === undefined
      ? { createServer, serverOptions: bounds }
      : {
          createServer: createTlsServer,
          serverOptions: { ...bounds, ...tls, handshakeTimeout: timeouts.headersMs },
        }),
  }) as Server
  const [app] = server.listeners('request') as RequestListener[]
  if (app === undefined) throw new Error('the adapter answers no requests')
  const handle = before(app)
  server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (hasOneHost(request)) handle(request, response)
    else refuseHosts(response)
  })
  if (tls !== undefined)
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (isNamedHost(request.headers.host)) response.setHeader('strict-transport-security', STRICT_TRANSPORT)
    })
  // Not for WebSockets, which have heartbeats of their own: an upgrade ends it.
  server.setTimeout(timeouts.idleMs)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseUnreadable(error, socket, maxHeaderBytes)
    // A client that never reads the answer, or never closes its side, would keep the connection for ever.
    setTimeout(() => socket.destroy(), timeouts.closeMs).unref()
  })
  return server
}

/** Not this machine as it calls itself: a tunnel to an administration without TLS may end there, and browsers may believe the header. */
function isNamedHost(host = ''): boolean {
  if (!URL.canParse(`https://${host}`)) return false
  const { hostname } = new URL(`https://${host}`)
  return (
    hostname !== 'localhost' && !hostname.endsWith('.localhost') && isIP(hostname.replace(/[[\]]/g, '')) === 0
  )
}

/** Proxies and servers that take different ones of two would not mean the same server (RFC 9112, 3.2). */
export function hasOneHost({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts++
  return hosts < 2
}

const SEVERAL_HOSTS = problem('bad-request', 'A request has one Host header, and this one has several.')

function refuseHosts(response: ServerResponse): void {
  response.writeHead(SEVERAL_HOSTS.status, {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(`${JSON.stringify(SEVERAL_HOSTS)}\n`)
}

/** What is not HTTP never reaches the app; it gets its problem document here. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex, maxHeaderBytes: number): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isHeaderTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const isTooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const status = isHeaderTooLarge ? 431 : isTooSlow ? 408 : 400
  const detail = isHeaderTooLarge
    ? `The headers of this request are longer than the ${maxHeaderBytes / KIB} KiB that are taken. A browser sends its cookies in them: remove those of this host.`
    : 'This is not a request that can be read.'
  endWithProblem(socket, status, problem('bad-request', detail))
}

/** A problem document where there is no response to write it to. */
export function endWithProblem(socket: Duplex, status: number, document: ProblemDocument): void {
  const title = STATUS_CODES[status] ?? 'Bad Request'
  const body = `${JSON.stringify({ ...document, status, title })}\n`
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
