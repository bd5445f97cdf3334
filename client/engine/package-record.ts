/** Reads a package's record back, checked: it may be rotten or from an older version. */
import * as v from 'valibot'
import { confirmationSchema, defaultUpdateOptions } from '../../protocol/assignment.ts'
import {
  countSchema,
  digestSchema,
  packageNameSchema,
  releaseNumberSchema,
} from '../../protocol/primitives.ts'
import type { RecordStore } from '../ports.ts'
import { type PackageRecord, recordKeys, releaseFailureReasons, type TrafficRecord } from '../records.ts'

const releaseRefSchema = v.object({ release: releaseNumberSchema, version: v.string(), digest: digestSchema })

const failureSchema = v.object({ reason: v.picklist(releaseFailureReasons), message: v.string() })

const shared = {
  package: packageNameSchema,
  active: v.nullable(releaseRefSchema),
  previous: v.nullable(releaseRefSchema),
  highestRelease: countSchema,
}

// A page of a later version may have written it, before its server was put back. What runs here has to be found all the same,
// so a way to confirm or a reason that is not known here does not cost the record.
const packageRecordSchema = v.object({
  ...shared,
  trial: v.nullable(
    v.object({
      confirmation: v.fallback(confirmationSchema, defaultUpdateOptions.confirmation),
      tries: countSchema,
      reloads: v.optional(countSchema, 0),
    }),
  ),
  failed: v.array(
    v.object({
      digest: digestSchema,
      failure: v.fallback(v.nullable(failureSchema), null),
      retries: countSchema,
      times: v.optional(countSchema, 1),
    }),
  ),
})

/** As it was before releases were confirmed in more than one way and before failures kept their reason. */
const firstRecordSchema = v.pipe(
  v.object({ ...shared, confirmed: v.boolean(), tries: countSchema, failed: v.array(digestSchema) }),
  v.transform(
    ({ confirmed, tries, failed, ...rest }): PackageRecord => ({
      ...rest,
      trial: confirmed ? null : { confirmation: defaultUpdateOptions.confirmation, tries, reloads: 0 },
      failed: failed.map(digest => ({ digest, failure: null, retries: 0, times: 1 })),
    }),
  ),
)

const trafficRecordSchema = v.object({
  digest: digestSchema,
  release: v.optional(v.nullable(releaseNumberSchema), null),
  fromStores: countSchema,
  fromServer: countSchema,
  reused: v.nullable(countSchema),
})

const hungSchema = v.object({ releases: v.array(digestSchema) })

/** Null when there is none, or none that can be used. Never rejects. */
export async function readPackageRecord(records: RecordStore, name: string): Promise<PackageRecord | null> {
  return packageRecordOf(await records.get(recordKeys.package(name)).catch(() => undefined), name)
}

/** What a stored value says of this package; null when it is no record of it that can be used. */
export function packageRecordOf(stored: unknown, name: string): PackageRecord | null {
  const parsed = v.safeParse(v.union([packageRecordSchema, firstRecordSchema]), stored)
  return parsed.success && parsed.output.package === name ? parsed.output : null
}

/** Of a release that is wanted from now on. */
export function emptyTrafficRecord({
  digest,
  release,
}: Pick<TrafficRecord, 'digest' | 'release'>): TrafficRecord {
  return { digest, release, fromStores: 0, fromServer: 0, reused: null }
}

export async function readTrafficRecord(records: RecordStore, name: string): Promise<TrafficRecord | null> {
  const stored = await records.get(recordKeys.traffic(name)).catch(() => undefined)
  const parsed = v.safeParse(trafficRecordSchema, stored)
  return parsed.success ? parsed.output : null
}

/** Digests of the releases that the page showed when it stopped to answer in its last life; none when it did not. */
export async function readHungReleases(records: RecordStore): Promise<readonly string[]> {
  const stored = await records.get(recordKeys.hung).catch(() => undefined)
  const parsed = v.safeParse(hungSchema, stored)
  return parsed.success ? parsed.output.releases : []
}
