/** `/api/session`: getting in with the password or a one-time link, and out again. */
import { hash } from 'node:crypto'
import type { Context } from 'hono'
import {
  sessionLinkPostSchema,
  sessionPasswordPostSchema,
  sessionPostSchema,
  sessionViewSchema,
} from '../../protocol/admin/session.ts'
import { whyWeak } from '../../protocol/admin/weak-password.ts'
import { KIB } from '../../protocol/limits.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { networkOf } from '../client-network.ts'
import { hashPassword, isPassword } from '../keys/password-hash.ts'
import { randomSecret } from '../random.ts'
import { deleteAdminLinks, isAdminLink, takeAdminLink } from '../records/admin-links.ts'
import {
  type AdminSession,
  deleteAdminSession,
  deleteAdminSessions,
  insertAdminSession,
} from '../records/admin-sessions.ts'
import { isLoginNetwork, rememberLoginNetwork } from '../records/login-networks.ts'
import { findSetting, putSetting } from '../records/settings.ts'
import type { Db } from '../records/tables.ts'
import { actorOfSession } from './authentication.ts'
import type { AdminDeps, AdminEnv } from './deps.ts'
import { createLoginLimiter, LINK_LIMITS, type LoginLimiter, PASSWORD_LIMITS } from './login-limiter.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'

const PASSWORD_TARGET = 'administration'
/** Read before there is a credential: a code, and a password of 1024 characters that JSON may write with six bytes each. */
const MAX_LOGIN_BYTES = 8 * KIB

