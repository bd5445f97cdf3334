/**
 * Whether a request of a browser comes from a page of this server, or from a page of another origin that makes its visitors'
 * browsers ask. It knows neither credentials nor routes; what is no browser sends neither header and is no page's request.
 */
import type { Scheme } from './client-address.ts'

export interface OriginQuestion {
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`, which no page can set or leave out in a browser that knows it. */
  readonly fetchSite: string | undefined
  readonly host: string | undefined
  /** By which scheme the client reached the server; null where a proxy may have changed it without saying so. */
  readonly scheme: Scheme | null
  /** Origins under which the server is known to be reached, such as that of `--public-url`. */
  readonly ownOrigins: readonly string[]
}

/** Of no browser, or of one that shows a page of this server. */
export function isOwnRequest({ origin, fetchSite, host, scheme, ownOrigins }: OriginQuestion): boolean {
  // The browser itself compares its page with the address it asks.
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false
  if (origin === undefined) return true
  if (ownOrigins.includes(origin)) return true
  const schemes: readonly Scheme[] = scheme === null ? ['http', 'https'] : [scheme]
  return schemes.some(own => originOf(`${own}://${host}`) === origin)
}

/** As browsers write it, without a default port; null where it is no address. */
function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null
}
