/** A device accepts a manifest only from a pinned key, and only the one it was told to get. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalJsonBytes } from '../../../protocol/canonical-json.ts'
import { keyIdOf, sign, type TrustedKey, toBase64Url, verifySignature } from '../../../protocol/keys.ts'
import { MAX_MANIFEST_BYTES } from '../../../protocol/limits.ts'
import { type Manifest, releaseDigestOf } from '../../../protocol/manifest.ts'
import {
  type ManifestExpectation,
  type ManifestRefusal,
  signManifest,
  type VerifiedManifest,
  verifySignedManifest,
} from '../../../protocol/signed-manifest.ts'
import { exampleManifest as manifest, otherDigest } from '../../support/protocol-examples.ts'

interface Signer {
  readonly trusted: TrustedKey
  readonly privateKey: CryptoKey
}

/** Keys from fixed seeds, wrapped as PKCS #8 (RFC 8410), so that every run signs alike. */
async function signerFrom(seedByte: number): Promise<Signer> {
  const seed = new Uint8Array(32).fill(seedByte)
  const prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)
  const pkcs8 = new Uint8Array([...prefix, ...seed])
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x: publicKey = '' } = await crypto.subtle.exportKey('jwk', privateKey)
  return { trusted: { keyId: await keyIdOf(publicKey), publicKey }, privateKey }
}

const signer = await signerFrom(1)
const stranger = await signerFrom(2)
const digest = await releaseDigestOf(manifest)
const expected: ManifestExpectation = {
  package: manifest.package,
  release: manifest.release,
  digest,
  highestRelease: 0,
}

async function signedText(signed: Manifest = manifest, by: Signer = signer): Promise<string> {
  return JSON.stringify(await signManifest(signed, by.trusted.keyId, by.privateKey))
}

function verify(
  text: string,
  changes: Partial<ManifestExpectation> = {},
  keys: readonly TrustedKey[] = [signer.trusted],
): Promise<VerifiedManifest> {
  return verifySignedManifest(text, { ...expected, ...changes }, keys)
}

async function assertRefused(result: Promise<VerifiedManifest>, reason: ManifestRefusal): Promise<void> {
  const refused = await result
  assert.ok(!refused.ok, 'was accepted')
  assert.equal(refused.reason, reason)
  assert.ok(refused.message.length > 0 && refused.message.length <= 300)
}

