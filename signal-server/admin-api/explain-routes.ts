/** `/api/explain` and `/api/stats`: why a device may or may not fetch, and what the origin has sent. */
import * as v from 'valibot'
import { describeDecision } from '../../policy/window-words.ts'
import { decideSources, REASONS, type SourceAccess } from '../../policy/windows.ts'
import { type Explanation, explanationSchema, type Stats, statsSchema } from '../../protocol/admin-api.ts'
import {
  deviceIdSchema,
  instantSchema,
  packageNameSchema,
  toInstant,
  toInstantOrNull,
} from '../../protocol/primitives.ts'
import { obstacleTo } from '../../protocol/update-obstacle.ts'
import { assignmentsForSite } from '../records/assignments.ts'
import { findDevice } from '../records/devices.ts'
import { findSignedManifest } from '../records/releases.ts'
import type { AdminDeps } from './deps.ts'
import { unknownDevice } from './device-routes.ts'
import { windowsView } from './distribution-views.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

export function explainRoutes({
  records,
  watch,
  presence,
  traffic,
  clock,
}: AdminDeps): readonly AdminRoute[] {
  const { db } = records
  return [
    route(
      {
        method: 'GET',
        path: '/api/explain',
        summary:
          'Which sources are open to a device for a package, now or at a given time, which rule says so, and what else keeps a release from it',
        query: { device: deviceIdSchema, package: packageNameSchema, at: v.optional(instantSchema) },
        answer: explanationSchema,
        refusals: ['not-found', 'device-pending', 'device-revoked', 'not-assigned'],
      },
      async ({ query: { device: deviceId, package: packageName, at = clock() } }) => {
        await watch.board.settled()
        const device = await findDevice(db, deviceId)
        if (device === null) throw unknownDevice(deviceId)
        const { site, timeZone } = device
        if (site === null)
          throw new Refusal('device-pending', 'This device waits to be accepted, so it belongs to no site.')
        if (device.state === 'revoked')
          throw new Refusal(
            'device-revoked',
            `${device.name || deviceId} is revoked, so it fetches nothing. Accept it again first.`,
          )
        const assignment = (await assignmentsForSite(db, site)).find(entry => entry.package === packageName)
        if (assignment === undefined)
          throw new Refusal(
            'not-assigned',
            `No profile of site "${site}" gives a published release of package "${packageName}". See: larder profile list`,
          )
        const role = presence.roleOf(device)
        const decision = decideSources({ ...assignment.windows, role }, at)
        const report = watch.board
          .row(deviceId)
          ?.device.lastStatus?.packages.find(entry => entry.package === packageName)
        return {
          deviceId,
          name: device.name,
          site,
          timeZone,
          role,
          package: packageName,
          profile: assignment.profile,
          release: assignment.release,
          version: assignment.version,
          at: toInstant(at),
          windows: windowsView(assignment.windows),
          update: {
            activation: assignment.activation,
            confirmation: assignment.confirmation,
            priority: assignment.priority,
          },
          stores: accessView(decision.stores),
          server: accessView(decision.server),
          order: [...decision.order],
          nextChangeAt: toInstantOrNull(decision.nextChangeAt),
          sentence: describeDecision(decision, at, { timeZone }),
          obstacle: report === undefined ? null : obstacleTo(assignment.release, report),
        }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/stats',
        summary: 'Chunk bytes that the server itself has sent since it started, by release',
        answer: statsSchema,
      },
      async () => {
        const releases: Stats['releases'] = []
        for (const [digest, chunkBytesSent] of traffic.chunkBytesSent()) {
          const release = await findSignedManifest(db, digest)
          releases.push({
            digest,
            package: release?.package ?? null,
            release: release?.release ?? null,
            chunkBytesSent,
          })
        }
        const chunkBytesSent = releases.reduce((sum, release) => sum + release.chunkBytesSent, 0)
        return { chunkBytesSent, releases }
      },
    ),
  ]
}

function accessView({ state, reason, retryAt }: SourceAccess): Explanation['stores'] {
  const { rule, explanation } = REASONS[reason]
  return { state, reason, rule, explanation, retryAt: toInstantOrNull(retryAt) }
}
