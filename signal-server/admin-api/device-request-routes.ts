/** What an administrator asks of one device: to try a release again, and to say how it is. */
import {
  diagnoseViewSchema,
  retryPostSchema,
  retryViewSchema,
  separateViewSchema,
} from '../../protocol/admin/devices.ts'
import { deviceIdSchema, toInstant } from '../../protocol/primitives.ts'
import { obstacleTo, remedyCommand } from '../../protocol/update-obstacle.ts'
import { countRetry, type DeviceDetails, findDevice } from '../records/devices.ts'
import type { AdminDeps } from './deps.ts'
import { unknownDevice } from './device-routes.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export function deviceRequestRoutes({ records, presence, clock }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'POST',
        path: '/api/devices/:device/retry',
        summary:
          'Let a device try a release again that failed there; one that is offline does so when it is back',
        params: { device: deviceIdSchema },
        body: retryPostSchema,
        answer: retryViewSchema,
        refusals: ['not-found', 'nothing-to-retry', 'conflict'],
      },
      async ({ params: { device: deviceId }, body: { package: packageName }, actor }) => {
        await records.reports.flush()
        return await records.change(actor, clock(), async trx => {
          const device = await findDevice(trx, deviceId)
          if (device === null) throw unknownDevice(deviceId)
          const release = failedRelease(device, packageName)
          if (!(await countRetry(trx, device, packageName)))
            throw new Refusal('conflict', 'Somebody else asked for a try at the same moment. Look again.')
          const retries = (await findDevice(trx, deviceId))?.retries[packageName] ?? 0
          return {
            result: {
              package: packageName,
              release,
              retries,
              connection: presence.isOnline(deviceId) ? ('online' as const) : ('offline' as const),
            },
            audit: {
              action: 'device.retry',
              target: `device:${deviceId}`,
              after: { package: packageName, release, retries },
            },
            fleetChange: { type: 'device', deviceId },
          }
        })
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/devices/:device/separate',
        summary:
          'Of two browsers that have the key of a device, make the one that is online now a new device, which waits to be accepted',
        params: { device: deviceIdSchema },
        answer: separateViewSchema,
        refusals: ['not-found', 'not-duplicated', 'device-offline'],
      },
      async ({ params: { device: deviceId }, actor }) => {
        const device = await findDevice(records.db, deviceId)
        if (device === null) throw unknownDevice(deviceId)
        const who = device.name || deviceId
        if (presence.duplicateOf(deviceId) === null)
          throw new Refusal(
            'not-duplicated',
            `As far as can be told, one browser has the key of ${who}. Two are noticed after some minutes in which they replaced each other.`,
          )
        const asked = await presence.separate(deviceId)
        if (asked === null)
          throw new Refusal('device-offline', `${who} is not online at this moment. Ask again in a minute.`)
        const { address } = asked
        await records.change(actor, clock(), async () => ({
          result: null,
          audit: { action: 'device.separate', target: `device:${deviceId}`, after: { address } },
        }))
        return { address }
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/devices/:device/diagnose',
        summary:
          'Ask a device that is online for its diagnostics; they follow as its `diagnostics` when it has run them',
        params: { device: deviceIdSchema },
        answer: diagnoseViewSchema,
        statuses: [202],
        refusals: ['not-found', 'device-offline', 'device-pending'],
      },
      async ({ params: { device: deviceId } }) => {
        const device = await findDevice(records.db, deviceId)
        if (device === null) throw unknownDevice(deviceId)
        if (device.state === 'pending')
          throw new Refusal(
            'device-pending',
            `${device.name || deviceId} waits to be accepted, and nothing that such a device reports is kept. Accept it first.`,
          )
        const askedAt = toInstant(clock())
        if (!presence.diagnose(deviceId))
          throw new Refusal(
            'device-offline',
            `${device.name || deviceId} is not online, so it cannot be asked. What it last reported stays.`,
          )
        return { askedAt }
      },
    ),
  ]
}

/** The release that failed there by the device's last report; refuses where there is none. */
function failedRelease(device: DeviceDetails, packageName: string): number {
  const who = device.name || device.deviceId
  if (device.state !== 'accepted')
    throw new Refusal('nothing-to-retry', `${who} is ${device.state}, so it tries nothing. Accept it first.`)
  const status = device.lastStatus?.packages.find(entry => entry.package === packageName)
  if (status === undefined)
    throw new Refusal(
      'nothing-to-retry',
      `${who} has not reported any release of package "${packageName}". See what it has with: larder device show ${device.deviceId}`,
    )
  const { wantedRelease } = status
  const obstacle = obstacleTo(wantedRelease, status)
  if (obstacle?.remedy === 'retry') return wantedRelease
  if (obstacle === null)
    throw new Refusal(
      'nothing-to-retry',
      `No release of package "${packageName}" has failed on ${who}. It says: ${status.detail}`,
    )
  const command = remedyCommand(obstacle, { ...status, deviceId: device.deviceId, release: wantedRelease })
  throw new Refusal(
    'nothing-to-retry',
    `Another try would change nothing. ${obstacle.sentence}${command === null ? '' : ` Use: ${command}`}`,
  )
}