describe('signed manifest', () => {
  it('PR-M3 is accepted with a signature of a trusted key, whatever the order and layout of its JSON', async () => {
    assert.deepEqual(await verify(await signedText()), { ok: true, manifest })
    const { signature, manifest: inner } = JSON.parse(await signedText())
    const reordered = JSON.stringify(
      { signature, manifest: Object.fromEntries(Object.entries(inner).reverse()) },
      null,
      3,
    )
    assert.deepEqual(await verify(reordered), { ok: true, manifest })
  })

  it('PR-M3 any of several trusted keys will do', async () => {
    const keys = [stranger.trusted, signer.trusted]
    assert.equal((await verify(await signedText(), {}, keys)).ok, true)
    assert.equal((await verify(await signedText(manifest, stranger), {}, keys)).ok, true)
  })

  it('PR-M3 the signature is over "larder-manifest-v1", a line feed and the canonical bytes', async () => {
    const { signature } = JSON.parse(await signedText())
    const domain = new TextEncoder().encode('larder-manifest-v1\n')
    const bytes = canonicalJsonBytes(manifest)
    const { publicKey } = signer.trusted
    assert.equal(
      await verifySignature(publicKey, signature.value, new Uint8Array([...domain, ...bytes])),
      true,
    )
    assert.equal(await verifySignature(publicKey, signature.value, bytes), false)
  })

  it('PR-M3 a signature without the domain is no signature of a manifest', async () => {
    const value = await sign(signer.privateKey, canonicalJsonBytes(manifest))
    const text = JSON.stringify({ manifest, signature: { keyId: signer.trusted.keyId, value } })
    await assertRefused(verify(text), 'bad-signature')
  })

  it('PR-M3 unsigned: refused as malformed', async () => {
    await assertRefused(verify(JSON.stringify(manifest)), 'malformed')
    await assertRefused(verify(JSON.stringify({ manifest })), 'malformed')
    await assertRefused(verify(JSON.stringify({ manifest, signature: null })), 'malformed')
    const empty = { keyId: signer.trusted.keyId, value: '' }
    await assertRefused(verify(JSON.stringify({ manifest, signature: empty })), 'malformed')
    const zero = { keyId: signer.trusted.keyId, value: 'A'.repeat(86) }
    await assertRefused(verify(JSON.stringify({ manifest, signature: zero })), 'bad-signature')
  })

  it('PR-M3 signed by a key this device does not trust, also when it trusts none', async () => {
    const text = await signedText(manifest, stranger)
    await assertRefused(verify(text), 'untrusted-key')
    await assertRefused(verify(text, {}, []), 'untrusted-key')
  })

  it('PR-M3 signed by a stranger under the id of a trusted key', async () => {
    const forged = await signManifest(manifest, signer.trusted.keyId, stranger.privateKey)
    await assertRefused(verify(JSON.stringify(forged)), 'bad-signature')
  })

  it('PR-M3 a pinned key that is no point of the curve verifies nothing and throws nothing', async () => {
    const broken = { keyId: signer.trusted.keyId, publicKey: '_'.repeat(43) }
    await assertRefused(verify(await signedText(), {}, [broken]), 'bad-signature')
  })

  it('PR-M3 every field altered after signing', async () => {
    const { signature } = JSON.parse(await signedText())
    const alterations: Partial<Manifest>[] = [
      { package: 'other' },
      { release: 4 },
      { publishedAt: '2026-11-23T02:00:01Z' },
      { version: '9' },
      { entry: 'empty.txt' },
      { files: manifest.files.toReversed() },
      { chunks: manifest.chunks.toReversed() },
    ]
    for (const altered of alterations) {
      const text = JSON.stringify({ manifest: { ...manifest, ...altered }, signature })
      await assertRefused(verify(text), 'bad-signature')
    }
  })

  it('PR-M3 any one character of the envelope altered: never another manifest, never an exception', async () => {
    const text = await signedText()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'a', '"', '{', ' ', '\\', '\u0000', '\ud800'),
        async (at, replacement) => {
          const result = await verify(text.slice(0, at) + replacement + text.slice(at + 1))
          // What the canonical form leaves out may change; the manifest may not.
          if (result.ok) assert.deepEqual(result.manifest, manifest)
        },
      ),
    )
  })

  it('PR-M4 another package, release or digest than was announced', async () => {
    const text = await signedText()
    await assertRefused(verify(text, { package: 'other' }), 'wrong-package')
    await assertRefused(verify(text, { release: 2 }), 'wrong-release')
    await assertRefused(verify(text, { digest: otherDigest }), 'wrong-digest')
  })

  it('PR-M4 an older release than ran here is refused; the same one again is not', async () => {
    await assertRefused(verify(await signedText(), { highestRelease: 4 }), 'older-release')
    assert.equal((await verify(await signedText(), { highestRelease: 3 })).ok, true)
  })

  it('PR-M1 malformed: not JSON, cut off, too long, or content no release may have', async () => {
    const text = await signedText()
    for (const malformed of ['', 'null', '[]', '<html>', text.slice(0, -1), `${text}x`]) {
      await assertRefused(verify(malformed), 'malformed')
    }
    await assertRefused(verify(text.padEnd(MAX_MANIFEST_BYTES + 1, ' ')), 'malformed')
    await assertRefused(verify(await signedText({ ...manifest, entry: 'nowhere.html' })), 'malformed')
    await assertRefused(verify(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'malformed')
    const deep = `{"manifest":${'['.repeat(100_000)}${']'.repeat(100_000)},"signature":${JSON.stringify(JSON.parse(text).signature)}}`
    await assertRefused(verify(deep), 'malformed')
  })

  it('PR-M1 an envelope of exactly 32 MiB is read', async () => {
    assert.equal((await verify((await signedText()).padEnd(MAX_MANIFEST_BYTES, ' '))).ok, true)
  })

  it('PR-M1 an unknown field beside manifest and signature is refused', async () => {
    await assertRefused(verify(JSON.stringify({ ...JSON.parse(await signedText()), extra: 1 })), 'malformed')
  })

  it('PR-M3 signing is deterministic', async () => {
    assert.equal(await signedText(), await signedText())
    assert.match(toBase64Url(new Uint8Array(64)), /^A{86}$/)
  })
})
