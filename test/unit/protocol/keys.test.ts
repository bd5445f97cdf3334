import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  deviceIdOf,
  fromBase64Url,
  keyIdOf,
  sha256Hex,
  toBase64Url,
  verifySignature,
} from '../../../protocol/keys.ts'
import { parseWith } from '../../../protocol/parse.ts'
import { deviceIdSchema, publicKeySchema } from '../../../protocol/primitives.ts'

/** RFC 8032, section 7.1, test 2. */
const PUBLIC_KEY = toBase64Url(
  Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex'),
)
const SIGNATURE = toBase64Url(
  Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  ),
)
const MESSAGE = Uint8Array.of(0x72)

const sha256OfKey = createHash('sha256').update(fromBase64Url(PUBLIC_KEY)).digest('hex')
const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('keys', () => {
  it('base64url is that of node:buffer, without padding, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        const text = toBase64Url(bytes)
        assert.equal(text, Buffer.from(bytes).toString('base64url'))
        assert.deepEqual(fromBase64Url(text), new Uint8Array(bytes))
      }),
    )
  })

  it('PR-M3 a key id is the first 8 bytes of the SHA-256 of the raw key', async () => {
    assert.equal(await keyIdOf(PUBLIC_KEY), sha256OfKey.slice(0, 16))
  })

  it('a device id is d- and the first 16 bytes of the SHA-256 of the raw key', async () => {
    assert.equal(await deviceIdOf(PUBLIC_KEY), `d-${sha256OfKey.slice(0, 32)}`)
  })

  it('whatever a schema lets through as a key has an id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), async text => {
        assert.ok(parseWith(publicKeySchema, text).ok)
        assert.ok(parseWith(deviceIdSchema, await deviceIdOf(text)).ok)
      }),
    )
  })

  it('SHA-256 is that of node:crypto', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async bytes => {
        assert.equal(await sha256Hex(bytes), createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  it('PR-M3 verifies the vector of RFC 8032, and nothing beside it', async () => {
    assert.equal(await verifySignature(PUBLIC_KEY, SIGNATURE, MESSAGE), true)
    assert.equal(await verifySignature(PUBLIC_KEY, SIGNATURE, Uint8Array.of(0x73)), false)
    assert.equal(await verifySignature(PUBLIC_KEY, 'A'.repeat(86), MESSAGE), false)
  })

  it('PR-M3 keys and signatures of any bytes: false, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(key32, fc.uint8Array({ minLength: 64, maxLength: 64 }), async (key, signature) => {
        assert.equal(await verifySignature(toBase64Url(key), toBase64Url(signature), MESSAGE), false)
      }),
    )
    assert.equal(await verifySignature('', '', MESSAGE), false)
  })
})
