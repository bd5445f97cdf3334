/**
 * A route of the admin API as a value: what it takes, what it answers, and the handler in between. From the same schemas it
 * is validated here and described in `/api/openapi.json`, so neither can be forgotten. It knows nothing of who is let in:
 * `authentication.ts` stands before every route, and only those in `PUBLIC_ROUTES` there go without credentials.
 *
 * How a file of routes looks; `admin-app.ts` mounts what it returns:
 *
 *   export function siteRoutes({ records }: AdminDeps): readonly AdminRoute[] {
 *     return [
 *       route({
 *         method: 'GET', path: '/api/sites/:site', summary: 'One site',
 *         params: { site: siteNameSchema },            // every name in the path
 *         query: { at: v.optional(instantSchema) },    // text in, whatever the schema makes of it out
 *         body: sitePutSchema,                         // JSON; or null with `bodyMediaType`: the handler reads c.req itself
 *         answer: siteViewSchema,                      // null: no body; or `answerMediaType` for what is not JSON
 *         refusals: ['not-found'],
 *       }, async ({ c, params, query, body, actor }) => ({ name: params.site, … })),
 *     ]
 *   }
 */
import type { Context, Hono } from 'hono'
import type * as v from 'valibot'
import { MIB } from '../../protocol/limits.ts'
import type { AdminProblemName } from '../../protocol/problem.ts'
import { requestOf } from '../client-address.ts'
import type { AdminEnv } from './deps.ts'
import { atMost, readJson, readParam, readQuery } from './request.ts'
import type { RequestTrust } from './stranger-bounds.ts'

/** Of every body whose route sets no bound of its own. */
const MAX_BODY_BYTES = MIB

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Fields = Readonly<Record<string, v.GenericSchema>>
type Outputs<F extends Fields> = { readonly [K in keyof F]: v.InferOutput<F[K]> }
type Out<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined
type In<S> = S extends v.GenericSchema ? v.InferInput<S> : null

interface RouteDescription<P extends Fields, Q extends Fields, B, A> {
  readonly method: Method
  /** From the root, parameters as `:name`. */
  readonly path: `/api/${string}` | '/metrics'
  /** One line, for the documentation. */
  readonly summary: string
  readonly params?: P
  /** What may be left out is `v.optional`. */
  readonly query?: Q
  readonly body?: B
  /** Of a body that is no JSON, with `body: null`. */
  readonly bodyMediaType?: string
  /** 1 MiB if left out; null where the handler bounds what it reads. */
  readonly maxBodyBytes?: number | null
  readonly answer: A
  /** Of an answer that is no JSON, with `answer: null`. */
  readonly answerMediaType?: string
  /** 200 if left out, 204 without a body; the first one goes with what a handler returns, others with a Response it makes. */
  readonly statuses?: readonly [number, ...number[]]
  /** Beside those that every route has: no credentials, a foreign origin, not well formed. */
  readonly refusals?: readonly AdminProblemName[]
}

export interface RouteCall<P extends Fields, Q extends Fields, B> {
  readonly c: Context<AdminEnv>
  readonly params: Outputs<P>
  readonly query: Outputs<Q>
  readonly body: Out<B>
  /** Who asks, for the audit log. */
  readonly actor: string
}

/** A route whose schemas no longer have types of their own. */
export interface AdminRoute
  extends RouteDescription<Fields, Fields, v.GenericSchema | null, v.GenericSchema | null> {
  readonly handle: (c: Context<AdminEnv>) => Promise<Response>
}

const NONE: Fields = {}

/** The handler returns what the answer's schema takes, or a Response of its own. It refuses by throwing a `Refusal`. */
export function route<
  P extends Fields = Record<never, never>,
  Q extends Fields = Record<never, never>,
  B extends v.GenericSchema | null = null,
  A extends v.GenericSchema | null = null,
>(
  description: RouteDescription<P, Q, B, A>,
  handler: (call: RouteCall<P, Q, B>) => In<A> | Response | Promise<In<A> | Response>,
): AdminRoute {
  const { params = NONE, query = NONE, body, statuses } = description
  return {
    ...description,
    async handle(c) {
      const call = {
        c,
        params: readAll(params, (name, schema) => readParam(c, name, schema)),
        query: readAll(query, (name, schema) => readQuery(c, name, schema)),
        body: body ? await readJson(c, body) : undefined,
        actor: c.get('credential')?.actor ?? 'nobody',
      }
      const answer = await handler(call as RouteCall<P, Q, B>)
      if (answer instanceof Response) return answer
      if (answer === null) return c.body(null, 204)
      return c.json(answer as object, (statuses?.[0] ?? 200) as 200)
    },
  }
}

/** `trust`: what lets the large bodies of uploads take their time. The guard of credentials stands before every route. */
export function mount(app: Hono<AdminEnv>, routes: readonly AdminRoute[], trust?: RequestTrust): void {
  for (const { method, path, maxBodyBytes = MAX_BODY_BYTES, handle } of routes) {
    if (method === 'GET') {
      app.on(method, path, handle)
      continue
    }
    if (trust && (maxBodyBytes === null || maxBodyBytes > MAX_BODY_BYTES))
      app.on(method, path, async (c, next) => {
        trust.allowLongBody(requestOf(c))
        await next()
      })
    if (maxBodyBytes === null) app.on(method, path, handle)
    else app.on(method, path, atMost(maxBodyBytes), handle)
  }
}

function readAll(
  fields: Fields,
  read: (name: string, schema: v.GenericSchema) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, read(name, schema)]))
}
