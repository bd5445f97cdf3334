/** What a device found out about itself at `/kiosk/diagnostics`, as it tells the administrator. */
import * as v from 'valibot'
import { MAX_FINDINGS } from './limits.ts'
import { eventTextSchema } from './primitives.ts'

const findingSchema = v.strictObject({
  /** Names the check, whatever its words: `secure-context`, `quota`, … */
  id: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,40}$/)),
  title: v.pipe(v.string(), v.maxLength(120)),
  /** `bad`: has to be mended; `note`: worth knowing. */
  state: v.picklist(['good', 'note', 'bad']),
  /** What was found, as a sentence. */
  found: eventTextSchema,
  /** The policy or setting that mends it; null where there is nothing to mend. */
  mend: v.nullable(v.pipe(v.string(), v.maxLength(1000))),
})

export const diagnosticsReportSchema = v.strictObject({
  /** By the device's own clock, ISO 8601. */
  checkedAt: v.pipe(v.string(), v.maxLength(40), v.isoTimestamp()),
  userAgent: v.pipe(v.string(), v.maxLength(400)),
  findings: v.pipe(v.array(findingSchema), v.maxLength(MAX_FINDINGS)),
})
export type DiagnosticsReport = v.InferOutput<typeof diagnosticsReportSchema>
