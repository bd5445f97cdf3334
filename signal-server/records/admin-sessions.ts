/**
 * Sessions of administrators' browsers. Only the SHA-256 of a session's secret is kept; a session ends at its `expiresAt`,
 * after {@link IDLE_TIMEOUT_MS} without a request, or when it is deleted.
 */
import { unlessStorageFails } from '../storage-fault.ts'
import type { Db } from './tables.ts'

export interface AdminSession {
  readonly sessionHash: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** A browser left open over a weekend has to log in again. */
const IDLE_TIMEOUT_MS = 24 * 3600 * 1000
const SESSION_TERM_MS = 14 * 24 * 3600 * 1000
/** A session in use costs one write in this time. */
const USE_RESOLUTION_MS = 5 * 60_000

/** The session, noted as used; null when there is none or it has ended. */
export async function useAdminSession(
  db: Db,
  sessionHash: string,
  now: number,
): Promise<AdminSession | null> {
  const row = await db
    .selectFrom('admin_sessions')
    .selectAll()
    .where('session_hash', '=', sessionHash)
    .where('expires_at', '>', now)
    .where('last_used_at', '>', now - IDLE_TIMEOUT_MS)
    .executeTakeFirst()
  if (!row) return null
  if (now - Number(row.last_used_at) >= USE_RESOLUTION_MS)
    await unlessStorageFails(
      db
        .updateTable('admin_sessions')
        .set({ last_used_at: now })
        .where('session_hash', '=', sessionHash)
        .execute(),
    )
  return { sessionHash, createdAt: Number(row.created_at), expiresAt: Number(row.expires_at) }
}

/** Begins a session, and forgets those that have ended. */
export async function insertAdminSession(db: Db, sessionHash: string, now: number): Promise<AdminSession> {
  await db
    .deleteFrom('admin_sessions')
    .where(({ eb, or }) => or([eb('expires_at', '<=', now), eb('last_used_at', '<=', now - IDLE_TIMEOUT_MS)]))
    .execute()
  const expiresAt = now + SESSION_TERM_MS
  await db
    .insertInto('admin_sessions')
    .values({ session_hash: sessionHash, created_at: now, last_used_at: now, expires_at: expiresAt })
    .execute()
  return { sessionHash, createdAt: now, expiresAt }
}

export async function deleteAdminSession(db: Db, sessionHash: string): Promise<void> {
  await db.deleteFrom('admin_sessions').where('session_hash', '=', sessionHash).execute()
}

/** Ends every session but `exceptHash`, and says how many. */
export async function deleteAdminSessions(db: Db, exceptHash: string | null = null): Promise<number> {
  const deleted = await db
    .deleteFrom('admin_sessions')
    .where('session_hash', '!=', exceptHash ?? '')
    .executeTakeFirst()
  return Number(deleted.numDeletedRows)
}
