/**
 * What deserves a warning about the windows as they stand on the page: the server's own warnings, each with the field that it
 * is about, and what only shows against the time and the sites: times that are past, sites without a store, and wall times that
 * do not exist where clocks go forward. Pure.
 */
import type { Preview } from '../../../protocol/admin/preview.ts'
import { formatClock, formatDay } from '../words.ts'
import type { BoundField, Distribution } from './bounds.ts'
import { OPTIONS } from './options.ts'
import { wallTime } from './zone-time.ts'

export type WarnedField = BoundField | 'proxyDistribution'

export interface OptionWarning {
  readonly code: string
  readonly field: WarnedField
  readonly message: string
}

export interface WarnedOptions {
  readonly draft: Distribution
  readonly warnings: Preview['warnings']
  /** What the server says of exactly this draft; null while it has not said it. */
  readonly sites: Preview['sites'] | null
  /** Where the bounds stand at the site that is shown, epoch ms; null where they are off. */
  readonly instants: Readonly<Record<BoundField, number | null>>
  readonly now: number
}

const FIELDS: readonly BoundField[] = ['onlyToProxiesUntil', 'enforceProxyUntil']
const FIELD_OF: Readonly<Record<string, WarnedField>> = {
  'only-without-enforce': 'onlyToProxiesUntil',
  'enforce-before-only': 'enforceProxyUntil',
  'windows-without-proxy': 'proxyDistribution',
}
const SITES_NAMED = 3

export function optionWarnings(options: WarnedOptions): OptionWarning[] {
  const known = options.warnings.map(({ code, message }) => ({
    code,
    message,
    field: FIELD_OF[code] ?? 'proxyDistribution',
  }))
  return [...known, ...past(options), ...withoutStore(options), ...skipped(options)]
}

/** A time after publication counts anew for each release, so that it is past is no news. */
function past({ draft, instants, now }: WarnedOptions): OptionWarning[] {
  const isPast = (field: BoundField) => {
    const [bound, at] = [draft[field], instants[field]]
    return bound !== null && !('afterPublish' in bound) && at !== null && at <= now
  }
  const fields = FIELDS.filter(isPast)
  if (fields.length === 2)
    return fields.map(field => ({
      code: 'both-past',
      field,
      message:
        'Both times are past, so neither has an effect: every kiosk may fetch at once. Choose later times, or switch both off.',
    }))
  return fields.map(field => ({
    code: 'past',
    field,
    message: `“${OPTIONS[field].name}” is past, so it has no effect any more. Choose a later time, or switch it off.`,
  }))
}

function withoutStore({ draft, sites, now }: WarnedOptions): OptionWarning[] {
  if (!draft.proxyDistribution) return []
  const affected = (sites ?? []).filter(({ overriddenBy, storesOnline, devices, windows }) => {
    const until = windows.enforceProxyUntil === null ? null : Date.parse(windows.enforceProxyUntil)
    return overriddenBy === null && storesOnline === 0 && devices > 0 && until !== null && until > now
  })
  if (affected.length === 0) return []
  const one = affected.length === 1
  return [
    {
      code: 'enforce-without-store',
      field: 'enforceProxyUntil',
      message: `No store is online at ${namesOf(affected.map(({ site }) => site))}: ${one ? 'its' : 'their'} kiosks may use nothing but stores until this time, so they wait. Bring a store online there, or choose an earlier time.`,
    },
  ]
}

/** Where clocks go forward an hour is skipped; a wall time within it counts as the first that exists after it. */
function skipped({ draft, sites, now }: WarnedOptions): OptionWarning[] {
  return FIELDS.flatMap(field => {
    const bound = draft[field]
    if (bound === null || !('siteLocal' in bound)) return []
    const affected = (sites ?? []).filter(({ windows, timeZone }) => {
      const at = windows[field]
      return (
        at !== null &&
        Date.parse(at) > now &&
        !bound.siteLocal.startsWith(wallTime(Date.parse(at), timeZone).slice(0, 16))
      )
    })
    const [first] = affected
    const at = Date.parse(first?.windows[field] ?? '')
    if (first === undefined) return []
    return [
      {
        code: 'time-skipped',
        field,
        message: `${bound.siteLocal.slice(11, 16)} does not exist on ${formatDay(at, first.timeZone)} at ${namesOf(affected.map(({ site }) => site))}: the clocks go forward there. It counts as ${formatClock(at, first.timeZone)}.`,
      },
    ]
  })
}

function namesOf(sites: readonly string[]): string {
  const named = sites.slice(0, SITES_NAMED).join(', ')
  return sites.length > SITES_NAMED ? `${named} and ${sites.length - SITES_NAMED} more sites` : named
}

/** Each once, where one is about two fields. */
export const distinct = (warnings: readonly OptionWarning[]): OptionWarning[] => [
  ...new Map(warnings.map(warning => [warning.code + warning.message, warning])).values(),
]
