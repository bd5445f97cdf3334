/** What a device is to run and has not reported yet, and what that waits for: so it is after it was accepted again. Pure. */
import type { DeviceDetail } from '../../../protocol/admin/devices.ts'

/** One or two sentences; null when every assigned package was reported, or none is assigned. */
export function missingText({
  assigned,
  packages,
  connection,
}: Pick<DeviceDetail, 'assigned' | 'packages' | 'connection'>): string | null {
  const missing = assigned.filter(one => !packages.some(reported => reported.package === one.package))
  if (missing.length === 0) return null
  const names = missing.map(one => `${one.package} ${one.version}`).join(', ')
  return connection === 'online'
    ? `It is to run ${names}, and has not reported on that yet. It is connected, and reports within a few seconds.`
    : `It is to run ${names}, and has not reported on that yet. It is offline: it reports as soon as it is connected, which takes up to a minute after it was accepted.`
}
