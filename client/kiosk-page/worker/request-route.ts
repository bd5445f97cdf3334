/**
 * Which way a request goes, as far as the request alone tells; decided at once, because a request that is none of the
 * worker's business has to go on untouched. Pure over addresses.
 */

/** What is looked at of a request. Addresses are absolute; `referrer` is empty when the browser tells none. */
export interface RequestFacts {
  readonly url: string
  readonly method: string
  readonly mode: string
  readonly destination: string
  readonly cache: string
  readonly referrer: string
  /** Of the page or worker that asks; empty when the browser tells none. */
  readonly clientId: string
}

export type Route =
  /** Below `app/`: answered from the package. `path`: what follows `app/`, percent-encoded, without query. */
  | { readonly kind: 'package'; readonly path: string }
  /** One of the kiosk page's own files perhaps; relative to the kiosk page. */
  | { readonly kind: 'page'; readonly path: string }
  /** Somewhere else on this origin: an app's, if an app asks and has such a file. `path`: without its first slash. */
  | { readonly kind: 'app-or-network'; readonly path: string }
  /** An address of the server that leads to the kiosk page: its root, and the page's without the final slash. */
  | { readonly kind: 'front-door' }
  | { readonly kind: 'network' }

/** The way a package travels: nothing may stand in between, and no app has such files. */
const TRANSFER = /^\/releases\/[0-9a-f]{64}\//

/** `folder`: address of the folder of the kiosk page, with its final slash. */
export function routeOf(facts: RequestFacts, folder: string): Route {
  const url = new URL(facts.url)
  const base = new URL(folder)
  if (url.origin !== base.origin) return { kind: 'network' }
  if (url.pathname.startsWith(`${base.pathname}app/`)) {
    return { kind: 'package', path: url.pathname.slice(base.pathname.length + 'app/'.length) }
  }
  // Not the worker's to change; and browsers refuse to repeat a request that may only come from their cache.
  if (facts.method !== 'GET' && facts.method !== 'HEAD') return { kind: 'network' }
  if (facts.cache === 'only-if-cached' && facts.mode !== 'same-origin') return { kind: 'network' }
  if (url.pathname.startsWith(base.pathname)) {
    return { kind: 'page', path: pagePath(url.pathname.slice(base.pathname.length)) }
  }
  const server = new URL('../', base).pathname
  if (TRANSFER.test(`/${url.pathname.slice(server.length)}`)) return { kind: 'network' }
  if (facts.mode === 'navigate' && facts.destination === 'document' && facts.referrer === '') {
    const leadsHere = url.pathname === server || `${url.pathname}/` === base.pathname
    return { kind: leadsHere ? 'front-door' : 'network' }
  }
  return { kind: 'app-or-network', path: url.pathname.slice(1) }
}

/** Pages have names without an ending, and the index is the folder itself. */
const pagePath = (path: string) => path.replace(/^index\.html$/, '').replace(/\.html$/, '')

/** The package that an address below `app/` names; null for any other. */
export function packageNamedBy(address: string, folder: string): string | null {
  const prefix = `${folder}app/`
  if (!address.startsWith(prefix)) return null
  return /^[^/?#]+/.exec(address.slice(prefix.length))?.[0] ?? null
}
