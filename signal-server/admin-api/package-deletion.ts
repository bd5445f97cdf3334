/** Deleting a package with all of its releases: who is given it, who has it, and what goes with it. */
import { packageNameSchema } from '../../protocol/primitives.ts'
import { chunksOnlyIn, deleteReleases } from '../records/delete-releases.ts'
import { profilesNaming } from '../records/profiles.ts'
import { lastReleaseNumber } from '../records/release-numbers.ts'
import { devicesWithPackage } from '../records/release-use.ts'
import { listReleases } from '../records/releases.ts'
import { setRetention } from '../records/retention.ts'
import type { Db } from '../records/tables.ts'
import { type DeletionPlan, deletionRoutes } from './deletion.ts'
import type { AdminDeps } from './deps.ts'
import { unknownPackage } from './package-routes.ts'
import { chunksWords } from './release-deletion.ts'
import type { AdminRoute } from './route.ts'

export function packageDeletionRoutes(deps: AdminDeps): readonly AdminRoute[] {
  async function plan(db: Db, { package: name }: { readonly package: string }): Promise<DeletionPlan> {
    const releases = await listReleases(db, name)
    if (releases.length === 0) throw unknownPackage(name)
    const digests = releases.map(({ digest }) => digest)
    const devices = await devicesWithPackage(db, name)
    const next = (await lastReleaseNumber(db, name)) + 1
    return {
      subject: `package ${name}`,
      effects: [
        releases.length === 1
          ? 'Its release is removed with its manifest.'
          : `Its ${releases.length} releases are removed with their manifests and patches.`,
        chunksWords(await chunksOnlyIn(db, digests)),
        `Should a package of this name be published again, its releases are numbered from ${next} on, since devices take none with a lower number.`,
      ],
      blockers: (await profilesNaming(db, name)).map(
        profile => `Profile ${profile} names it: take it out of that profile first.`,
      ),
      cautions:
        devices === 0
          ? []
          : [
              `By their last reports ${devices === 1 ? '1 device still has' : `${devices} devices still have`} it. Devices that are offline go on with it until they are back.`,
            ],
      before: { releases: releases.map(({ release, version, digest }) => ({ release, version, digest })) },
    }
  }

  return deletionRoutes(deps, {
    path: '/api/packages/:package',
    noun: 'a package',
    params: { package: packageNameSchema },
    plan,
    async remove(trx, { package: name }) {
      const digests = (await listReleases(trx, name)).map(({ digest }) => digest)
      await deleteReleases(trx, digests)
      // Its name stays with the number of its last release.
      await setRetention(trx, name, { keepReleases: null, keepForS: null })
      return { type: 'fleet', removedReleases: digests }
    },
    audit: params => ({ action: 'package.delete', target: `package:${params.package}` }),
  })
}
