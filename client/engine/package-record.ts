/** Reads a package's record back, checked: it may be rotten or from an older version. */
import * as v from 'valibot'
import {
  countSchema,
  digestSchema,
  packageNameSchema,
  releaseNumberSchema,
} from '../../protocol/primitives.ts'
import type { RecordStore } from '../ports.ts'
import { type PackageRecord, recordKeys, type TrafficRecord } from '../records.ts'

const releaseRefSchema = v.object({ release: releaseNumberSchema, version: v.string(), digest: digestSchema })

const packageRecordSchema = v.object({
  package: packageNameSchema,
  active: v.nullable(releaseRefSchema),
  confirmed: v.boolean(),
  tries: countSchema,
  previous: v.nullable(releaseRefSchema),
  failed: v.array(digestSchema),
  highestRelease: countSchema,
})

const trafficRecordSchema = v.object({
  digest: digestSchema,
  fromStores: countSchema,
  fromServer: countSchema,
  reused: countSchema,
})

/** Null when there is none, or none that can be used. Never rejects. */
export async function readPackageRecord(records: RecordStore, name: string): Promise<PackageRecord | null> {
  const stored = await records.get(recordKeys.package(name)).catch(() => undefined)
  const parsed = v.safeParse(packageRecordSchema, stored)
  return parsed.success && parsed.output.package === name ? parsed.output : null
}

export async function readTrafficRecord(records: RecordStore, name: string): Promise<TrafficRecord | null> {
  const stored = await records.get(recordKeys.traffic(name)).catch(() => undefined)
  const parsed = v.safeParse(trafficRecordSchema, stored)
  return parsed.success ? parsed.output : null
}
