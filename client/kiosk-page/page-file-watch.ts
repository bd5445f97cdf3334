/**
 * Lets the service worker look at the files of the kiosk page, and says what it found lost, each file once. What is missing
 * for good, since the server has another build, comes with that build's worker, which is looked for then.
 */
import { pageFileWords } from './page-file-names.ts'
import { pageFileFaultWords } from './worker/page-file-fault.ts'
import type { PageFilesCheck } from './worker/page-files.ts'

export interface PageFileWatchDeps {
  /** Null when no worker answers. */
  readonly check: () => Promise<PageFilesCheck | null>
  /** A sentence for the administrator. */
  readonly report: (detail: string) => void
  readonly lookForNewBuild: () => void
}

/** Returns the look, to be taken at the start and every minute. */
export function createPageFileWatch({
  check,
  report,
  lookForNewBuild,
}: PageFileWatchDeps): () => Promise<void> {
  const told = new Set<string>()
  return async () => {
    const found = await check()
    if (found === null) return
    if (found.missing.length > 0) lookForNewBuild()
    const news = found.lost.filter(path => !told.has(path))
    if (news.length === 0) return
    for (const path of news) told.add(path)
    const missing = news.filter(path => found.missing.includes(path))
    const outcome =
      missing.length === 0 || found.fault === null
        ? 'they were fetched again'
        : `${pageFileWords(missing)} cannot be fetched now, since ${pageFileFaultWords[found.fault].cause}; it is tried again every minute`
    report(
      `something other than Larder removed or changed files of the kiosk page on this disk (${pageFileWords(news)}); ${outcome}`,
    )
  }
}
