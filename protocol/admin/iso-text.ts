/** Instants in answers of the admin API: they are made to be read, so they stay ISO 8601 text. */
import * as v from 'valibot'

export const isoTextSchema = v.pipe(v.string(), v.maxLength(40), v.isoTimestamp())
