/** Who changed what, and how it was before. Written in the transaction of the change; never read by the program. */
import type { Db } from './tables.ts'

export interface AuditEntry {
  readonly id: string
  readonly at: number
  /** `token:NAME`, or `shell` for commands on the data directory. */
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

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)
