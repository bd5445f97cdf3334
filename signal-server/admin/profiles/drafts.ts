/** Options that were changed and not saved, kept while somebody looks at another place of the page. */
import type { DistributionView } from '../../../protocol/admin-api.ts'
import type { Options } from '../designer/options.ts'

export interface Draft {
  /** What was read when the changes began. */
  readonly base: DistributionView
  readonly draft: Options
}

export const draftKey = (profile: string, packageName: string): string => `${profile}/${packageName}`
export const drafts = new Map<string, Draft>()
