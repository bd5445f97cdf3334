/** `/api/tokens`: API tokens for scripts, made, listed and revoked. */
import { hash } from 'node:crypto'
import {
  tokenCreatedSchema,
  tokenIdSchema,
  tokenListSchema,
  tokenPostSchema,
} from '../../protocol/admin/tokens.ts'
import { toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import { randomApiToken } from '../random.ts'
import {
  type ApiTokenRecord,
  findApiToken,
  insertApiToken,
  listApiTokens,
  revokeApiToken,
} from '../records/api-tokens.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export function tokenRoutes({ records, clock, randomBytes }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'GET',
        path: '/api/tokens',
        summary: 'All API tokens, newest first, revoked ones too; never their secrets',
        answer: tokenListSchema,
      },
      async () => ({ tokens: (await listApiTokens(records.db)).map(tokenView), nextCursor: null }),
    ),
    route(
      {
        method: 'POST',
        path: '/api/tokens',
        summary: 'Make an API token; its secret is in this answer and nowhere else',
        body: tokenPostSchema,
        answer: tokenCreatedSchema,
        statuses: [201],
        refusals: ['already-exists'],
      },
      async ({ body: { name }, actor }) => {
        const secret = randomApiToken(randomBytes)
        const now = clock()
        const token = await records.change(actor, now, async trx => {
          // The audit log knows tokens by their names.
          if ((await listApiTokens(trx)).some(other => other.name === name && other.revokedAt === null))
            throw new Refusal('already-exists', `There is a token "${name}" already; choose another name.`)
          const token = await insertApiToken(trx, { tokenHash: hash('sha256', secret, 'hex'), name }, now)
          return {
            result: token,
            audit: { action: 'api-token.create', target: `token:${name}`, after: { id: token.id } },
          }
        })
        return { ...tokenView(token), token: secret }
      },
    ),
    route(
      {
        method: 'DELETE',
        path: '/api/tokens/:token',
        summary: 'Revoke an API token, by its id',
        params: { token: tokenIdSchema },
        answer: null,
        refusals: ['not-found'],
      },
      async ({ params: { token: id }, actor }) => {
        const now = clock()
        await records.change(actor, now, async trx => {
          const token = await findApiToken(trx, id)
          if (token === null) throw new Refusal('not-found', `There is no API token ${id}.`)
          if (token.revokedAt !== null) return { result: null }
          await revokeApiToken(trx, id, now)
          return {
            result: null,
            audit: { action: 'api-token.revoke', target: `token:${token.name}`, before: { id } },
          }
        })
        return null
      },
    ),
  ]
}

function tokenView({ id, name, createdAt, lastUsedAt, revokedAt }: ApiTokenRecord) {
  return {
    id,
    name,
    createdAt: toInstant(createdAt),
    lastUsedAt: toInstantOrNull(lastUsedAt),
    revokedAt: toInstantOrNull(revokedAt),
  }
}
