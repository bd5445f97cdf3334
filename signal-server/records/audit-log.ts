/** Who changed what, and how it was before. Written in the transaction of the change, never changed. */
import type { Db } from './tables.ts'

export interface AuditEntry {
  readonly id: string
  readonly at: number
  /** `session:ID`, `token:NAME`, `shell` for commands on the data directory, `enrolment-link:ID`, or `server`. */
  readonly actor: string
  /** Such as `site.put`. */
  readonly action: string
  /** Such as `site:berlin`. */
  readonly target: string
  readonly before?: unknown
  readonly after?: unknown
}

export async function insertAuditEntry(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      id: entry.id,
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      target: entry.target,
      before: jsonOrNull(entry.before),
      after: jsonOrNull(entry.after),
    })
    .execute()
}

/** Where an entry stands in the order of the log. */
export interface AuditPosition {
  readonly at: number
  readonly id: string
}

/** Newest first, from behind `before` on. Entries of one instant stand in an order that is always the same. */
export async function listAuditEntries(
  db: Db,
  before: AuditPosition | null,
  limit: number,
): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit_log').selectAll()
  if (before !== null)
    query = query.where(({ eb, or, and }) =>
      or([eb('at', '<', before.at), and([eb('at', '=', before.at), eb('id', '<', before.id)])]),
    )
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(row => ({
    id: row.id,
    at: Number(row.at),
    actor: row.actor,
    action: row.action,
    target: row.target,
    before: row.before === null ? null : JSON.parse(row.before),
    after: row.after === null ? null : JSON.parse(row.after),
  }))
}

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)
