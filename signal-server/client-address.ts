/**
 * Where a request comes from: the address of its connection, or, where that is a trusted proxy, what the proxy says in
 * `X-Forwarded-For` and `X-Forwarded-Proto`. What a client says itself is never taken: the list is read from the right, where
 * each proxy adds the address that it saw, up to the first address that is no trusted proxy. It knows no limits and no routes.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import { Failure } from './failure.ts'

/** What is read of a request; Node's own has all of it. */
export interface ClientRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean }
}

export type Scheme = 'http' | 'https'

export interface ClientAddresses {
  /** The address of the client, for limits and the audit log; `unknown` once the connection is gone. */
  addressOf(request: ClientRequest): string
  /** The scheme by which the client reached this server, or the trusted proxy in front of it. */
  schemeOf(request: ClientRequest): Scheme
}

/**
 * `proxies`: addresses and networks (`10.0.0.0/8`) of proxies whose headers are believed. Throws a {@link Failure} that names the
 * first one that is neither.
 */
export function createClientAddresses(proxies: readonly string[] = []): ClientAddresses {
  const trusted = new BlockList()
  for (const proxy of proxies) addNetwork(trusted, proxy)
  const isTrusted = (address: string) => {
    const family = isIP(address)
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }

  return {
    addressOf({ headers, socket }) {
      let address = plainAddress(socket.remoteAddress ?? '') ?? 'unknown'
      for (const hop of listed(headers['x-forwarded-for']).reverse()) {
        if (!isTrusted(address)) break
        const before = plainAddress(hop)
        // What is no address says nothing; the proxy that passed it on answers for it.
        if (before === null) break
        address = before
      }
      return address
    },
    schemeOf({ headers, socket }) {
      if (socket.encrypted === true) return 'https'
      const said = listed(headers['x-forwarded-proto']).at(-1)?.toLowerCase()
      return said === 'https' && isTrusted(plainAddress(socket.remoteAddress ?? '') ?? '') ? 'https' : 'http'
    },
  }
}

/** The scheme of a request, also of one to the host of `url`, whose scheme is known whatever a proxy says. */
export function createSchemeOf(
  { schemeOf }: ClientAddresses,
  url: string | undefined,
): (request: ClientRequest) => Scheme {
  const known = url === undefined ? null : new URL(url)
  return request =>
    known?.protocol === 'https:' && known.host === request.headers.host ? 'https' : schemeOf(request)
}

/** Node's request behind one of the HTTP framework. */
export function requestOf(c: Context): IncomingMessage {
  // A framework that is called with a server keeps its bindings one level deeper.
  // Where a request is made without a server there are none.
  const env = (c.env ?? {}) as { incoming: IncomingMessage; server?: { incoming: IncomingMessage } }
  return env.server?.incoming ?? env.incoming
}

function addNetwork(list: BlockList, text: string): void {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  const bits = prefix === undefined ? familyBits(family) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (family === 0 || rest.length > 0 || bits < 0 || bits > familyBits(family))
    throw new Failure(
      `${JSON.stringify(text)} is no address or network of a proxy; write them as 10.0.0.7 or 10.0.0.0/8, separated by commas`,
    )
  if (bits === 0)
    throw new Failure(
      `${JSON.stringify(text)} would trust every client to say where it comes from; name only the addresses of your proxies`,
    )
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
}

const familyBits = (family: number) => (family === 6 ? 128 : 32)

/** The parts of a header that lists, however often it was sent. */
function listed(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text === '' ? [] : text.split(',').map(part => part.trim())
}

/** Without port, brackets, zone, and IPv6 around IPv4; null where there is no address. */
function plainAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text
  const [address = ''] = bare.split('%')
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined && isIP(mapped) === 4) return mapped
  return isIP(address) === 0 ? null : address
}
