/** The public halves of the release-signing keys that devices are told to trust. */
import type { TrustedKey } from '../../protocol/keys.ts'
import type { Db } from './tables.ts'

/** Keys in force, oldest first. */
export async function listTrustedKeys(db: Db): Promise<TrustedKey[]> {
  const rows = await db
    .selectFrom('signing_keys')
    .select(['key_id', 'public_key'])
    .where('retired_at', 'is', null)
    .orderBy('created_at')
    .execute()
  return rows.map(row => ({ keyId: row.key_id, publicKey: row.public_key }))
}

export async function trustKey(db: Db, key: TrustedKey, now: number): Promise<void> {
  await db
    .insertInto('signing_keys')
    .values({ key_id: key.keyId, public_key: key.publicKey, created_at: now, retired_at: null })
    .onConflict(conflict => conflict.column('key_id').doNothing())
    .execute()
}
