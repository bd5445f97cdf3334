/**
 * The identity of this browser profile: an Ed25519 key pair whose private half cannot leave the browser, kept in the
 * record store. What is read back is checked, since a record may be rotten. Enrolment itself is the engine's.
 */
import * as v from 'valibot'
import { deviceIdentitySchema, deviceLimitsSchema } from '../../../protocol/assignment.ts'
import { deviceIdOf, sign, toBase64Url, trustedKeySchema, verifySignature } from '../../../protocol/keys.ts'
import { digestSchema, publicKeySchema } from '../../../protocol/primitives.ts'
import { isSameValue } from '../../../protocol/same-value.ts'
import type { RecordStore } from '../../ports.ts'
import { type IdentityRecord, recordKeys } from '../../records.ts'

export interface LoadedIdentity {
  readonly identity: IdentityRecord
  /** What went wrong, as a sentence; null in the ordinary case. */
  readonly trouble: string | null
}

/** Not `instanceof`: it may have been read through a frame (`frame-databases.ts`). */
const isKey = (type: KeyType) =>
  v.custom<CryptoKey>(
    key => Object.prototype.toString.call(key) === '[object CryptoKey]' && (key as CryptoKey).type === type,
  )
/** A page of a later version may have written it, before its server was put back: what is not known here is left out. */
const storedDeviceSchema = v.object({
  ...deviceIdentitySchema.entries,
  limits: v.object(deviceLimitsSchema.entries),
})
const identityRecordSchema = v.object({
  keyPair: v.object({ publicKey: isKey('public'), privateKey: isKey('private') }),
  publicKey: publicKeySchema,
  deviceId: v.string(),
  // A damaged enrolment costs only another enrolment, with the same key: the server knows the device again. The pinned
  // keys outlive a record of the device that cannot be read: the server that answers that enrolment cannot replace them (PR-E8).
  enrolled: v.fallback(
    v.nullable(
      v.object({
        device: v.fallback(v.nullable(storedDeviceSchema), null),
        trustedKeys: v.pipe(v.array(trustedKeySchema), v.minLength(1)),
      }),
    ),
    null,
  ),
  revoked: v.fallback(v.optional(v.boolean()), undefined),
  keysRefused: v.fallback(v.optional(v.boolean()), undefined),
  usedTokens: v.fallback(v.optional(v.array(digestSchema)), undefined),
})

/**
 * The profile's identity; a new one, durable before it is returned, when there is none or it cannot be used. Rejects
 * only where the browser has no Ed25519.
 */
export async function loadOrCreateIdentity(records: RecordStore): Promise<LoadedIdentity> {
  const stored = await readTwice(records)
  const identity = stored.value === undefined ? null : await usableIdentity(stored.value)
  if (identity) {
    // The engine looks whether the disk has what it knows; what was left out would look like a change by others. Where this
    // fails the engine writes it.
    const isReadInPart =
      identity.enrolled?.device && !isSameValue(enrolledOf(stored.value), identity.enrolled)
    if (isReadInPart) await records.setMany([[recordKeys.identity, identity]]).catch(() => {})
    return { identity, trouble: null }
  }

  const fresh = await createIdentity()
  const lost = stored.value !== undefined || stored.failed
  let trouble = lost ? 'The identity of this browser could not be read; it has to be enrolled again.' : null
  try {
    await records.setMany([[recordKeys.identity, fresh]])
  } catch (error) {
    trouble = `The identity of this browser could not be saved and ends with this page: ${String(error)}`
  }
  return { identity: fresh, trouble }
}

/** A new identity costs an enrolment, so one failed read does not lead to one. */
async function readTwice(records: RecordStore): Promise<{ value: unknown; failed: boolean }> {
  const read = async () => ({ value: await records.get(recordKeys.identity), failed: false })
  return read()
    .catch(read)
    .catch(() => ({ value: undefined, failed: true }))
}

/** The record if its private key signs what its public key verifies and its id fits; else null. */
async function usableIdentity(record: unknown): Promise<IdentityRecord | null> {
  const parsed = v.safeParse(identityRecordSchema, record)
  if (!parsed.success) return null
  const { keyPair, publicKey, deviceId } = parsed.output
  const probe = new TextEncoder().encode('larder-identity-check')
  try {
    const signature = await sign(keyPair.privateKey, probe)
    const usable =
      deviceId === (await deviceIdOf(publicKey)) && (await verifySignature(publicKey, signature, probe))
    return usable ? parsed.output : null
  } catch {
    return null
  }
}

const enrolledOf = (record: unknown): unknown => Reflect.get(Object(record), 'enrolled')

export async function createIdentity(): Promise<IdentityRecord> {
  const keyPair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keyPair.publicKey)))
  return { keyPair, publicKey, deviceId: await deviceIdOf(publicKey), enrolled: null }
}
