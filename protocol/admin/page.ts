/**
 * Long lists come in pages: `cursor` and `limit` in the query, the rows under a name of their own and `nextCursor` beside
 * them. A cursor is opaque, and null says that this was the last page.
 */
import * as v from 'valibot'

const DEFAULT_PAGE_LIMIT = 50
const MAX_PAGE_LIMIT = 500

/** The entries of a query that asks for a page. */
export const pageQueryEntries = {
  cursor: v.optional(v.pipe(v.string(), v.maxLength(512))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/, `must be a whole number from 1 to ${MAX_PAGE_LIMIT}`),
      v.transform(Number),
      v.maxValue(MAX_PAGE_LIMIT, `must be a whole number from 1 to ${MAX_PAGE_LIMIT}`),
    ),
    String(DEFAULT_PAGE_LIMIT),
  ),
}

export const nextCursorSchema = v.nullable(v.string())
