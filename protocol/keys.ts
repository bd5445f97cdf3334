/**
 * Ed25519 (RFC 8032) and SHA-256 over WebCrypto, which every runtime here has; and the ids derived from keys.
 * Keys travel raw and in base64url. Deterministic: no key is generated and no random number drawn here.
 */

import { base64ToUint8Array, uint8ArrayToBase64, uint8ArrayToHex } from 'uint8array-extras'
import * as v from 'valibot'
import { publicKeySchema } from './primitives.ts'

export const keyIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, 'must be a key id of 16 hex digits'))
export const trustedKeySchema = v.strictObject({ keyId: keyIdSchema, publicKey: publicKeySchema })
/** A release-signing key a device accepts; pinned at enrolment. */
export type TrustedKey = v.InferOutput<typeof trustedKeySchema>

export type Bytes = Uint8Array<ArrayBuffer>

export function toBase64Url(bytes: Uint8Array): string {
  return uint8ArrayToBase64(bytes, { urlSafe: true }).replace(/=+$/, '')
}

/** Decodes base64url that a schema has already checked. */
export function fromBase64Url(text: string): Bytes {
  return new Uint8Array(base64ToUint8Array(text))
}

async function sha256(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Bytes))
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return uint8ArrayToHex(await sha256(bytes))
}

/** Id of a release-signing key: the first 8 bytes of the SHA-256 of its raw public key. */
export async function keyIdOf(publicKey: string): Promise<string> {
  return (await sha256Hex(fromBase64Url(publicKey))).slice(0, 16)
}

/** Id of a device: `d-` and the first 16 bytes of the SHA-256 of its raw public key, so it cannot be claimed by another key. */
export async function deviceIdOf(publicKey: string): Promise<string> {
  return `d-${(await sha256Hex(fromBase64Url(publicKey))).slice(0, 32)}`
}

/** True iff `signature` over `message` was made with the private half of `publicKey`. False, never an error, for keys that are no curve points. */
export async function verifySignature(
  publicKey: string,
  signature: string,
  message: Uint8Array,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64Url(publicKey), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, fromBase64Url(signature), message as Bytes)
  } catch {
    return false
  }
}

/** Signs with a private Ed25519 key; Ed25519 is deterministic. */
export async function sign(privateKey: CryptoKey, message: Uint8Array): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, message as Bytes)))
}
