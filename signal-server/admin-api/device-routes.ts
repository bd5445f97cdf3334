/** `/api/devices` and `/api/enrolment-tokens`: who is in the fleet, and how they come in. */
import { hash } from 'node:crypto'
import {
  type DevicePatch,
  type DeviceSummary,
  type DeviceView,
  deviceListSchema,
  devicePatchSchema,
  deviceViewSchema,
  enrolmentTokenPostSchema,
  enrolmentTokenViewSchema,
} from '../../protocol/admin-api.ts'
import { deviceIdSchema, toInstant, toInstantOrNull } from '../../protocol/primitives.ts'
import type { FleetPresence } from '../fleet-presence.ts'
import { randomEnrolmentToken } from '../random.ts'
import { listDeviceEvents } from '../records/device-reports.ts'
import {
  type DeviceChanges,
  type DeviceDetails,
  findDevice,
  listDevices,
  updateDevice,
} from '../records/devices.ts'
import { insertEnrolmentToken } from '../records/enrolment.ts'
import { findSite } from '../records/sites.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'
import { unknownSite } from './site-routes.ts'

/** Events that a device's page shows. */
const EVENTS_SHOWN = 20

export function deviceRoutes({ records, presence, clock }: AdminDeps): readonly AdminRoute[] {
  const { db, reports } = records

  async function view(deviceId: string): Promise<DeviceView> {
    await reports.flush()
    const device = await findDevice(db, deviceId)
    if (device === null) throw unknownDevice(deviceId)
    return {
      ...summaryOf(device, presence),
      clockOffsetMs: device.lastStatus?.clockOffsetMs ?? 0,
      peers: device.lastStatus?.peers ?? [],
      reportedAt: toInstantOrNull(device.lastStatusAt),
      events: (await listDeviceEvents(db, deviceId, EVENTS_SHOWN)).map(event => ({
        ...event,
        at: toInstant(event.at),
      })),
    }
  }

  return [
    route(
      { method: 'GET', path: '/api/devices', summary: 'All devices', answer: deviceListSchema },
      async () => {
        await reports.flush()
        return { devices: (await listDevices(db)).map(device => summaryOf(device, presence)) }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/devices/:device',
        summary: 'A device, what it last reported, and its last events',
        params: { device: deviceIdSchema },
        answer: deviceViewSchema,
        refusals: ['not-found'],
      },
      ({ params }) => view(params.device),
    ),
    route(
      {
        method: 'PATCH',
        path: '/api/devices/:device',
        summary: 'Name a device, move it, change its role, accept or revoke it',
        params: { device: deviceIdSchema },
        body: devicePatchSchema,
        answer: deviceViewSchema,
        refusals: ['not-found', 'content-invalid'],
      },
      async ({ params: { device: deviceId }, body: patch, actor }) => {
        await records.change(actor, clock(), async trx => {
          const before = await findDevice(trx, deviceId)
          if (before === null) throw unknownDevice(deviceId)
          if (patch.site !== undefined && (await findSite(trx, patch.site)) === null)
            throw unknownSite(patch.site, 'content-invalid')
          const changes = changesOf(before, patch)
          await updateDevice(trx, deviceId, changes)
          const { name, assignedRole: role, site, state } = before
          return {
            result: null,
            audit: {
              action: 'device.patch',
              target: `device:${deviceId}`,
              before: { name, role, site, state },
              after: changes,
            },
            fleetChange: { type: 'device', deviceId },
          }
        })
        return await view(deviceId)
      },
    ),
  ]
}

export function enrolmentRoutes({
  records,
  enrolmentUrl,
  randomBytes,
  clock,
}: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'POST',
        path: '/api/enrolment-tokens',
        summary: 'Make an enrolment link for a site and a role; it is shown once',
        body: enrolmentTokenPostSchema,
        answer: enrolmentTokenViewSchema,
        statuses: [201],
        refusals: ['content-invalid'],
      },
      async ({ body: { site, role, uses, expiresInS }, actor }) => {
        const token = randomEnrolmentToken(randomBytes)
        const now = clock()
        const expiresAt = now + expiresInS * 1000
        await records.change(actor, now, async trx => {
          if ((await findSite(trx, site)) === null) throw unknownSite(site, 'content-invalid')
          const tokenHash = hash('sha256', token, 'hex')
          await insertEnrolmentToken(trx, { tokenHash, site, role, uses, expiresAt }, now)
          const after = { role, uses, expiresAt: toInstant(expiresAt) }
          return { result: null, audit: { action: 'enrolment-token.create', target: `site:${site}`, after } }
        })
        return { token, url: enrolmentUrl(token), expiresAt: toInstant(expiresAt) }
      },
    ),
  ]
}

/** Columns that a patch changes. Accepting needs a site, given now or before. */
function changesOf(device: DeviceDetails, patch: DevicePatch): DeviceChanges {
  const { name, role, site, state } = patch
  if (state === 'accepted' && site === undefined && device.site === null)
    throw new Refusal('content-invalid', 'A device that is accepted needs a site: send "site" as well.')
  if (state !== 'accepted' && device.state === 'pending' && site !== undefined)
    throw new Refusal(
      'content-invalid',
      'This device waits to be accepted: send "state": "accepted" with the site.',
    )
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(site !== undefined && { site }),
    ...(state !== undefined && { state, code: null }),
  }
}

function summaryOf(device: DeviceDetails, presence: FleetPresence): DeviceSummary {
  const { deviceId, name, state, code, assignedRole, site, timeZone } = device
  return {
    deviceId,
    name,
    state,
    code,
    assignedRole,
    role: presence.roleOf(device),
    site,
    timeZone,
    connection: presence.isOnline(deviceId) ? 'online' : 'offline',
    enrolledAt: toInstant(device.enrolledAt),
    lastSeenAt: toInstant(device.lastSeenAt),
    packages: device.lastStatus?.packages ?? [],
  }
}

export function unknownDevice(deviceId: string): Refusal {
  return new Refusal('not-found', `There is no device ${deviceId}. List the devices with: larder device list`)
}
