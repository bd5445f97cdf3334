/** Sizes and rates on the command line: `20GB`, `50Mbit`, or `off` for no limit. */
import { InvalidArgumentError } from 'commander'

/** In an object, since commander takes a bare null for a missing value. */
export interface Limit {
  readonly value: number | null
}

const PREFIXES = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const
const BINARY_PREFIXES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const
const FACTORS: Readonly<Record<string, number>> = { ...PREFIXES, ...BINARY_PREFIXES }

/** Bytes of `20GB` or `20GiB`; `off` is null. */
export function parseSizeLimit(text: string): Limit {
  return { value: text === 'off' ? null : (bytesOf(text) ?? fail('a size such as 20GB or 500MiB, or off')) }
}

/** Bytes a second of `50Mbit` or `6MB`, with `/s` behind it or without; `off` is null. */
export function parseRateLimit(text: string): Limit {
  if (text === 'off') return { value: null }
  const rate = text.replace(/\/s$/, '')
  const bits = /^(.*)bit$/.exec(rate)
  const bytes = bits ? bytesOf(`${bits[1]}B`, 8) : bytesOf(rate)
  if (bytes === null) return fail('a rate such as 50Mbit or 6MB (both a second), or off')
  if (bytes < 1024)
    throw new InvalidArgumentError('is too low: a store that gives anything gives 1 KiB a second.')
  return { value: bytes }
}

function bytesOf(text: string, parts = 1): number | null {
  const [, number, prefix = ''] = /^(\d{1,12}(?:\.\d{1,3})?)([KMGT]i|[kKMGT])?B$/.exec(text) ?? []
  const factor = FACTORS[prefix]
  if (number === undefined || factor === undefined) return null
  const bytes = Math.floor((Number(number) * factor) / parts)
  return Number.isSafeInteger(bytes) ? bytes : null
}

function fail(forms: string): never {
  throw new InvalidArgumentError(`must be ${forms}.`)
}
