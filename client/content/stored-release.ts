/**
 * Reads back what the engine recorded of packages and releases, checked: a record may be rotten or from an older version.
 * Trust in signatures was settled when the manifest was accepted; here its digest proves that it is still that one.
 */
import * as v from 'valibot'
import { MAX_MANIFEST_BYTES } from '../../protocol/limits.ts'
import { type Manifest, parseManifest, releaseDigestOf } from '../../protocol/manifest.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { digestSchema, packageNameSchema, releaseNumberSchema } from '../../protocol/primitives.ts'
import { signedManifestSchema } from '../../protocol/signed-manifest.ts'
import type { RecordStore } from '../ports.ts'
import { type ReleaseRef, recordKeys } from '../records.ts'

const releaseRefSchema = v.object({ release: releaseNumberSchema, version: v.string(), digest: digestSchema })

/** Only what is needed here, so that the rest of the record may change between versions. */
const activePointerSchema = v.object({ package: packageNameSchema, active: v.nullable(releaseRefSchema) })

/** The release that the package's pointer names, or null when it names none. Rejects when the store cannot be read. */
export async function readActiveRelease(
  records: Pick<RecordStore, 'get'>,
  packageName: string,
): Promise<ReleaseRef | null> {
  const parsed = v.safeParse(activePointerSchema, await records.get(recordKeys.package(packageName)))
  return parsed.success && parsed.output.package === packageName ? parsed.output.active : null
}

/** The manifest of a release, or null when the record is missing or is not that release's any more. */
export async function readManifest(
  records: Pick<RecordStore, 'get'>,
  releaseDigest: string,
): Promise<Manifest | null> {
  const text = await records.get(recordKeys.manifest(releaseDigest))
  if (typeof text !== 'string') return null
  const envelope = parseJsonWith(signedManifestSchema, text, MAX_MANIFEST_BYTES)
  if (!envelope.ok) return null
  const manifest = parseManifest(envelope.value.manifest)
  if (!manifest.ok || (await releaseDigestOf(manifest.value)) !== releaseDigest) return null
  return manifest.value
}
