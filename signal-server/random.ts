/** Secrets and codes drawn from a source of random bytes that is an argument, so that tests can give one. */
import { randomBytes as systemRandomBytes } from 'node:crypto'
import { toBase64Url } from '../protocol/keys.ts'

export type RandomBytes = (count: number) => Uint8Array

export const secureRandomBytes: RandomBytes = count => systemRandomBytes(count)

/** No I, O, 0 or 1: what stands on a screen across the room must be read and typed right. */
const CODE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A code such as `K7QX-2MPA`, of 40 random bits. */
export function randomCode(randomBytes: RandomBytes): string {
  const letters = [...randomBytes(8)].map(byte => CODE_ALPHABET[byte % CODE_ALPHABET.length])
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
}

/** An API token: 256 random bits, with a prefix by which leaked ones can be found. */
export const randomApiToken = (randomBytes: RandomBytes): string => `larder_${toBase64Url(randomBytes(32))}`

/** An enrolment token: 192 random bits in 32 characters, short enough for a QR code. */
export const randomEnrolmentToken = (randomBytes: RandomBytes): string => toBase64Url(randomBytes(24))

/** What an administrator's browser or one-time link proves itself with: 256 random bits. */
export const randomSecret = (randomBytes: RandomBytes): string => toBase64Url(randomBytes(32))
