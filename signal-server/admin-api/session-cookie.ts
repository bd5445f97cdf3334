/**
 * The cookie of an administrator's session. Not for scripts, for this site only, over TLS only where the page came over TLS.
 * Cookies do not tell ports apart, so its name does: several servers on one host do not log one another out.
 */
import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'

export function sessionCookieName(c: Context): string {
  const { port } = new URL(c.req.url)
  const name = port === '' ? 'larder-session' : `larder-session-${port}`
  // A browser takes such a cookie from this host over TLS alone, so that no neighbour can plant one.
  return isOverTls(c) ? `__Host-${name}` : name
}

export function setSessionCookie(c: Context, secret: string, maxAgeMs: number): void {
  setCookie(c, sessionCookieName(c), secret, { ...attributes(c), maxAge: Math.floor(maxAgeMs / 1000) })
}

export function clearSessionCookie(c: Context): void {
  deleteCookie(c, sessionCookieName(c), attributes(c))
}

function attributes(c: Context) {
  return { httpOnly: true, sameSite: 'Strict', path: '/', secure: isOverTls(c) } as const
}

/** Also behind a proxy that says so; whoever lies in that header only fails to log in. */
function isOverTls(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto') === 'https'
}
