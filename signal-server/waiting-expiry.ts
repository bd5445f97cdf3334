/** Forgets devices that wait to be accepted and were not seen for long, now and from time to time. */
import { PENDING_ABSENCE_MS } from '../policy/device-budget.ts'
import { deletePendingDevices } from './records/devices.ts'
import type { Records } from './records/records.ts'

/** Often enough that a list is never much older than it says. */
const EXPIRY_INTERVAL_MS = 10 * 60 * 1000

export interface WaitingExpiryDeps {
  readonly records: Pick<Records, 'db' | 'changes'>
  readonly clock: () => number
  readonly onFailure: (error: unknown) => void
}

/** Resolves with how many devices were forgotten. */
export async function expireWaitingDevices({
  records: { db, changes },
  clock,
}: Omit<WaitingExpiryDeps, 'onFailure'>): Promise<number> {
  const forgotten = await deletePendingDevices(db, { seenBefore: clock() - PENDING_ABSENCE_MS })
  for (const deviceId of forgotten) changes.publish({ type: 'device', deviceId })
  return forgotten.length
}

/** Returns what ends it, when the expiry under way is through. */
export function startWaitingExpiry(deps: WaitingExpiryDeps): () => Promise<void> {
  const expire = () => expireWaitingDevices(deps).then(() => undefined, deps.onFailure)
  let expiring = expire()
  const timer = setInterval(() => {
    expiring = expiring.then(expire)
  }, EXPIRY_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    await expiring
  }
}
