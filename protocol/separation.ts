/**
 * The proof with which a server asks one of two browsers that have the same key to begin as a new device (PR-S7): its own
 * signature over the device's id, in the detail of a problem document. A device believes nothing else, so an impostor at the
 * server's address cannot make devices give up their keys (PR-E8). Knows no sessions and no disks.
 */
import { sign, type TrustedKey, verifySignature } from './keys.ts'

/** Prefix of the signed bytes, so that no other signature by the same key can pass for this one. */
const DOMAIN = 'larder-separation-v1\n'

const bytesOf = (deviceId: string) => new TextEncoder().encode(DOMAIN + deviceId)

/** The detail of the problem that ends the session. */
export async function signSeparation(
  deviceId: string,
  key: { readonly keyId: string; readonly privateKey: CryptoKey },
): Promise<string> {
  const signature = await sign(key.privateKey, bytesOf(deviceId))
  return `An administrator asked this browser to begin as a new device, since another one has the same key. Proof: ${key.keyId} ${signature}`
}

/** Whether a key that this device trusts has signed that it is to begin as a new device. */
export async function isSeparation(
  detail: string,
  deviceId: string,
  trustedKeys: readonly TrustedKey[],
): Promise<boolean> {
  const [, keyId, signature] = / Proof: (\S{1,64}) ([\w-]{86})$/.exec(detail) ?? []
  const key = trustedKeys.find(trusted => trusted.keyId === keyId)
  if (key === undefined || signature === undefined) return false
  return verifySignature(key.publicKey, signature, bytesOf(deviceId))
}
