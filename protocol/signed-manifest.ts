/**
 * The signed envelope in which a manifest travels, and its verification on a device (rules PR-M2 to PR-M4).
 * Knows keys only as arguments; where they are pinned is the device's business.
 */
import * as v from 'valibot'
import { keyIdSchema, sign, type TrustedKey, verifySignature } from './keys.ts'
import { MAX_MANIFEST_BYTES } from './limits.ts'
import { type Manifest, manifestBytes, parseManifest, releaseDigestOf } from './manifest.ts'
import { parseJsonWith } from './parse.ts'
import { signatureSchema } from './primitives.ts'

export const signedManifestSchema = v.strictObject({
  manifest: v.unknown(),
  signature: v.strictObject({ keyId: keyIdSchema, value: signatureSchema }),
})
export interface SignedManifest {
  readonly manifest: Manifest
  readonly signature: { readonly keyId: string; readonly value: string }
}

/** Prefix of the signed bytes, so that no other signature by the same key can pass for a manifest's. */
const DOMAIN = new TextEncoder().encode('larder-manifest-v1\n')

function signedBytes(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const bytes = manifestBytes(manifest)
  const message = new Uint8Array(DOMAIN.byteLength + bytes.byteLength)
  message.set(DOMAIN)
  message.set(bytes, DOMAIN.byteLength)
  return message
}

export async function signManifest(
  manifest: Manifest,
  keyId: string,
  privateKey: CryptoKey,
): Promise<SignedManifest> {
  return { manifest, signature: { keyId, value: await sign(privateKey, signedBytes(manifest)) } }
}

/** Why a manifest was refused; the device keeps what it runs. */
export type ManifestRefusal =
  | 'malformed'
  | 'wrong-digest'
  | 'untrusted-key'
  | 'bad-signature'
  | 'wrong-package'
  | 'wrong-release'
  | 'older-release'

export type VerifiedManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly reason: ManifestRefusal; readonly message: string }

export interface ManifestExpectation {
  readonly package: string
  readonly release: number
  readonly digest: string
  /** The highest release this device has run of the package; numbers only rise (PR-M4). */
  readonly highestRelease: number
}

/** Accepts the envelope's text only if it is well formed, is the release asked for, and was signed by a trusted key. */
export async function verifySignedManifest(
  text: string,
  expected: ManifestExpectation,
  trustedKeys: readonly TrustedKey[],
): Promise<VerifiedManifest> {
  const envelope = parseJsonWith(signedManifestSchema, text, MAX_MANIFEST_BYTES)
  if (!envelope.ok) return refuse('malformed', envelope.message)
  const parsed = parseManifest(envelope.value.manifest)
  if (!parsed.ok) return refuse('malformed', parsed.message)
  const manifest = parsed.value
  const { keyId, value } = envelope.value.signature
  const key = trustedKeys.find(candidate => candidate.keyId === keyId)
  if (key === undefined)
    return refuse('untrusted-key', `signed by key ${keyId}, which this device does not trust`)
  if (!(await verifySignature(key.publicKey, value, signedBytes(manifest)))) {
    return refuse('bad-signature', 'the signature does not fit the manifest')
  }
  if (manifest.package !== expected.package) {
    return refuse('wrong-package', `is for package ${manifest.package}, not ${expected.package}`)
  }
  if (manifest.release !== expected.release) {
    return refuse('wrong-release', `is release ${manifest.release}, not ${expected.release}`)
  }
  if (manifest.release < expected.highestRelease) {
    return refuse('older-release', olderReleaseSentence(manifest.release, expected.highestRelease))
  }
  if ((await releaseDigestOf(manifest)) !== expected.digest) {
    return refuse('wrong-digest', 'the manifest is not the one that was announced')
  }
  return { ok: true, manifest }
}

const olderReleaseSentence = (release: number, highest: number) =>
  `release ${release} is older than ${highest}, which ran here`

/** The release that ran on a device, out of the sentence with which it refuses an older one; null for any other text. */
export function highestReleaseIn(text: string): number | null {
  const [, highest] = /\brelease \d+ is older than (\d{1,15}), which ran here/.exec(text) ?? []
  return highest === undefined ? null : Number(highest)
}

function refuse(reason: ManifestRefusal, message: string): VerifiedManifest {
  return { ok: false, reason, message }
}
