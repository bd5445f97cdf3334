/** API tokens: only their SHA-256 is kept, so a copy of the records lets nobody in. */
import type { Db } from './tables.ts'

/** The name of a token that is valid, or null. Looking up a hash takes no time that tells of the token. */
export async function findApiToken(db: Db, tokenHash: string): Promise<{ name: string } | null> {
  const row = await db
    .selectFrom('api_tokens')
    .select('name')
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

export async function insertApiToken(
  db: Db,
  token: { readonly tokenHash: string; readonly name: string },
  now: number,
): Promise<void> {
  await db
    .insertInto('api_tokens')
    .values({ token_hash: token.tokenHash, name: token.name, created_at: now, revoked_at: null })
    .execute()
}
