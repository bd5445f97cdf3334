/** `/api/audit`: who changed what, when, from what to what. */
import { auditPageSchema } from '../../protocol/admin/audit.ts'
import { pageQueryEntries } from '../../protocol/admin/page.ts'
import { toInstant } from '../../protocol/primitives.ts'
import { type AuditPosition, listAuditEntries } from '../records/audit-log.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export function auditRoutes({ records }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'GET',
        path: '/api/audit',
        summary: 'The audit log, newest first',
        query: pageQueryEntries,
        answer: auditPageSchema,
      },
      async ({ query: { cursor, limit } }) => {
        const before = cursor === undefined ? null : positionOf(cursor)
        // One more than is shown tells whether there is another page.
        const found = await listAuditEntries(records.db, before, limit + 1)
        const shown = found.slice(0, limit)
        const last = shown.at(-1)
        return {
          entries: shown.map(entry => ({
            ...entry,
            at: toInstant(entry.at),
            before: entry.before ?? null,
            after: entry.after ?? null,
          })),
          nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
        }
      },
    ),
  ]
}

const cursorOf = ({ at, id }: AuditPosition): string => `${at}-${id}`

function positionOf(cursor: string): AuditPosition {
  const [, at, id] = /^(\d{1,15})-([0-9a-f]{1,64})$/.exec(cursor) ?? []
  if (at === undefined || id === undefined)
    throw new Refusal('bad-request', 'cursor: must be the nextCursor of an earlier page.')
  return { at: Number(at), id }
}
