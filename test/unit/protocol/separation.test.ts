/** Only a server with a pinned key can ask a device to begin anew, and only that device. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBase64Url } from '../../../protocol/keys.ts'
import { isSeparation, signSeparation } from '../../../protocol/separation.ts'

async function makeKey(keyId: string) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  return { keyId, publicKey, privateKey: pair.privateKey }
}

test('a proof counts for the device that it names, by a key that the device trusts, and for nothing else', async () => {
  const [key, other] = [await makeKey('k-1'), await makeKey('k-1')]
  const detail = await signSeparation('d-a', key)
  assert.equal(await isSeparation(detail, 'd-a', [key]), true)
  assert.equal(await isSeparation(detail, 'd-b', [key]), false)
  assert.equal(await isSeparation(detail, 'd-a', [other]), false)
  assert.equal(await isSeparation(detail, 'd-a', []), false)
  assert.equal(await isSeparation('An administrator asked this browser.', 'd-a', [key]), false)
  assert.equal(await isSeparation(`${detail}A`, 'd-a', [key]), false)
})