export function sessionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const { records, clock, randomBytes, clientAddress, clientScheme, passwordCost } = deps
  const { db } = records
  const passwords = createLoginLimiter(PASSWORD_LIMITS)
  const links = createLoginLimiter(LINK_LIMITS)

  async function storedPassword(): Promise<string | null> {
    return await findSetting(db, 'admin-password')
  }

  /** Runs `check`, which says whether the password was right, no more often than the limiter allows. */
  async function limited(c: Context, check: () => Promise<boolean>): Promise<boolean> {
    const address = clientAddress(c)
    const isKnown = await isLoginNetwork(db, networkOf(address), clock())
    countAttempt(c, passwords, address, isKnown)
    const isRight = await check()
    if (isRight) passwords.forgive(address, isKnown)
    return isRight
  }

  function countAttempt(c: Context, limiter: LoginLimiter, address: string, isKnown: boolean): void {
    const retryAt = limiter.attempt(address, isKnown, clock())
    if (retryAt === null) return
    c.header('retry-after', String(Math.max(1, Math.ceil((retryAt - clock()) / 1000))))
    throw new Refusal(
      'too-many-requests',
      `Too many wrong attempts. Try again at ${toInstant(retryAt)}, or log in with a one-time link, which the server prints with: larder admin-link --data DIR`,
      retryAt,
    )
  }

  /** Begins a session inside a change, and gives back what the browser has to be told once it is committed. */
  async function begin(c: Context, trx: Db): Promise<{ secret: string; session: AdminSession }> {
    await rememberLoginNetwork(trx, networkOf(clientAddress(c)), clock())
    const secret = randomSecret(randomBytes)
    return { secret, session: await insertAdminSession(trx, hash('sha256', secret, 'hex'), clock()) }
  }

  function loggedIn(c: Context<AdminEnv>, { secret, session }: { secret: string; session: AdminSession }) {
    setSessionCookie(c, clientScheme(c), secret, session.expiresAt - clock())
    return {
      authenticated: true,
      passwordSet: true,
      via: 'session' as const,
      actor: actorOfSession(session.sessionHash),
      expiresAt: toInstant(session.expiresAt),
    }
  }

  return [
    route(
      {
        method: 'GET',
        path: '/api/session',
        summary: 'Whether the request is authenticated, and whether a password is set; needs no credentials',
        answer: sessionViewSchema,
      },
      async ({ c }) => {
        const credential = c.get('credential')
        return {
          authenticated: credential !== null,
          passwordSet: (await storedPassword()) !== null,
          via: credential?.via ?? null,
          actor: credential?.actor ?? null,
          expiresAt: toInstantOrNull(credential?.expiresAt ?? null),
        }
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/session',
        summary: 'Log in with the password; answers with a session cookie',
        body: sessionPostSchema,
        maxBodyBytes: MAX_LOGIN_BYTES,
        answer: sessionViewSchema,
        refusals: ['too-many-requests'],
      },
      async ({ c, body }) => {
        const isRight = await limited(c, async () => {
          const stored = await storedPassword()
          return stored !== null && (await isPassword(body.password, stored))
        })
        if (!isRight) {
          const detail =
            (await storedPassword()) === null
              ? 'No password is set yet. Print a one-time link on the server with: larder admin-link --data DIR'
              : 'This is not the password. If it is lost, print a one-time link on the server with: larder admin-link --data DIR'
          throw new Refusal('unauthenticated', detail)
        }
        const begun = await records.change('login', clock(), async trx => {
          const begun = await begin(c, trx)
          return { result: begun, audit: loginEntry(c, 'session.login', begun.session) }
        })
        return loggedIn(c, begun)
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/session/link',
        summary: 'Log in with a one-time link, and set the password with it',
        body: sessionLinkPostSchema,
        maxBodyBytes: MAX_LOGIN_BYTES,
        answer: sessionViewSchema,
        refusals: ['too-many-requests', 'content-invalid'],
      },
      async ({ c, body: { code, password } }) => {
        if (password === undefined && (await storedPassword()) === null)
          throw new Refusal(
            'content-invalid',
            'No password is set yet: choose one, and send it with the code.',
          )
        if (password !== undefined) refuseNamesOfServer(c, password)
        const codeHash = hash('sha256', code, 'hex')
        const used = () =>
          new Refusal(
            'unauthenticated',
            'This link was used already or has expired. Print another on the server with: larder admin-link --data DIR',
          )
        // Looked up first, so that a good link always logs in, whatever strangers try meanwhile.
        if (!(await isAdminLink(db, codeHash, clock()))) {
          countAttempt(c, links, clientAddress(c), false)
          throw used()
        }
        // Not in the transaction: it takes long, and nothing else can change meanwhile.
        const passwordHash =
          password === undefined ? null : await hashPassword(password, passwordCost, randomBytes)
        const begun = await records.change('link', clock(), async trx => {
          if (!(await takeAdminLink(trx, codeHash, clock()))) return { result: null }
          if (passwordHash !== null) await replacePassword(trx, passwordHash, null)
          const begun = await begin(c, trx)
          const action = passwordHash === null ? 'session.login' : 'password.set'
          return { result: begun, audit: loginEntry(c, action, begun.session) }
        })
        if (begun === null) throw used()
        return loggedIn(c, begun)
      },
    ),
    route(
      { method: 'DELETE', path: '/api/session', summary: 'Log out', answer: null },
      async ({ c, actor }) => {
        const sessionHash = c.get('credential')?.sessionHash ?? null
        if (sessionHash !== null)
          await records.change(actor, clock(), async trx => {
            await deleteAdminSession(trx, sessionHash)
            return { result: null, audit: { action: 'session.logout', target: actor } }
          })
        clearSessionCookie(c, clientScheme(c))
        return null
      },
    ),
    route(
      { method: 'DELETE', path: '/api/sessions', summary: 'Log out everywhere, here too', answer: null },
      async ({ c, actor }) => {
        await records.change(actor, clock(), async trx => {
          const sessions = await deleteAdminSessions(trx)
          return {
            result: null,
            audit: { action: 'session.logout-everywhere', target: PASSWORD_TARGET, before: { sessions } },
          }
        })
        clearSessionCookie(c, clientScheme(c))
        return null
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/session/password',
        summary: 'Change the password; every other session ends',
        body: sessionPasswordPostSchema,
        answer: null,
        refusals: ['too-many-requests', 'content-invalid'],
      },
      async ({ c, body, actor }) => {
        const stored = await storedPassword()
        if (stored === null)
          throw new Refusal(
            'content-invalid',
            'No password is set yet. Print a one-time link on the server with: larder admin-link --data DIR',
          )
        if (!(await limited(c, () => isPassword(body.current, stored))))
          throw new Refusal('content-invalid', 'The current password is another one.')
        refuseNamesOfServer(c, body.next)
        const passwordHash = await hashPassword(body.next, passwordCost, randomBytes)
        const sessionHash = c.get('credential')?.sessionHash ?? null
        await records.change(actor, clock(), async trx => {
          await replacePassword(trx, passwordHash, sessionHash)
          return { result: null, audit: { action: 'password.change', target: PASSWORD_TARGET } }
        })
        return null
      },
    ),
  ]

  function loginEntry(c: Context, action: string, session: AdminSession) {
    return {
      action,
      target: actorOfSession(session.sessionHash),
      after: { address: clientAddress(c), browser: (c.req.header('user-agent') ?? '').slice(0, 200) },
    }
  }
}

/** What is weak everywhere, the schema has refused. */
function refuseNamesOfServer(c: Context, password: string): void {
  const why = whyWeak(password, [new URL(c.req.url).hostname])
  if (why !== null) throw new Refusal('bad-request', `password: ${why}`)
}

/** Whoever came in with the old password is out, but the session that changed it. */
async function replacePassword(db: Db, passwordHash: string, exceptSession: string | null): Promise<void> {
  await putSetting(db, 'admin-password', passwordHash)
  await deleteAdminSessions(db, exceptSession)
  await deleteAdminLinks(db)
}
