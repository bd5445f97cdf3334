/** Deleting a device: what it means for the device, for its site, and for what is kept of it. */
import { deviceIdSchema } from '../../protocol/primitives.ts'
import { listDeviceEvents } from '../records/device-reports.ts'
import { type DeviceDetails, deleteDevice, findDevice } from '../records/devices.ts'
import { EVENTS_KEPT } from '../records/pending-reports.ts'
import type { Db } from '../records/tables.ts'
import { type DeletionPlan, deletionRoutes } from './deletion.ts'
import type { AdminDeps } from './deps.ts'
import { unknownDevice } from './device-routes.ts'
import type { AdminRoute } from './route.ts'

export function deviceDeletionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const { presence, watch } = deps

  async function plan(db: Db, { device: deviceId }: { readonly device: string }): Promise<DeletionPlan> {
    const device = await findDevice(db, deviceId)
    if (device === null) throw unknownDevice(deviceId)
    const { name, assignedRole: role, site, state, labels } = device
    const events = await listDeviceEvents(db, deviceId, EVENTS_KEPT)
    return {
      subject: name === '' ? `device ${deviceId}` : `device ${name} (${deviceId})`,
      effects: [
        onScreen(device, presence.isOnline(deviceId)),
        ...onSite(device),
        `Its name, labels, last report, diagnostics and ${events.length === 1 ? '1 event' : `${events.length} events`} are removed.${site === null ? '' : ` The bytes that it loaded stay in the totals of site ${site}.`}`,
      ],
      before: { name, role, site, state, labels },
    }
  }

  /** Where it is the only device that is a store or may become one. */
  function onSite({ deviceId, site, state, assignedRole }: DeviceDetails): string[] {
    if (site === null || state !== 'accepted' || assignedRole === 'kiosk') return []
    const others = watch.board
      .rowsOf(site)
      .filter(({ device }) => device.deviceId !== deviceId && device.state === 'accepted')
    if (others.length === 0 || others.some(({ device }) => device.assignedRole !== 'kiosk')) return []
    return [
      `It is the only store of site ${site}: until there is another one, kiosks there load from the server only, as far as the windows allow.`,
    ]
  }

  return deletionRoutes(deps, {
    path: '/api/devices/:device',
    noun: 'a device',
    params: { device: deviceIdSchema },
    plan,
    async remove(trx, { device: deviceId }) {
      await deleteDevice(trx, deviceId)
      return { type: 'device', deviceId }
    },
    audit: ({ device }) => ({ action: 'device.delete', target: `device:${device}` }),
  })
}

const AS_NEW =
  'asks for a code like a new device. It is let in again when that code is accepted or an enrolment link is opened on it'

function onScreen({ state }: DeviceDetails, isOnline: boolean): string {
  if (state === 'revoked')
    return `It is revoked now. Once deleted it is not known here any more: should it come back, it ${AS_NEW}. To shut it out for good, leave it revoked.`
  if (isOnline)
    return `It is online: it is cut off at once, is told that it is not known here, and ${AS_NEW}.`
  return `It is offline: should it come back, it is told that it is not known here, and ${AS_NEW}.`
}
