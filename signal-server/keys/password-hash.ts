/**
 * Passwords as scrypt hashes (RFC 7914). The parameters stand in the hash, so that they can be raised without locking
 * anybody out. One is computed at a time: each takes 32 MiB, and a crowd that guesses must not take all the memory.
 */
import { scrypt, timingSafeEqual } from 'node:crypto'
import { fromBase64Url, toBase64Url } from '../../protocol/keys.ts'
import type { RandomBytes } from '../random.ts'

/** scrypt's parameters; the memory is 128 × N × r bytes. */
export interface PasswordCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** One of OWASP's choices of equal strength: 32 MiB, and about 0.3 s of one core. */
export const PASSWORD_COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** `scrypt$N$r$p$salt$hash`, salt and hash as base64url. */
export async function hashPassword(
  password: string,
  cost: PasswordCost,
  randomBytes: RandomBytes,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const { N, r, p } = cost
  return `scrypt$${N}$${r}$${p}$${toBase64Url(salt)}$${toBase64Url(await derive(password, salt, cost))}`
}

/** Throws when `stored` is no hash of {@link hashPassword}. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, expected] = stored.split('$')
  if (scheme !== 'scrypt' || salt === undefined || expected === undefined)
    throw new Error('the password in the records has no known form')
  const derived = await derive(password, fromBase64Url(salt), { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(derived, fromBase64Url(expected))
}

let last: Promise<unknown> = Promise.resolve()

function derive(password: string, salt: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
  const maxmem = 256 * cost.N * cost.r
  const derived = last.then(
    () =>
      new Promise<Uint8Array>((resolve, reject) => {
        // The same characters typed on another keyboard may come composed in another way.
        scrypt(password.normalize('NFC'), salt, HASH_BYTES, { ...cost, maxmem }, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      }),
  )
  last = derived.catch(() => undefined)
  return derived
}
