/**
 * Who may use the administration: whoever has an API token or a session. Denied by default: it stands before every route
 * under `/api`, also those that do not exist, and only what `PUBLIC_ROUTES` names goes without credentials.
 */
import { hash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { requestOf } from '../client-address.ts'
import { isOwnRequest } from '../own-origin.ts'
import { useAdminSession } from '../records/admin-sessions.ts'
import { useApiToken } from '../records/api-tokens.ts'
import type { Db } from '../records/tables.ts'
import type { AdminDeps, AdminEnv } from './deps.ts'
import { createLastingAnswers } from './lasting-answers.ts'
import { problemResponse } from './refusal.ts'
import { sessionCookieName } from './session-cookie.ts'

/** What a request proved, and whether it would still prove it now: for answers that last, such as event streams. */
export interface Credential {
  readonly via: 'token' | 'session'
  /** For the audit log: `token:NAME` or `session:ID`. */
  readonly actor: string
  /** Of the session; null for a token. */
  readonly sessionHash: string | null
  /** Epoch ms; null for a token. */
  readonly expiresAt: number | null
  readonly isStillValid: () => Promise<boolean>
}

/** Logging in, and asking whether one is. */
const PUBLIC_ROUTES: ReadonlySet<string> = new Set([
  'GET /api/session',
  'POST /api/session',
  'POST /api/session/link',
])

/** Whether a route, by its method and path, goes without credentials. */
export const isPublic = (method: string, path: string): boolean => PUBLIC_ROUTES.has(`${method} ${path}`)

/** Logging out, changing the password, revoking a token. */
const ENDS_CREDENTIALS = /^\/api\/(sessions?|tokens)(\/|$)/

const BEARER = /^Bearer +([A-Za-z0-9_-]{1,128})$/i

/** Leaves the request's credential for the routes; refuses requests without one. */
export function authenticated({
  records: { db },
  clock,
  clientScheme,
  trust,
}: Pick<AdminDeps, 'records' | 'clock' | 'clientScheme' | 'trust'>): MiddlewareHandler<AdminEnv> {
  const lasting = createLastingAnswers()
  return async (c, next) => {
    const find = finder(c, { db, clock, cookieName: sessionCookieName(c, clientScheme(c)) })
    const credential = (await find?.()) ?? null
    if (credential === null && !isPublic(c.req.method, c.req.path)) {
      c.header('www-authenticate', 'Bearer')
      return problemResponse(
        c,
        'unauthenticated',
        'Log in on the administration page, or send a valid API token as "Authorization: Bearer TOKEN"; make one with: larder token create --data DIR',
      )
    }
    // Browsers name the origin of every change; what names none and has a cookie is no page of ours.
    if (credential?.via === 'session' && !SAFE_METHODS.has(c.req.method) && !namesItsOrigin(c))
      return foreignOrigin(c)
    if (credential !== null && trust) trust.trust(requestOf(c))
    c.set('credential', credential)
    c.set('actor', credential?.actor ?? 'nobody')
    await next()
    if (credential !== null && c.res.headers.get('content-type')?.startsWith('text/event-stream'))
      c.res = lasting.guard(c.res, credential.isStillValid)
    if (ENDS_CREDENTIALS.test(c.req.path) && !SAFE_METHODS.has(c.req.method)) await lasting.recheck()
  }
}

/** A token that is sent counts alone: a script with a wrong one must not ride on a session by chance. */
function finder(
  c: Context,
  { db, clock, cookieName }: { db: Db; clock: () => number; cookieName: string },
): (() => Promise<Credential | null>) | null {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined && authorization !== '') {
    const token = BEARER.exec(authorization)?.[1]
    return token === undefined ? null : tokenFinder(db, hash('sha256', token, 'hex'), clock)
  }
  const secret = getCookie(c, cookieName)
  return secret === undefined ? null : sessionFinder(db, hash('sha256', secret, 'hex'), clock)
}

// Secrets are hashed before they are compared, so that the time it takes tells nothing of them.

function tokenFinder(db: Db, tokenHash: string, clock: () => number) {
  const find = async (): Promise<Credential | null> => {
    const token = await useApiToken(db, tokenHash, clock())
    if (token === null) return null
    return {
      via: 'token',
      actor: `token:${token.name}`,
      sessionHash: null,
      expiresAt: null,
      isStillValid: async () => (await find()) !== null,
    }
  }
  return find
}

function sessionFinder(db: Db, sessionHash: string, clock: () => number) {
  const find = async (): Promise<Credential | null> => {
    const session = await useAdminSession(db, sessionHash, clock())
    if (session === null) return null
    return {
      via: 'session',
      actor: actorOfSession(sessionHash),
      sessionHash,
      expiresAt: session.expiresAt,
      isStillValid: async () => (await find()) !== null,
    }
  }
  return find
}

export const actorOfSession = (sessionHash: string): string => `session:${sessionHash.slice(0, 8)}`

/**
 * Refuses what a page of another origin makes its visitor's browser send. Reading too: no other page has any business
 * here, and a package's own page may share the host, and with it the cookies, with the administration.
 */
export function sameOriginOnly({
  clientScheme,
  ownOrigins,
}: Pick<AdminDeps, 'clientScheme' | 'ownOrigins'>): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const isOwn = isOwnRequest({
      origin: c.req.header('origin'),
      fetchSite: c.req.header('sec-fetch-site'),
      host: c.req.header('host'),
      scheme: clientScheme(c),
      ownOrigins,
    })
    if (!isOwn) return foreignOrigin(c)
    await next()
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const namesItsOrigin = (c: Context): boolean =>
  c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') === 'same-origin'

function foreignOrigin(c: Context): Response {
  return problemResponse(
    c,
    'foreign-origin',
    'Requests are taken from the administration page itself only. Behind a proxy: start the server with --admin-url, or let the proxy pass the Host header on and, where it ends TLS, name it in --trusted-proxies.',
  )
}
