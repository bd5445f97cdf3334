/** Binding a server to a port, and what to say when that fails. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorCode, Failure, messageOf } from './failure.ts'

/**
 * Connections that wait to be accepted. Where a fleet comes back at once the usual 511 overflow, and whoever is dropped tries again
 * only after a second; the system may allow less.
 */
const BACKLOG = 4096

export interface ListenAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The options to name in a failure, such as `--port` and `--host`. */
  readonly portOption: string
  readonly hostOption: string
}

/** Resolves with the port when the server listens; rejects with a {@link Failure}. */
export function listen(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(new Failure(whyNot(error, address), error))
    server.once('error', onError)
    server.listen({ port: address.port, host: address.host, backlog: BACKLOG }, () => {
      server.off('error', onError)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function whyNot(error: Error, { host, port, portOption, hostOption }: ListenAddress): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; stop what uses it, or choose another with ${portOption} (0 takes a free one)`
    case 'EACCES':
      return `this user may not listen on port ${port}; choose one from 1024 up with ${portOption}, or give the process that right`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return `${JSON.stringify(host)} is no address of this machine; choose one with ${hostOption} (0.0.0.0 means all)`
    default:
      return `cannot listen on ${host}, port ${port}: ${messageOf(error)}; choose others with ${hostOption} and ${portOption}`
  }
}

/** The address under which a browser on this machine reaches a listener. */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const isWildcard = host === '0.0.0.0' || host === '::' || host === ''
  const name = isWildcard ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return new URL(`${scheme}://${name}:${port}`).origin
}

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
