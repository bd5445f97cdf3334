/** What else the page of a package's options asks the server for: who saved them last, and when its release was published. */
import { auditPageSchema } from '../../../protocol/admin/audit.ts'
import { type DistributionView, packageViewSchema } from '../../../protocol/admin-api.ts'
import { api, apiPath, problemIn } from '../api.ts'
import { actorWords } from '../audit/words.ts'
import { serverNow } from '../server-clock.ts'
import { formatRelative } from '../words.ts'

/** A sentence from the audit log, if it can be read; else empty: a conflict is no less one without it. */
export async function whoSaved(profile: string, packageName: string): Promise<string> {
  try {
    const { entries } = await api.get('audit', auditPageSchema, { query: { limit: 20 } })
    const target = `profile:${profile}/package:${packageName}`
    const entry = entries.find(one => one.target === target)
    return entry
      ? `${actorWords(entry.actor)} saved ${formatRelative(Date.parse(entry.at), serverNow())}.`
      : ''
  } catch {
    return ''
  }
}

/** Epoch ms; null where nothing is published yet. */
export async function publicationOf(
  packageName: string,
  release: DistributionView['release'],
): Promise<number | null> {
  try {
    const { releases } = await api.get(apiPath('packages', packageName), packageViewSchema)
    const wanted = releases.find(one => release === 'latest' || one.release === release)
    return wanted ? Date.parse(wanted.publishedAt) : null
  } catch (error) {
    if (problemIn(error).problem === 'not-found') return null
    throw error
  }
}
