/**
 * Who may use the admin API: nobody without a bearer token. Denied by default: it stands before every route under `/api`,
 * also those that do not exist.
 */
import { hash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { findApiToken } from '../records/api-tokens.ts'
import type { Db } from '../records/tables.ts'
import type { AdminEnv } from './deps.ts'
import { problemResponse } from './refusal.ts'

const BEARER = /^Bearer +([A-Za-z0-9_-]{1,128})$/i

/** Lets requests with a valid token through and names the actor. */
export function bearerToken(db: Db): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const token = BEARER.exec(c.req.header('authorization') ?? '')?.[1]
    // Hashed before it is compared, so that the time it takes tells nothing of the token.
    const known = token === undefined ? null : await findApiToken(db, hash('sha256', token, 'hex'))
    if (known === null) {
      c.header('www-authenticate', 'Bearer')
      return problemResponse(
        c,
        'unauthenticated',
        'Send a valid API token as "Authorization: Bearer TOKEN"; make one with: larder token create --data DIR',
      )
    }
    c.set('actor', `token:${known.name}`)
    await next()
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Refuses changes that a page of another origin makes its visitor's browser send. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin')
  if (!SAFE_METHODS.has(c.req.method) && origin !== undefined && hostOf(origin) !== c.req.header('host'))
    return problemResponse(c, 'foreign-origin', 'Changes are taken from pages of this server only.')
  await next()
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
