/** The Ed25519 key with which the server signs releases; made on first start. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { fromBase64Url, keyIdOf, type TrustedKey, toBase64Url } from '../../protocol/keys.ts'
import { parseJsonWith } from '../../protocol/parse.ts'
import { publicKeySchema } from '../../protocol/primitives.ts'
import { Failure } from '../failure.ts'
import { readSecretFile, writeSecretFile } from './key-files.ts'

export interface SigningKey extends TrustedKey {
  readonly privateKey: CryptoKey
}

const keyFileSchema = v.strictObject({
  publicKey: publicKeySchema,
  /** PKCS #8, base64url. */
  privateKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{40,200}$/, 'must be a PKCS #8 key in base64url')),
})
const MAX_KEY_FILE_BYTES = 4096

export const signingKeyPath = (keysPath: string): string => join(keysPath, 'signing-key.json')

/** The key in `keysPath`, null when there is none. Rejects with a {@link Failure} when it is damaged. */
export async function readSigningKey(keysPath: string): Promise<SigningKey | null> {
  const path = signingKeyPath(keysPath)
  const text = await readSecretFile(path)
  return text === null ? null : await readKey(path, text)
}

/**
 * The key in `keysPath`, or a new one if there is none and `trusted` is empty. Rejects with a {@link Failure} when the key
 * that devices trust is gone: a new one would cut off every device that is enrolled.
 */
export async function openSigningKey(keysPath: string, trusted: readonly TrustedKey[]): Promise<SigningKey> {
  const path = signingKeyPath(keysPath)
  const key = await readSigningKey(keysPath)
  if (key !== null) return key
  if (trusted.length > 0)
    throw new Failure(
      `the signing key ${path} is missing, and the enrolled devices trust no other; bring it back from a backup`,
    )
  const made = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', made.publicKey)))
  const privateKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('pkcs8', made.privateKey)))
  const file = JSON.stringify({ publicKey, privateKey })
  await writeSecretFile(path, `${file}\n`)
  return await readKey(path, file)
}

async function readKey(path: string, text: string): Promise<SigningKey> {
  const parsed = parseJsonWith(keyFileSchema, text, MAX_KEY_FILE_BYTES)
  if (!parsed.ok) throw new Failure(`the signing key ${path} is damaged; bring it back from a backup`)
  const { publicKey, privateKey } = parsed.value
  try {
    if (publicHalfOf(privateKey) !== publicKey) throw new Error('its halves are of two keys')
    const key = await crypto.subtle.importKey('pkcs8', fromBase64Url(privateKey), 'Ed25519', false, ['sign'])
    return { keyId: await keyIdOf(publicKey), publicKey, privateKey: key }
  } catch (error) {
    throw new Failure(`the signing key ${path} is damaged; bring it back from a backup`, error)
  }
}

function publicHalfOf(privateKey: string): string | undefined {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'jwk' }).x
}
