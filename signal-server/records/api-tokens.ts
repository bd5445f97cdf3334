/** API tokens: only their SHA-256 is kept, so a copy of the records lets nobody in. */
import { unlessStorageFails } from '../storage-fault.ts'
import type { Db, Tables } from './tables.ts'

export interface ApiTokenRecord {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

/** How old `lastUsedAt` may be: a token in use costs one write a minute. */
const USE_RESOLUTION_MS = 60_000

/** A token that is valid, noted as used, or null. Looking up a hash takes no time that tells of the token. */
export async function useApiToken(db: Db, tokenHash: string, now: number): Promise<ApiTokenRecord | null> {
  const row = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  if (row.last_used_at === null || now - Number(row.last_used_at) >= USE_RESOLUTION_MS)
    await unlessStorageFails(
      db.updateTable('api_tokens').set({ last_used_at: now }).where('id', '=', row.id).execute(),
    )
  return tokenOf(row)
}

/** Newest first. */
export async function listApiTokens(db: Db): Promise<ApiTokenRecord[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(tokenOf)
}

export async function findApiToken(db: Db, id: string): Promise<ApiTokenRecord | null> {
  const row = await db.selectFrom('api_tokens').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? tokenOf(row) : null
}

export async function insertApiToken(
  db: Db,
  token: { readonly tokenHash: string; readonly name: string },
  now: number,
): Promise<ApiTokenRecord> {
  const row = {
    id: token.tokenHash.slice(0, 16),
    token_hash: token.tokenHash,
    name: token.name,
    created_at: now,
    last_used_at: null,
    revoked_at: null,
  }
  await db.insertInto('api_tokens').values(row).execute()
  return tokenOf(row)
}

export async function revokeApiToken(db: Db, id: string, now: number): Promise<void> {
  await db.updateTable('api_tokens').set({ revoked_at: now }).where('id', '=', id).execute()
}

function tokenOf(row: Tables['api_tokens']): ApiTokenRecord {
  const numberOrNull = (value: number | null) => (value === null ? null : Number(value))
  return {
    id: row.id,
    name: row.name,
    createdAt: Number(row.created_at),
    lastUsedAt: numberOrNull(row.last_used_at),
    revokedAt: numberOrNull(row.revoked_at),
  }
}
