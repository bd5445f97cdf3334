/** `/api/packages` and `/api/chunks`: what there is to run, and how it gets here. */
import { Hono } from 'hono'
import {
  missingChunksPostSchema,
  type PackageView,
  type Published,
  type ReleaseView,
} from '../../protocol/admin-api.ts'
import { MAX_ENCODED_CHUNK_BYTES, MAX_MANIFEST_BYTES, MIB } from '../../protocol/limits.ts'
import { releaseContentSchema } from '../../protocol/manifest.ts'
import { digestSchema, packageNameSchema, toInstant } from '../../protocol/primitives.ts'
import { countFleetState } from '../records/device-reports.ts'
import { listPackages, listReleases, type ReleaseRecord } from '../records/releases.ts'
import type { AdminDeps, AdminEnv } from './deps.ts'
import { Refusal } from './refusal.ts'
import { atMost, readJson, readParam } from './request.ts'

/** Of the largest question for missing chunks, with room to spare. */
const MAX_QUESTION_BYTES = 6 * MIB

export function packageRoutes({ records, publisher }: AdminDeps): Hono<AdminEnv> {
  const { db, reports } = records
  return new Hono<AdminEnv>()
    .get('/', async c => {
      const packages = (await listPackages(db)).map(summary => ({
        ...summary,
        latest: releaseView(summary.latest),
      }))
      return c.json({ packages })
    })
    .get('/:package', async c => {
      const name = readParam(c, 'package', packageNameSchema)
      const releases = await listReleases(db, name)
      if (releases.length === 0) throw unknownPackage(name)
      await reports.flush()
      const counts = await countFleetState(db, name)
      const devicesWhere = (matches: (count: (typeof counts)[number]) => boolean) =>
        counts.filter(matches).reduce((sum, count) => sum + count.devices, 0)
      const phases: Record<string, number> = {}
      for (const { phase, devices } of counts) phases[phase] = (phases[phase] ?? 0) + devices
      return c.json({
        package: name,
        releases: releases.map(release => ({
          ...releaseView(release),
          devicesRunning: devicesWhere(count => count.activeRelease === release.release),
          devicesWanting: devicesWhere(count => count.wantedRelease === release.release),
        })),
        phases,
      } satisfies PackageView)
    })
    .post('/:package/chunks/missing', atMost(MAX_QUESTION_BYTES), async c => {
      readParam(c, 'package', packageNameSchema)
      const { digests } = await readJson(c, missingChunksPostSchema)
      return c.json({ missing: await publisher.missingChunks(digests) })
    })
    .post('/:package/releases', atMost(MAX_MANIFEST_BYTES), async c => {
      const name = readParam(c, 'package', packageNameSchema)
      const content = await readJson(c, releaseContentSchema)
      const published = await publisher.publish(name, content, c.get('actor'))
      if (!published.ok) throw new Refusal(published.problem, published.detail)
      return c.json(
        {
          ...releaseView(published.release),
          newChunkCount: published.newChunks.length,
          newEncodedBytes: published.newChunks.reduce((sum, chunk) => sum + chunk.encodedBytes, 0),
          sameContentAs: published.sameContentAs,
        } satisfies Published,
        201,
      )
    })
}

export function chunkRoutes({ publisher }: AdminDeps): Hono<AdminEnv> {
  return new Hono<AdminEnv>().put('/:digest', atMost(MAX_ENCODED_CHUNK_BYTES), async c => {
    const digest = readParam(c, 'digest', digestSchema)
    const stored = await publisher.putChunk(digest, new Uint8Array(await c.req.arrayBuffer()))
    if (!stored.ok) throw new Refusal('content-invalid', `This is not chunk ${digest}: ${stored.message}.`)
    const { added, rawBytes, encodedBytes } = stored
    return c.json({ added, rawBytes, encodedBytes }, added ? 201 : 200)
  })
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
