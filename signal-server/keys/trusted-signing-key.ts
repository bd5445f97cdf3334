/**
 * The signing key that the server may use: one that the records say devices trust. Another one, however it came there, is refused
 * unless an administrator accepts it, since every device enrolled before would refuse what it signs. Knows nothing of how
 * devices keep the keys.
 */
import type { Logger } from 'pino'
import type { TrustedKey } from '../../protocol/keys.ts'
import { Failure } from '../failure.ts'
import type { Records } from '../records/records.ts'
import { listTrustedKeys, trustKey } from '../records/signing-keys.ts'
import { openSigningKey, type SigningKey, signingKeyPath } from './signing-key.ts'

/** As many as the answer to an enrolment may name (`enrolResponseSchema`): with more, no device could enrol. */
export const MAX_TRUSTED_KEYS = 16

export interface TrustedSigningKeyOptions {
  readonly keysPath: string
  readonly records: Records
  /** Whether a key that devices do not trust yet may take the place of the one they do. */
  readonly acceptNewKey: boolean
  readonly now: number
  readonly log: Logger
}

/** The key in the key file; made, and trusted, at the first start. Rejects with a {@link Failure}. */
export async function openTrustedSigningKey(options: TrustedSigningKeyOptions): Promise<SigningKey> {
  const { keysPath, records, acceptNewKey, log } = options
  const trusted = await listTrustedKeys(records.db)
  const key = await openSigningKey(keysPath, trusted)
  const isNew = trusted.length > 0 && !isTrusted(key, trusted)
  if (!isNew) {
    if (trusted.length === 0) await trustFirstKey(options, key)
    if (acceptNewKey)
      log.warn(
        { keyId: key.keyId },
        'there is no new signing key, so --accept-new-key does nothing; leave it out, or it accepts a key that is replaced by mistake',
      )
    return key
  }
  if (!acceptNewKey) throw new Failure(`${untrustedKeyWords(keysPath, key, trusted)} ${UNTRUSTED_KEY_REMEDY}`)
  await acceptKey(options, key, trusted)
  return key
}

export const isTrusted = (key: TrustedKey, trusted: readonly TrustedKey[]): boolean =>
  trusted.some(({ publicKey }) => publicKey === key.publicKey)

/** What is wrong with a key that devices do not trust, for `start` and for `doctor`. */
export function untrustedKeyWords(keysPath: string, key: TrustedKey, trusted: readonly TrustedKey[]): string {
  return `the signing key ${signingKeyPath(keysPath)} is ${key.keyId}, and the devices enrolled so far trust ${idsOf(trusted).join(', ')}: they would refuse every release published from now on, until each is enrolled anew.`
}

/** What to do about it. */
export const UNTRUSTED_KEY_REMEDY =
  'Put the key file that they trust back from a backup; or, if the key is to be replaced, start once with --accept-new-key'

const idsOf = (keys: readonly TrustedKey[]) => keys.map(({ keyId }) => keyId)

async function trustFirstKey(
  { records, now, log }: TrustedSigningKeyOptions,
  key: SigningKey,
): Promise<void> {
  const { keyId, publicKey } = key
  await trustKey(records.db, { keyId, publicKey }, now)
  log.info({ keyId }, 'devices that enrol are told to trust this signing key')
}

async function acceptKey(
  { records, now, log }: TrustedSigningKeyOptions,
  { keyId, publicKey }: SigningKey,
  trusted: readonly TrustedKey[],
): Promise<void> {
  if (trusted.length >= MAX_TRUSTED_KEYS)
    throw new Failure(
      `devices can trust ${MAX_TRUSTED_KEYS} signing keys at most, and this would be one more; put one of the key files back that they trust: ${idsOf(trusted).join(', ')}`,
    )
  const before = idsOf(trusted)
  await records.change('shell', now, async trx => {
    await trustKey(trx, { keyId, publicKey }, now)
    const audit = {
      action: 'signing-key.accept',
      target: `signing-key:${keyId}`,
      before: { trusted: before },
      after: { trusted: [...before, keyId] },
    }
    return { result: null, audit }
  })
  log.warn(
    { keyId, trustedBefore: before },
    'accepted a new signing key: devices enrolled before refuse releases published from now on, until each is enrolled anew; with the earlier key file back in its place the server signs with that key again',
  )
}
