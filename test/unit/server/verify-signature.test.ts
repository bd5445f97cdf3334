import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sign, toBase64Url, verifySignature } from '../../../protocol/keys.ts'
import { verifySignatureHere } from '../../../signal-server/keys/verify-signature.ts'

const MESSAGE = new TextEncoder().encode('a hello')

async function signed() {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  return { publicKey, signature: await sign(pair.privateKey, MESSAGE) }
}

test('the server and the devices agree about every signature, good and bad', async () => {
  const { publicKey, signature } = await signed()
  const other = await signed()
  const cases: readonly (readonly [key: string, signature: string, message: Uint8Array, valid: boolean])[] = [
    [publicKey, signature, MESSAGE, true],
    [publicKey, signature, new TextEncoder().encode('another'), false],
    [publicKey, other.signature, MESSAGE, false],
    [other.publicKey, signature, MESSAGE, false],
    [publicKey, signature.slice(4), MESSAGE, false],
    [publicKey, '', MESSAGE, false],
    [publicKey.slice(4), signature, MESSAGE, false],
    ['', signature, MESSAGE, false],
    ['not base64url!', signature, MESSAGE, false],
    // No point of the curve, and points of small order, which would sign anything.
    [toBase64Url(new Uint8Array(32).fill(2)), signature, MESSAGE, false],
    [toBase64Url(new Uint8Array(32)), toBase64Url(new Uint8Array(64)), MESSAGE, false],
  ]
  for (const [key, text, message, valid] of cases) {
    assert.equal(await verifySignatureHere(key, text, message), valid, `${key} ${text}`)
    assert.equal(await verifySignature(key, text, message), valid, `${key} ${text}`)
  }
})
