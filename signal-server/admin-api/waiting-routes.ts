/** `/api/devices/dismiss`: many devices that wait to be accepted, taken off the list at once. */
import { dismissPostSchema, dismissViewSchema } from '../../protocol/admin/devices.ts'
import { deletePendingDevices } from '../records/devices.ts'
import type { AdminDeps } from './deps.ts'
import { type AdminRoute, route } from './route.ts'

export function waitingRoutes({ records, clock }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'POST',
        path: '/api/devices/dismiss',
        summary:
          'Forget devices that wait to be accepted: all, those that wait longer than a time, or those with the codes',
        body: dismissPostSchema,
        answer: dismissViewSchema,
      },
      async ({ body, actor }) => {
        const now = clock()
        const { codes, olderThanS } = body
        const dismissed = await records.change(actor, now, async trx => {
          const result = await deletePendingDevices(trx, {
            ...(codes && { codes: codes.map(code => code.trim().toUpperCase()) }),
            ...(olderThanS !== undefined && { enrolledBefore: now - olderThanS * 1000 }),
          })
          if (result.length === 0) return { result }
          const after = { ...body, dismissed: result.length }
          return { result, audit: { action: 'device.dismiss', target: 'devices', after } }
        })
        for (const deviceId of dismissed) records.changes.publish({ type: 'device', deviceId })
        return { dismissed: dismissed.length }
      },
    ),
  ]
}
