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
  /** From then on the kiosk page comes from this directory; null: from the server again. */
  givePage(directory: string | null): void
  /** Ends every session; from then on the server seems to speak and understand this version of the protocol alone. */
  speakVersion(version: number): void
  /** How often this path was asked for. */
  askedFor(path: string): number
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
  let version: number | null = null
  const sessions = new Set<() => void>()
  const asked = new Map<string, number>()
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

  /** The challenge is one short frame, and keeps its length. */
  function asVersion(data: Buffer): Buffer {
    const text = data.toString('latin1')
    if (version === null || !text.includes('"type":"challenge"')) return data
    return Buffer.from(text.replace(/("(?:minP|p)rotocolVersion":)\d/g, `$1${version}`), 'latin1')
  }

  const server = createServer((incoming, outgoing) => {
    const path = pathOf(incoming)
    asked.set(path ?? '', (asked.get(path ?? '') ?? 0) + 1)
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
      upstream.on('data', (data: Buffer) => socket.write(asVersion(data)))
      upstream.on('end', () => socket.end())
      socket.pipe(upstream)
    })
    const end = () => socket.destroy()
    sessions.add(end)
    socket.on('close', () => sessions.delete(end))
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
      page = null
      if (directory === null) return
      const app = new Hono()
      app.route('/kiosk', kioskPages(directory))
      page = getRequestListener(app.fetch)
    },
    speakVersion: next => {
      version = next
      for (const end of sessions) end()
    },
    askedFor: path => asked.get(path) ?? 0,
  }
}
