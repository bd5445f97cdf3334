/** Forgets devices that wait to be accepted and were not seen for long, now and from time to time. */
import { PENDING_ABSENCE_MS } from '../policy/device-budget.ts'
import type { BackgroundJobs } from './background-jobs.ts'
import { deletePendingDevices } from './records/devices.ts'
import type { Records } from './records/records.ts'

/** Often enough that a list is never much older than it says. */
const EXPIRY_INTERVAL_MS = 10 * 60 * 1000

export interface WaitingExpiryDeps {
  readonly records: Pick<Records, 'db' | 'changes'>
  readonly clock: () => number
}

/** Resolves with how many devices were forgotten. */
export async function expireWaitingDevices({
  records: { db, changes },
  clock,
}: WaitingExpiryDeps): Promise<number> {
  const forgotten = await deletePendingDevices(db, { seenBefore: clock() - PENDING_ABSENCE_MS })
  for (const deviceId of forgotten) changes.publish({ type: 'device', deviceId })
  return forgotten.length
}

export function startWaitingExpiry({
  jobs,
  ...deps
}: WaitingExpiryDeps & { readonly jobs: BackgroundJobs }): void {
  const expiring = jobs.add({
    name: 'forgetting devices that wait no longer',
    run: async () => {
      await expireWaitingDevices(deps)
      return EXPIRY_INTERVAL_MS
    },
  })
  expiring.wake()
}
