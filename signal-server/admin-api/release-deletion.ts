/** Deleting a release: who needs it, and what goes with it. */
import { formatBytes } from '../../presentation/sizes-and-spans.ts'
import { packageNameSchema } from '../../protocol/primitives.ts'
import { type ChunkSum, chunksOnlyIn, deleteReleases } from '../records/delete-releases.ts'
import { type ReleaseUse, usesOfReleases } from '../records/release-use.ts'
import { findRelease, listReleases } from '../records/releases.ts'
import type { Db } from '../records/tables.ts'
import { type DeletionPlan, deletionRoutes } from './deletion.ts'
import type { AdminDeps } from './deps.ts'
import { releaseNumberTextSchema, unknownRelease } from './package-routes.ts'
import type { AdminRoute } from './route.ts'

interface Named {
  readonly package: string
  readonly release: number
}

export function releaseDeletionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  async function find(db: Db, { package: name, release }: Named) {
    const found = await findRelease(db, name, release)
    if (found === null) throw unknownRelease(name, release)
    return found
  }

  async function plan(db: Db, named: Named): Promise<DeletionPlan> {
    const { digest, version } = await find(db, named)
    const { package: name, release } = named
    const [latest, second] = await listReleases(db, name)
    const use = (await usesOfReleases(db, name))(release)
    return {
      subject: `release ${release} (${version}) of package ${name}`,
      effects: [
        chunksWords(await chunksOnlyIn(db, [digest])),
        'The patches from it and to it are removed. Its number is not used again.',
        ...(latest?.release !== release
          ? []
          : [
              second === undefined
                ? `Package ${name} has no release then.`
                : `Release ${second.release} (${second.version}) is the latest one then.`,
            ]),
      ],
      blockers: blockersOf(use),
      cautions: cautionsOf(use),
      before: { release, version, digest },
    }
  }

  return deletionRoutes(deps, {
    path: '/api/packages/:package/releases/:release',
    noun: 'a release',
    params: { package: packageNameSchema, release: releaseNumberTextSchema },
    plan,
    async remove(trx, named) {
      const { digest } = await find(trx, named)
      await deleteReleases(trx, [digest])
      return { type: 'fleet', removedReleases: [digest] }
    },
    audit: named => ({ action: 'release.delete', target: `package:${named.package}` }),
  })
}

export function chunksWords({ chunks, encodedBytes }: ChunkSum): string {
  if (chunks === 0)
    return 'Other releases have all of its chunks, so no room on the disk of the server is freed.'
  return `${chunks === 1 ? '1 chunk' : `${chunks} chunks`} (${formatBytes(encodedBytes)}) that no other release has ${chunks === 1 ? 'is' : 'are'} removed from the disk of the server after a day.`
}

function blockersOf({ pinnedBy, latestFor }: ReleaseUse): string[] {
  return [
    ...pinnedBy.map(profile => `Profile ${profile} pins this release: choose another release there first.`),
    ...latestFor.map(
      profile =>
        `It is the latest release, and profile ${profile} gives the latest: publish another release, or take the package out of that profile first.`,
    ),
  ]
}

function cautionsOf({ wantedBy, runBy }: ReleaseUse): string[] {
  const devices = (count: number, one: string, more: string) =>
    count === 1 ? `1 device ${one}` : `${count} devices ${more}`
  return [
    ...(runBy === 0
      ? []
      : [
          `By their last reports ${devices(runBy, 'runs', 'run')} it: it stays on their screens, but what is lost there of it cannot be fetched again, and no patch leads from it to the next release.`,
        ]),
    ...(wantedBy === 0
      ? []
      : [
          `By their last reports ${devices(wantedBy, 'wants', 'want')} it: what they do not have of it they cannot fetch any more, and go on with what they run.`,
        ]),
  ]
}
