/** `/api/devices`: who is in the fleet. */
import {
  type DeviceDetail,
  deviceDetailSchema,
  deviceEventPageSchema,
  devicePageSchema,
  deviceQueryEntries,
} from '../../protocol/admin/devices.ts'
import { pageQueryEntries } from '../../protocol/admin/page.ts'
import { type DevicePatch, devicePatchSchema } from '../../protocol/admin-api.ts'
import { deviceIdSchema, toInstant } from '../../protocol/primitives.ts'
import { deviceRow, queryRows } from '../fleet-watch/device-rows.ts'
import { assignmentsForSite } from '../records/assignments.ts'
import { findDiagnostics, listDeviceEvents } from '../records/device-reports.ts'
import { type DeviceChanges, type DeviceDetails, findDevice, updateDevice } from '../records/devices.ts'
import { findSite } from '../records/sites.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { refusalWarnings } from './release-refusals.ts'
import { type AdminRoute, route } from './route.ts'
import { unknownSite } from './site-routes.ts'

/** Events that a device's page shows. */
const EVENTS_SHOWN = 20

export function deviceRoutes({ records, watch, clock }: AdminDeps): readonly AdminRoute[] {
  const { db, reports } = records

  async function view(deviceId: string): Promise<DeviceDetail> {
    const events = await eventPage(deviceId, EVENTS_SHOWN)
    const last = await findDiagnostics(db, deviceId)
    await watch.board.settled()
    const row = watch.board.row(deviceId)
    if (row === undefined) throw unknownDevice(deviceId)
    const { lastStatus, state, site } = row.device
    const assigned = state === 'accepted' && site !== null ? await assignmentsForSite(db, site) : []
    const peers = row.isOnline ? (lastStatus?.peers ?? []) : []
    return {
      ...deviceRow(row),
      clockOffsetMs: lastStatus?.clockOffsetMs ?? 0,
      assigned: assigned.map(({ package: name, release, version }) => ({ package: name, release, version })),
      peers: peers.map(peer => ({ ...peer, name: watch.board.row(peer.deviceId)?.device.name ?? '' })),
      storage: lastStatus?.storage ?? null,
      diagnostics: last && { ...last.report, receivedAt: toInstant(last.receivedAt) },
      events: events.events,
      warnings: await refusalWarnings(db, row.device),
    }
  }

  /** Events before number `before`, newest first. */
  async function eventPage(deviceId: string, limit: number, before?: number) {
    await reports.flush()
    const events = await listDeviceEvents(db, deviceId, limit + 1, before)
    const page = events.slice(0, limit)
    return {
      events: page.map(({ number: _, ...event }) => ({ ...event, at: toInstant(event.at) })),
      nextCursor: events.length > limit ? String(page.at(-1)?.number) : null,
    }
  }

  return [
    route(
      {
        method: 'GET',
        path: '/api/devices',
        summary: 'Devices: searched, filtered, sorted, in pages; without a limit all that match',
        query: deviceQueryEntries,
        answer: devicePageSchema,
      },
      async ({ query }) => {
        await watch.board.settled()
        const page = queryRows(watch.board.rows(), query)
        if (page === null) throw new Refusal('bad-request', 'cursor: is not one that this list gave.')
        return page
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/devices/:device',
        summary: 'A device, what it last reported, and its last events',
        params: { device: deviceIdSchema },
        answer: deviceDetailSchema,
        refusals: ['not-found'],
      },
      ({ params }) => view(params.device),
    ),
    route(
      {
        method: 'GET',
        path: '/api/devices/:device/events',
        summary: 'What happened on a device, newest first',
        params: { device: deviceIdSchema },
        query: pageQueryEntries,
        answer: deviceEventPageSchema,
        refusals: ['not-found'],
      },
      async ({ params: { device }, query: { cursor, limit } }) => {
        if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
          throw new Refusal('bad-request', 'cursor: is not one that this list gave.')
        if ((await findDevice(db, device)) === null) throw unknownDevice(device)
        return await eventPage(device, limit, cursor === undefined ? undefined : Number(cursor))
      },
    ),
    route(
      {
        method: 'PATCH',
        path: '/api/devices/:device',
        summary: 'Name a device, label it, move it, change its role, accept or revoke it',
        params: { device: deviceIdSchema },
        body: devicePatchSchema,
        answer: deviceDetailSchema,
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
          const { name, assignedRole: role, site, state, labels } = before
          return {
            result: null,
            audit: {
              action: 'device.patch',
              target: `device:${deviceId}`,
              before: { name, role, site, state, labels },
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

/** Columns that a patch changes. Accepting needs a site, given now or before. */
function changesOf(device: DeviceDetails, patch: DevicePatch): DeviceChanges {
  const { name, role, site, labels, state } = patch
  if (state === 'accepted' && site === undefined && device.site === null)
    throw new Refusal('content-invalid', 'A device that is accepted needs a site: send "site" as well.')
  if (state !== 'accepted' && device.state === 'pending' && site !== undefined)
    throw new Refusal(
      'content-invalid',
      'This device waits to be accepted: send "state": "accepted" with the site, or use: larder device accept CODE --site SITE',
    )
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(site !== undefined && { site }),
    ...(labels !== undefined && { labels }),
    ...(state !== undefined && { state, code: null }),
  }
}

export function unknownDevice(deviceId: string): Refusal {
  return new Refusal('not-found', `There is no device ${deviceId}. List the devices with: larder device list`)
}
