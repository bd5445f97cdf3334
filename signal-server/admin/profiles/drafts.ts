/** Options that were changed and not saved, kept while somebody looks at another place of the page. */
import type { DistributionView } from '../../../protocol/admin-api.ts'
import type { Distribution } from '../designer/bounds.ts'

export interface Draft {
  /** What was read when the changes began. */
  readonly base: DistributionView
  readonly draft: Distribution
}

export const draftKey = (profile: string, packageName: string): string => `${profile}/${packageName}`
export const drafts = new Map<string, Draft>()
