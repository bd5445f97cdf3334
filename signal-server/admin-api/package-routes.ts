/** `/api/packages` and `/api/chunks`: what there is to run, and how it gets here. */
import * as v from 'valibot'
import {
  comparePostSchema,
  comparisonSchema,
  releasePostSchema,
  republishPostSchema,
  stagedArchiveSchema,
} from '../../protocol/admin/archives.ts'
import { audienceQueryEntries, audienceSchema } from '../../protocol/admin/audience.ts'
import { newPackageNameSchema, typedVersionSchema } from '../../protocol/admin/typed-text.ts'
import {
  chunkStoredSchema,
  missingChunksPostSchema,
  missingChunksViewSchema,
  type Published,
  packageListSchema,
  packageViewSchema,
  publishedSchema,
  type ReleaseView,
  renumberPostSchema,
  renumberViewSchema,
} from '../../protocol/admin-api.ts'
import { MAX_ENCODED_CHUNK_BYTES, MAX_MANIFEST_BYTES, MIB } from '../../protocol/limits.ts'
import { parseWith } from '../../protocol/parse.ts'
import { digestSchema, packageNameSchema, releaseNumberSchema, toInstant } from '../../protocol/primitives.ts'
import { countPhases, type KnownOfDevice } from '../fleet-watch/device-phase.ts'
import { type BoardRow, packagesOf } from '../fleet-watch/fleet-board.ts'
import { ArchiveRefusal } from '../publishing/archive-refusal.ts'
import { compareContent } from '../publishing/compare-content.ts'
import type { PublishResult } from '../publishing/publisher.ts'
import { countFleetState } from '../records/device-reports.ts'
import { updateCosts } from '../records/patch-sets.ts'
import { raiseLastRelease } from '../records/release-numbers.ts'
import {
  countChunksByRelease,
  latestRelease,
  listPackages,
  listReleases,
  type ReleaseRecord,
} from '../records/releases.ts'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { releaseAudience } from './release-audience-view.ts'
import { withBytes } from './request.ts'
import { type AdminRoute, route } from './route.ts'

/** Of the largest question for missing chunks, with room to spare. */
const MAX_QUESTION_BYTES = 6 * MIB
/** A release number in an address. */
export const releaseNumberTextSchema = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,14}$/, 'must be a release number'),
  v.transform(Number),
  releaseNumberSchema,
)

