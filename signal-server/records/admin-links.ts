/** One-time links into the administration: only the SHA-256 of a code is kept; it is good once, and for a quarter of an hour. */
import type { Db } from './tables.ts'

const LINK_TERM_MS = 15 * 60_000

/** Keeps a new link, and forgets those that have expired. */
export async function insertAdminLink(db: Db, codeHash: string, now: number): Promise<void> {
  await db.deleteFrom('admin_links').where('expires_at', '<=', now).execute()
  await db
    .insertInto('admin_links')
    .values({ code_hash: codeHash, created_at: now, expires_at: now + LINK_TERM_MS })
    .execute()
}

export async function isAdminLink(db: Db, codeHash: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('admin_links')
    .select('code_hash')
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/** Uses a link up; false when there is no such link or it has expired. */
export async function takeAdminLink(db: Db, codeHash: string, now: number): Promise<boolean> {
  const taken = await db
    .deleteFrom('admin_links')
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return taken.numDeletedRows === 1n
}

export async function deleteAdminLinks(db: Db): Promise<void> {
  await db.deleteFrom('admin_links').execute()
}
