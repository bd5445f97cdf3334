/**
 * Whether the cookies that apps set at this address are so large that requests with them are refused. They go along with every
 * request to this host, also of other ports, and a page cannot leave them out of the handshake of a WebSocket.
 */
import { KIB } from '../../../protocol/limits.ts'
import { bad, type Check, type Finding, good, note } from './finding.ts'

/** What many proxies take of one header unless they are told otherwise. */
const PROXY_HEADER_BYTES = 8 * KIB
/** The server takes 64 KiB of headers; other headers, and cookies that scripts cannot see, need room in it too. */
const SERVER_COOKIE_BYTES = 48 * KIB
const NAMED_COOKIES = 3
const MAX_NAME_LENGTH = 40

const sizeOf = (text: string) => new TextEncoder().encode(text).byteLength

/** `cookies`: as `document.cookie` has them. */
export function judgeCookies(cookies: string): Finding {
  const bytes = sizeOf(cookies)
  const kib = `${(bytes / KIB).toFixed(1)} KiB`
  if (bytes <= PROXY_HEADER_BYTES)
    return good(bytes === 0 ? 'There are none that scripts can see.' : `They take ${kib}.`)
  const largest = cookies
    .split('; ')
    .map(cookie => ({ name: cookie.split('=')[0] ?? '', bytes: sizeOf(cookie) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED_COOKIES)
    .map(cookie => `${cookie.name.slice(0, MAX_NAME_LENGTH)} (${(cookie.bytes / KIB).toFixed(1)} KiB)`)
  const found = `The cookies of this address take ${kib} and go along with every request to this host; the largest: ${largest.join(', ')}.`
  const mend =
    'Have the app that sets them keep its data in localStorage or IndexedDB, and remove them: in the browser’s settings for this address (Chromium, Firefox). A proxy before the server needs room for them (in nginx: large_client_header_buffers 4 64k).'
  return bytes <= SERVER_COOKIE_BYTES
    ? note(`${found} Many proxies refuse that.`, mend)
    : bad(`${found} The server refuses requests with more than 64 KiB of headers.`, mend)
}

export const cookieCheck: Check = {
  id: 'cookies',
  title: 'Cookies of this address',
  run: async () => judgeCookies(document.cookie),
}
