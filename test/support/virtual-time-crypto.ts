/**
 * WebCrypto that answers without leaving the thread, so that a simulated run depends on nothing but its seed; and keys
 * made of a seed. Replaces `crypto.subtle`'s methods for the life of the process that imports it: unit tests only.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { deviceIdOf, keyIdOf, type TrustedKey } from '../../protocol/keys.ts'

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Stands for a CryptoKey; plain, so that record stores can clone it. */
interface SeedKey {
  readonly seed: string
}

const privateKeys = new Map<string, KeyObject>()
const publicKeys = new Map<string, KeyObject>()

function privateKeyOf({ seed }: SeedKey): KeyObject {
  let key = privateKeys.get(seed)
  if (key === undefined) {
    const der = Buffer.concat([PKCS8_ED25519, createHash('sha256').update(seed).digest()])
    key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    privateKeys.set(seed, key)
  }
  return key
}

function publicKeyOf(x: string): KeyObject {
  let key = publicKeys.get(x)
  if (key === undefined) {
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    publicKeys.set(x, key)
  }
  return key
}

/** A key pair that is the same for the same seed. `publicKey` is raw, base64url. */
export function seededKeyPair(seed: string): { readonly keyPair: CryptoKeyPair; readonly publicKey: string } {
  const privateKey = { seed } as unknown as CryptoKey
  const { x = '' } = createPublicKey(privateKeyOf({ seed })).export({ format: 'jwk' })
  return { keyPair: { privateKey, publicKey: { x } as unknown as CryptoKey }, publicKey: x }
}

export async function seededDevice(seed: string) {
  const { keyPair, publicKey } = seededKeyPair(seed)
  return { keyPair, publicKey, deviceId: await deviceIdOf(publicKey) }
}

export async function seededSigningKey(
  seed: string,
): Promise<TrustedKey & { readonly privateKey: CryptoKey }> {
  const { keyPair, publicKey } = seededKeyPair(seed)
  return { keyId: await keyIdOf(publicKey), publicKey, privateKey: keyPair.privateKey }
}

const replacements = {
  digest: async (_algorithm: string, bytes: Uint8Array) =>
    new Uint8Array(createHash('sha256').update(bytes).digest()).buffer,
  sign: async (_algorithm: string, key: CryptoKey, bytes: Uint8Array) =>
    new Uint8Array(sign(null, bytes, privateKeyOf(key as unknown as SeedKey))).buffer,
  importKey: async (_format: string, raw: Uint8Array) => ({ x: Buffer.from(raw).toString('base64url') }),
  verify: async (_algorithm: string, key: { x: string }, signature: Uint8Array, bytes: Uint8Array) =>
    verify(null, bytes, publicKeyOf(key.x), signature),
}
for (const [name, value] of Object.entries(replacements)) {
  Object.defineProperty(crypto.subtle, name, { value, configurable: true })
}
