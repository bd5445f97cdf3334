/**
 * Whether a page of this server, or of a web server that passes a path on to it, makes a browser ask: pages of others may
 * neither enrol their visitors nor open sessions. What is no browser sends no `Origin` and may ask; limits count it all the same.
 */
import type { ClientAddresses, ClientRequest } from '../client-address.ts'
import { isOwnRequest } from '../own-origin.ts'

/** `what`: enrol devices. */
export const foreignPage = (what: string): string =>
  `Only pages of this server may ${what}. Behind a proxy: it has to pass the Host header on, or --public-url has to name the address of the page.`

export type OwnPageCheck = (request: ClientRequest) => boolean

/** `ownOrigins`: under which devices reach the server beside the `Host` of their requests, such as that of `--public-url`. */
export function createOwnPageCheck(
  addresses: ClientAddresses,
  ownOrigins: readonly string[] = [],
): OwnPageCheck {
  return request => {
    const {
      origin,
      host,
      'sec-fetch-site': fetchSite,
    } = request.headers as Record<string, string | undefined>
    // Devices have no credentials that a browser adds by itself, so that the word of the browser is enough here.
    if (fetchSite === 'same-origin') return true
    // A proxy may end TLS and say nothing of it.
    const scheme = addresses.schemeOf(request) === 'https' ? 'https' : null
    return isOwnRequest({ origin, fetchSite, host, scheme, ownOrigins })
  }
}
