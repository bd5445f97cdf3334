/** `/api/packages` and `/api/chunks`: what there is to run, and how it gets here. */
import {
  chunkStoredSchema,
  missingChunksPostSchema,
  missingChunksViewSchema,
  packageListSchema,
  packageViewSchema,
  publishedSchema,
  type ReleaseView,
} from '../../protocol/admin-api.ts'
import { MAX_ENCODED_CHUNK_BYTES, MAX_MANIFEST_BYTES, MIB } from '../../protocol/limits.ts'
import { releaseContentSchema } from '../../protocol/manifest.ts'
import { digestSchema, packageNameSchema, toInstant } from '../../protocol/primitives.ts'
import { countFleetState } from '../records/device-reports.ts'
import { listPackages, listReleases, type ReleaseRecord } from '../records/releases.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { type AdminRoute, route } from './route.ts'

/** Of the largest question for missing chunks, with room to spare. */
const MAX_QUESTION_BYTES = 6 * MIB

export function packageRoutes({ records, publisher }: AdminDeps): readonly AdminRoute[] {
  const { db, reports } = records
  return [
    route(
      {
        method: 'GET',
        path: '/api/packages',
        summary: 'All packages, each with its latest release',
        answer: packageListSchema,
      },
      async () => {
        const packages = (await listPackages(db)).map(summary => ({
          ...summary,
          latest: releaseView(summary.latest),
        }))
        return { packages }
      },
    ),
    route(
      {
        method: 'GET',
        path: '/api/packages/:package',
        summary: 'The releases of a package, and how the fleet stands with them',
        params: { package: packageNameSchema },
        answer: packageViewSchema,
        refusals: ['not-found'],
      },
      async ({ params: { package: name } }) => {
        const releases = await listReleases(db, name)
        if (releases.length === 0) throw unknownPackage(name)
        await reports.flush()
        const counts = await countFleetState(db, name)
        const devicesWhere = (matches: (count: (typeof counts)[number]) => boolean) =>
          counts.filter(matches).reduce((sum, count) => sum + count.devices, 0)
        const phases: Record<string, number> = {}
        for (const { phase, devices } of counts) phases[phase] = (phases[phase] ?? 0) + devices
        return {
          package: name,
          releases: releases.map(release => ({
            ...releaseView(release),
            devicesRunning: devicesWhere(count => count.activeRelease === release.release),
            devicesWanting: devicesWhere(count => count.wantedRelease === release.release),
          })),
          phases,
        }
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/chunks/missing',
        summary: 'Which of the given chunks the server does not have',
        params: { package: packageNameSchema },
        body: missingChunksPostSchema,
        maxBodyBytes: MAX_QUESTION_BYTES,
        answer: missingChunksViewSchema,
      },
      async ({ body }) => ({ missing: await publisher.missingChunks(body.digests) }),
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/releases',
        summary: 'Publish a release whose chunks the server has',
        params: { package: packageNameSchema },
        body: releaseContentSchema,
        maxBodyBytes: MAX_MANIFEST_BYTES,
        answer: publishedSchema,
        statuses: [201],
        refusals: ['chunks-missing', 'content-invalid', 'conflict'],
      },
      async ({ params: { package: name }, body: content, actor }) => {
        const published = await publisher.publish(name, content, actor)
        if (!published.ok) throw new Refusal(published.problem, published.detail)
        return {
          ...releaseView(published.release),
          newChunkCount: published.newChunks.length,
          newEncodedBytes: published.newChunks.reduce((sum, chunk) => sum + chunk.encodedBytes, 0),
          sameContentAs: published.sameContentAs,
        }
      },
    ),
  ]
}

export function chunkRoutes({ publisher }: AdminDeps): readonly AdminRoute[] {
  return [
    route(
      {
        method: 'PUT',
        path: '/api/chunks/:digest',
        summary: 'Bring one encoded chunk; 200 when the server had it already',
        params: { digest: digestSchema },
        body: null,
        bodyMediaType: 'application/octet-stream',
        maxBodyBytes: MAX_ENCODED_CHUNK_BYTES,
        answer: chunkStoredSchema,
        statuses: [201, 200],
        refusals: ['content-invalid'],
      },
      async ({ c, params: { digest } }) => {
        const stored = await publisher.putChunk(digest, new Uint8Array(await c.req.arrayBuffer()))
        if (!stored.ok)
          throw new Refusal('content-invalid', `This is not chunk ${digest}: ${stored.message}.`)
        const { added, rawBytes, encodedBytes } = stored
        return c.json({ added, rawBytes, encodedBytes }, added ? 201 : 200)
      },
    ),
  ]
}

function releaseView(release: ReleaseRecord): ReleaseView {
  const { contentDigest: _, publishedAt, ...shown } = release
  return { ...shown, publishedAt: toInstant(publishedAt) }
}

function unknownPackage(name: string): Refusal {
  return new Refusal(
    'not-found',
    `There is no package "${name}". List the packages with: larder package list; publish one with: larder publish PATH --package ${name} --version LABEL`,
  )
}
