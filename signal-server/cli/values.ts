/** Values of options, parsed; what is wrong with one is said before anything is done (exit code 2). */
import { InvalidArgumentError } from 'commander'
import type * as v from 'valibot'
import { isTimeZone } from '../../policy/bounds.ts'
import { typedNameSchema, typedVersionSchema } from '../../protocol/admin/typed-text.ts'
import { type Bound, parseBoundText, parseDurationMs } from '../../protocol/bound.ts'
import { parseWith } from '../../protocol/parse.ts'
import {
  type AssignedRole,
  assignedRoleSchema,
  instantSchema,
  packageNameSchema,
  profileNameSchema,
  siteNameSchema,
  toInstant,
} from '../../protocol/primitives.ts'
import { createClientAddresses } from '../client-address.ts'
import { messageOf } from '../failure.ts'

/** Repeatable options add up: `--site a --site b` and `--site a b` are the same. */
type Collected<T> = T[] | undefined

export function parsed<S extends v.GenericSchema>(schema: S): (text: string) => v.InferOutput<S> {
  return text => {
    const result = parseWith(schema, text)
    if (!result.ok) throw new InvalidArgumentError(`${result.message}.`)
    return result.value
  }
}

export const parsePackageName = parsed(packageNameSchema)
export const parseProfileName = parsed(profileNameSchema)
export const parseSiteName = parsed(siteNameSchema)
export const parseVersionLabel = parsed(typedVersionSchema)
export const parseDeviceName = parsed(typedNameSchema)
export const parseRole: (text: string) => AssignedRole = parsed(assignedRoleSchema)

/** An instant as ISO 8601 with a zone, normalised. */
export const parseInstant = (text: string): string => toInstant(parsed(instantSchema)(text))

export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`)
    return value
  }
}

/** A bound, or null for `off` (B1, B7); in an object, since commander takes a bare null for a missing value. */
export function parseBound(text: string): { readonly bound: Bound | null } {
  const result = parseBoundText(text)
  if (!result.ok) throw new InvalidArgumentError(result.message)
  return { bound: result.bound }
}

export function parseOnOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('must be on or off.')
  return text === 'on'
}

export function parseTimeZone(text: string): string {
  if (!isTimeZone(text))
    throw new InvalidArgumentError('is not a time zone known here; use an IANA name such as Europe/Berlin.')
  return text
}

const UNIT_MS = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Seconds of `90s`, `30min`, `12h`, `7d` or an ISO 8601 duration. */
export function parseDurationS(text: string): number {
  const short = /^(\d{1,9})(s|min|h|d)$/.exec(text)
  const ms = short
    ? Number(short[1]) * UNIT_MS[short[2] as keyof typeof UNIT_MS]
    : parseDurationMs(text.toUpperCase())
  if (ms === null || ms < 1000)
    throw new InvalidArgumentError('must be a duration such as 90s, 30min, 12h, 7d or PT36H.')
  return Math.floor(ms / 1000)
}

export function collectSite(text: string, sites: Collected<string>): string[] {
  return [...(sites ?? []), parseSiteName(text)]
}

export interface PackageChoice {
  readonly package: string
  readonly release: 'latest' | number
}

/** `lobby` or `lobby@3`. */
export function collectPackage(text: string, packages: Collected<PackageChoice>): PackageChoice[] {
  const [name = '', release, ...rest] = text.split('@')
  if (rest.length > 0) throw new InvalidArgumentError('must be NAME or NAME@RELEASE.')
  const choice = {
    package: parsePackageName(name),
    release:
      release === undefined || release === 'latest'
        ? ('latest' as const)
        : wholeNumber(1, Number.MAX_SAFE_INTEGER)(release),
  }
  return [...(packages ?? []), choice]
}

/** A directory. The empty text of an unset variable would mean the one that happens to be the current one. */
export function parseDirectory(text: string): string {
  if (text.trim() === '')
    throw new InvalidArgumentError('must not be empty; the current directory is written "."')
  return text
}

/** Addresses and networks of proxies, `10.0.0.7,10.1.0.0/16`. */
export function parseProxies(text: string): readonly string[] {
  const proxies = text.split(',').map(proxy => proxy.trim())
  try {
    createClientAddresses(proxies)
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`)
  }
  return proxies
}

/** An address of a web page or server, without a slash at its end. */
export function parseWebAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('must be an address such as https://larder.example.com')
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError(
      'must not hold a user name or password: devices and links would show it; leave out what stands before the @',
    )
  return url.href.replace(/\/+$/, '')
}
