/** What needs an administrator: part of the overview, and what `larder status` lists. */
import * as v from 'valibot'
import { countSchema } from '../primitives.ts'
import { isoTextSchema } from './iso-text.ts'

/** Within the administration page: `#/devices?phase=offline`. Null: it is dealt with elsewhere, such as on the server. */
const placeSchema = v.nullable(v.string())

const attentionPartSchema = v.object({
  /** Such as `berlin: all 4 devices`. */
  text: v.string(),
  since: v.nullable(isoTextSchema),
  place: placeSchema,
})
export type AttentionPart = v.InferOutput<typeof attentionPartSchema>

export const attentionSchema = v.object({
  kind: v.picklist([
    'offline',
    'server-storage',
    'no-store',
    'failed',
    'shared-identity',
    'unknown-releases',
    'records-damaged',
    'manifests-damaged',
    'chunks-damaged',
    'job-failing',
    'pending',
  ]),
  /** `note`: nothing is wrong, but a person waits. */
  severity: v.picklist(['bad', 'note']),
  /** What, without a full stop: `12 devices are offline`. */
  title: v.string(),
  /** What it means and what to do, in whole sentences. */
  detail: v.string(),
  /** Since when, of the first of them; null where that is not known. */
  since: v.nullable(isoTextSchema),
  place: placeSchema,
  /** Where or why, the worst first; so many others are left out. */
  parts: v.array(attentionPartSchema),
  more: countSchema,
})
export type Attention = v.InferOutput<typeof attentionSchema>
