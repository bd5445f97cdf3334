/** Ed25519 on the thread pool in one step. WebCrypto, which the devices use, takes two and twice the time of the main thread. */
import { createPublicKey, verify } from 'node:crypto'

/**
 * True iff `signature` over `message` was made with the private half of `publicKey`; both are base64url, the key raw. False, never
 * an error, for what is no key or no signature.
 */
export function verifySignatureHere(
  publicKey: string,
  signature: string,
  message: Uint8Array,
): Promise<boolean> {
  return new Promise(resolve => {
    try {
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
      verify(null, message, key, Buffer.from(signature, 'base64url'), (error, valid) =>
        resolve(error === null && valid),
      )
    } catch {
      resolve(false)
    }
  })
}