export function packageRoutes({
  records,
  vault,
  publisher,
  archives,
  watch,
  clock,
}: AdminDeps): readonly AdminRoute[] {
  const { db, reports } = records

  async function receive(body: ReadableStream<Uint8Array> | null, packageName: string) {
    try {
      return await archives.receive(packageName, body)
    } catch (error) {
      if (!(error instanceof ArchiveRefusal)) throw error
      throw new Refusal(error.reason === 'too-large' ? 'too-large' : 'content-invalid', error.message)
    }
  }

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
        const costs = await updateCosts(db, name)
        const damaged = await countChunksByRelease(db, [...vault.damaged])
        await watch.board.settled()
        return {
          package: name,
          releases: releases.map(release => ({
            ...releaseView(release),
            devicesRunning: devicesWhere(count => count.activeRelease === release.release),
            damagedChunks: damaged.get(release.digest) ?? 0,
            devicesWanting: devicesWhere(count => count.wantedRelease === release.release),
            updates: costs
              .filter(cost => cost.to === release.digest)
              .map(({ fromRelease, bytes, chunkBytes }) => ({ fromRelease, bytes, chunkBytes })),
          })),
          phases: countPhases(known(watch.board.rows()), name),
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
        summary: 'Publish a release whose chunks the server has, or an archive that was sent before',
        params: { package: newPackageNameSchema },
        body: releasePostSchema,
        maxBodyBytes: MAX_MANIFEST_BYTES,
        answer: publishedSchema,
        statuses: [201],
        refusals: ['chunks-missing', 'content-invalid', 'conflict', 'not-found'],
      },
      async ({ params: { package: name }, body, actor }) => {
        const version = parseWith(typedVersionSchema, body.version)
        if (!version.ok) throw new Refusal('bad-request', `version: ${version.message}`)
        if (!('stagingId' in body)) return publishedView(await publisher.publish(name, body, actor))
        const published = await archives.publish(name, body, actor)
        if (published === null)
          throw new Refusal('not-found', 'This archive is not here any more. Send it again, then publish it.')
        return publishedView(published)
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/releases/:release/republish',
        summary: 'Go back: publish the files of an old release as a new one',
        params: { package: packageNameSchema, release: releaseNumberTextSchema },
        body: republishPostSchema,
        answer: publishedSchema,
        statuses: [201],
        refusals: ['not-found', 'chunks-missing', 'content-invalid'],
      },
      async ({ params: { package: name, release }, body: { version }, actor }) => {
        const published = await publisher.republish(name, release, version, actor)
        if (published === null) throw unknownRelease(name, release)
        return publishedView(published)
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/renumber',
        summary: 'Number the next releases above one that devices have run and this server does not know',
        params: { package: packageNameSchema },
        body: renumberPostSchema,
        answer: renumberViewSchema,
        refusals: ['not-found'],
      },
      ({ params: { package: name }, body: { above }, actor }) =>
        records.change(actor, clock(), async trx => {
          const latest = await latestRelease(trx, name)
          if (latest === null) throw unknownPackage(name)
          const nextRelease = (await raiseLastRelease(trx, name, above)) + 1
          return {
            result: { package: name, nextRelease },
            audit: { action: 'package.renumber', target: `package:${name}`, after: { nextRelease } },
          }
        }),
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/compare',
        summary: 'What a release would change against the last one: files, chunks, bytes that would travel',
        params: { package: packageNameSchema },
        body: comparePostSchema,
        maxBodyBytes: MAX_MANIFEST_BYTES,
        answer: comparisonSchema,
      },
      ({ params, body }) => compareContent({ db, vault }, params.package, body),
    ),
    route(
      {
        method: 'GET',
        path: '/api/packages/:package/audience',
        summary: 'Which devices and sites would get a release that is published now, and when',
        params: { package: packageNameSchema },
        query: audienceQueryEntries,
        answer: audienceSchema,
      },
      async ({ params, query }) => {
        await watch.board.settled()
        return await releaseAudience({ db, board: watch.board }, params.package, query.bytes, clock())
      },
    ),
    route(
      {
        method: 'POST',
        path: '/api/packages/:package/archives',
        summary: 'Send a zip archive to be published; it is checked, compared, and kept for an hour',
        params: { package: newPackageNameSchema },
        body: null,
        bodyMediaType: 'application/zip',
        maxBodyBytes: null,
        answer: stagedArchiveSchema,
        statuses: [201],
        refusals: ['content-invalid', 'too-large'],
      },
      async ({ c, params }) => {
        const received = await receive(c.req.raw.body, params.package)
        const { stagingId, expiresAt, content, packedBytes, strippedFolder, leftOut } = received
        return {
          stagingId,
          expiresAt: toInstant(expiresAt),
          entries: likelyEntries(content.files.map(file => file.path)),
          strippedFolder,
          leftOut: leftOut.slice(0, MAX_NAMED),
          leftOutCount: leftOut.length,
          warnings: content.warnings.map(warning => ({ ...warning, paths: [...warning.paths] })),
          comparison: await compareContent({ db, vault, packedBytes }, params.package, {
            files: [...content.files],
            chunks: [...content.chunks],
          }),
        }
      },
    ),
  ]
}

/** Entry pages and left-out files that are named. */
const MAX_NAMED = 20

/** Pages that a kiosk could open: those near the top first, and of those in one folder the index. */
function likelyEntries(paths: readonly string[]): string[] {
  const rank = (path: string) => 2 * path.split('/').length - Number(/(^|\/)index\.html?$/.test(path))
  return paths
    .filter(path => /\.html?$/i.test(path))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .slice(0, MAX_NAMED)
}

function publishedView(published: PublishResult): Published {
  if (!published.ok) throw new Refusal(published.problem, published.detail)
  return {
    ...releaseView(published.release),
    newChunkCount: published.newChunks.length,
    newEncodedBytes: published.newChunks.reduce((sum, chunk) => sum + chunk.encodedBytes, 0),
    sameContentAs: published.sameContentAs,
  }
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
        maxBodyBytes: null,
        answer: chunkStoredSchema,
        statuses: [201, 200],
        refusals: ['content-invalid', 'too-large'],
      },
      async ({ c, params: { digest } }) => {
        const stored = await withBytes(c, MAX_ENCODED_CHUNK_BYTES, bytes => publisher.putChunk(digest, bytes))
        if (!stored.ok)
          throw new Refusal('content-invalid', `This is not chunk ${digest}: ${stored.message}.`)
        const { added, rawBytes, encodedBytes } = stored
        return c.json({ added, rawBytes, encodedBytes }, added ? 201 : 200)
      },
    ),
  ]
}

function* known(rows: Iterable<BoardRow>): Iterable<KnownOfDevice> {
  for (const row of rows) {
    const { device, isOnline } = row
    yield { state: device.state, isOnline, packages: packagesOf(row) }
  }
}

function releaseView(release: ReleaseRecord): ReleaseView {
  const { contentDigest: _, publishedAt, ...shown } = release
  return { ...shown, publishedAt: toInstant(publishedAt) }
}

export function unknownRelease(name: string, release: number): Refusal {
  return new Refusal(
    'not-found',
    `There is no release ${release} of package "${name}". See which there are with: larder package show ${name}`,
  )
}

export function unknownPackage(name: string): Refusal {
  return new Refusal(
    'not-found',
    `There is no package "${name}". List the packages with: larder package list; publish one with: larder publish PATH --package ${name} --version LABEL`,
  )
}
