/**
 * Signed manifests as they are in the records, verified as a device would: a disk can lose bits of the database too, and a
 * device would refuse what it gets.
 */
import type { TrustedKey } from '../../protocol/keys.ts'
import type { Manifest } from '../../protocol/manifest.ts'
import { verifySignedManifest } from '../../protocol/signed-manifest.ts'
import { findSignedManifest } from './releases.ts'
import type { Db } from './tables.ts'

export type StoredManifest =
  | { readonly ok: true; readonly text: string; readonly manifest: Manifest }
  | { readonly ok: false; readonly message: string }

/** Null when there is no such release. */
export async function readStoredManifest(db: Db, digest: string): Promise<StoredManifest | null> {
  const found = await findSignedManifest(db, digest)
  if (found === null) return null
  const { package: packageName, release, signedManifestText } = found
  const expected = { package: packageName, release, digest, highestRelease: 0 }
  const verified = await verifySignedManifest(signedManifestText, expected, await keysEver(db))
  if (!verified.ok) return { ok: false, message: verified.message }
  return { ok: true, text: signedManifestText, manifest: verified.manifest }
}

/** Also keys that sign nothing any more: old releases are signed by them. */
async function keysEver(db: Db): Promise<TrustedKey[]> {
  const rows = await db.selectFrom('signing_keys').select(['key_id', 'public_key']).execute()
  return rows.map(row => ({ keyId: row.key_id, publicKey: row.public_key }))
}
