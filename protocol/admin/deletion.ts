/**
 * Deleting devices, sites, profiles, packages and releases: each has `GET …/deletion`, which says what deleting does and changes
 * nothing, and `DELETE …`, which answers the same when it is done.
 */
import * as v from 'valibot'

/** The query of every `DELETE` of this kind: what `cautions` warn of is done only with `force=true`. */
export const deletionQueryEntries = {
  force: v.optional(v.picklist(['true', 'false'], 'must be true or false'), 'false'),
}

export const deletionSchema = v.object({
  /** What is deleted: `site berlin`. */
  subject: v.string(),
  /** What it does, a sentence each. */
  effects: v.array(v.string()),
  /** What has to be changed first, a sentence each. Empty: it can be deleted. */
  blockers: v.array(v.string()),
  /** What it would break, a sentence each. Empty: it can be deleted without `force`. */
  cautions: v.array(v.string()),
})
export type Deletion = v.InferOutput<typeof deletionSchema>
