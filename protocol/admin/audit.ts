/** The audit log: who changed what, when, from what to what. */
import * as v from 'valibot'
import { isoTextSchema } from './iso-text.ts'
import { nextCursorSchema } from './page.ts'

/** `GET /api/audit`: newest first. */
export const auditPageSchema = v.object({
  entries: v.array(
    v.object({
      id: v.string(),
      at: isoTextSchema,
      /** `session:ID`, `token:NAME`, or `shell` for commands on the data directory. */
      actor: v.string(),
      /** Such as `site.put`. */
      action: v.string(),
      /** Such as `site:berlin`. */
      target: v.string(),
      /** JSON of the action's own shape; null where there was nothing. */
      before: v.unknown(),
      after: v.unknown(),
    }),
  ),
  nextCursor: nextCursorSchema,
})
