/**
 * The cookie of an administrator's session. Not for scripts, for this site only, over TLS only where the page came over TLS.
 * Cookies do not tell ports apart, so its name does: several servers on one host do not log one another out.
 */
import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { Scheme } from '../client-address.ts'

export function sessionCookieName(c: Context, scheme: Scheme): string {
  const { port } = new URL(c.req.url)
  const name = port === '' ? 'larder-session' : `larder-session-${port}`
  // A browser takes such a cookie from this host over TLS alone, so that no neighbour can plant one.
  return scheme === 'https' ? `__Host-${name}` : name
}

export function setSessionCookie(c: Context, scheme: Scheme, secret: string, maxAgeMs: number): void {
  setCookie(c, sessionCookieName(c, scheme), secret, {
    ...attributes(scheme),
    maxAge: Math.floor(maxAgeMs / 1000),
  })
}

export function clearSessionCookie(c: Context, scheme: Scheme): void {
  deleteCookie(c, sessionCookieName(c, scheme), attributes(scheme))
}

const attributes = (scheme: Scheme) =>
  ({ httpOnly: true, sameSite: 'Strict', path: '/', secure: scheme === 'https' }) as const
