/** Removes releases that their packages no longer keep: at the start, when the fleet changes, and from time to time. */
import type { BackgroundJobs } from '../background-jobs.ts'
import { deleteReleases } from '../records/delete-releases.ts'
import type { Records } from '../records/records.ts'
import { expiredReleases, findRetention, packagesWithRetention } from '../records/retention.ts'

/** Terms are counted in days, and devices that no longer run a release are noticed by no change. */
const RETENTION_INTERVAL_MS = 3600_000

export interface RetentionDeps {
  readonly records: Records
  readonly clock: () => number
}

/** Resolves with how many releases were removed. */
export async function removeExpiredReleases({ records, clock }: RetentionDeps): Promise<number> {
  await records.reports.flush()
  let removed = 0
  for (const name of await packagesWithRetention(records.db)) {
    // A change that changes nothing would wake this job without end.
    const expired = await expiredReleases(records.db, name, await findRetention(records.db, name), clock())
    if (expired.length > 0) removed += await removeFrom(records, name, clock())
  }
  return removed
}

/** Looks again inside the transaction: an administrator may have pinned one meanwhile. */
async function removeFrom(records: Records, packageName: string, now: number): Promise<number> {
  return await records.change('server', now, async trx => {
    const expired = await expiredReleases(trx, packageName, await findRetention(trx, packageName), now)
    if (expired.length === 0) return { result: 0 }
    const digests = expired.map(({ digest }) => digest)
    await deleteReleases(trx, digests)
    return {
      result: expired.length,
      audit: {
        action: 'release.expire',
        target: `package:${packageName}`,
        before: { releases: expired.map(({ release, version, digest }) => ({ release, version, digest })) },
      },
      fleetChange: { type: 'fleet', removedReleases: digests },
    }
  })
}

interface RetentionLog {
  info(fields: object, message: string): void
}

export function startReleaseRetention({
  jobs,
  log,
  ...deps
}: RetentionDeps & { readonly jobs: BackgroundJobs; readonly log: RetentionLog }): void {
  const removing = jobs.add({
    name: 'removing old releases',
    run: async () => {
      const removed = await removeExpiredReleases(deps)
      if (removed > 0) log.info({ removed }, 'removed releases that their packages no longer keep')
      return RETENTION_INTERVAL_MS
    },
  })
  deps.records.changes.subscribe(change => {
    if (change.type === 'fleet') removing.wake()
  })
  removing.wake()
}
