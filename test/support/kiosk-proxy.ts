/**
 * A reverse proxy before a server, as people run one: under a path prefix, and, for tests of a new kiosk page, with a page
 * of another build in place of the server's own.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { TestContext } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { kioskPages } from '../../signal-server/fleet/kiosk-pages.ts'
import { withCleanup } from './cleanup.ts'

export interface KioskProxy {
  /** Root of the server as devices see it, with its final slash. */
  readonly url: string
  /** From then on the kiosk page comes from this directory. */
  givePage(directory: string): void
}

export interface KioskProxyOptions {
  /** Of the path, with both slashes. */
  readonly prefix?: string
  /** Headers of the server's answers that do not come through. */
  readonly withholds?: readonly string[]
}

export async function openKioskProxy(
  t: TestContext,
  serverUrl: string,
  { prefix = '/', withholds = [] }: KioskProxyOptions = {},
): Promise<KioskProxy> {
  const target = new URL(serverUrl)
  let page: ReturnType<typeof getRequestListener> | null = null
  const pathOf = ({ url = '/' }: IncomingMessage) =>
    url.startsWith(prefix) ? `/${url.slice(prefix.length)}` : null

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, path: string): void {
    const { method, headers } = incoming
    const sent = request({ host: target.hostname, port: target.port, path, method, headers }, answer => {
      const kept = Object.entries(answer.headers).filter(([name]) => !withholds.includes(name))
      outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept))
      answer.pipe(outgoing)
    })
    sent.on('error', () => outgoing.destroy())
    incoming.pipe(sent)
  }

  const server = createServer((incoming, outgoing) => {
    const path = pathOf(incoming)
    if (path === null) return void outgoing.writeHead(404).end('somebody else’s page')
    if (page !== null && path.startsWith('/kiosk/') && !path.startsWith('/kiosk/app/')) {
      incoming.url = path
      return void page(incoming, outgoing)
    }
    forward(incoming, outgoing, path)
  })
  server.on('upgrade', (incoming: IncomingMessage, socket) => {
    const upstream = connect(Number(target.port), target.hostname, () => {
      const lines = [`GET ${pathOf(incoming) ?? '/'} HTTP/1.1`]
      for (let at = 0; at < incoming.rawHeaders.length; at += 2)
        lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`)
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
    socket.on('close', () => upstream.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  withCleanup(t).defer(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    givePage: directory => {
      const app = new Hono()
      app.route('/kiosk', kioskPages(directory))
      page = getRequestListener(app.fetch)
    },
  }
}
