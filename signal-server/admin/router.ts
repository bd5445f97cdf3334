/**
 * Addresses within the page: `#/devices/d-1?state=failed`. Names that people chose stand in them percent-encoded.
 * Knows no page; `routes.ts` says which there are.
 */
import { Store } from './store.ts'

export interface Place {
  /** Begins with a slash. */
  readonly path: string
  readonly query: URLSearchParams
}

function placeIn(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  return { path: path.startsWith('/') ? path : '/', query: new URLSearchParams(query) }
}

/** Where the page is. */
export const place = new Store<Place>(placeIn(location.hash))
addEventListener('hashchange', () => place.set(placeIn(location.hash)))

/** The address of a place, for links: `href('devices', id)`; empty query entries are left out. */
export function href(segments: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const path = segments.map(segment => `/${encodeURIComponent(segment)}`).join('')
  const entries = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(entries).toString()
  return `#${path || '/'}${search === '' ? '' : `?${search}`}`
}

export function go(address: string): void {
  location.hash = address
}

/** Another address without a step in the history: for filters that change with every key. */
export function replacePlace(address: string): void {
  history.replaceState(null, '', address)
  place.set(placeIn(address))
}

export type Params = Readonly<Record<string, string>>

/** The named parts of `path` if it is of the form of `pattern` (`/devices/:device`), else null. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== value) return null
      continue
    }
    if (value === '') return null
    try {
      params[segment.slice(1)] = decodeURIComponent(value)
    } catch {
      return null
    }
  }
  return params
}
