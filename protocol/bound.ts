/**
 * A bound: the end of a window as an administrator writes it, on the wire, in the records and on the command line.
 *
 * This module knows the three forms (B1, B2, B3, B6) and whether a text is one of them. It does not know what instant
 * a bound means at a site: that needs a time zone and a release, and is `policy/bounds.ts`.
 */
import * as v from 'valibot'

/** Longest `afterPublish`, in days. A longer one is a slip of the pen, and it keeps every resolved bound a valid date. */
const MAX_DURATION_DAYS = 3650
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const DURATION =
  /^P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/

const INSTANT_EXAMPLE = '2026-11-23T02:00:00Z or 2026-11-23T03:00:00+01:00'
const LOCAL_EXAMPLE = '2026-11-23T02:00'
const DURATION_EXAMPLE = 'PT4H, PT90M or P1DT2H'

/** Quotes what somebody sent, safe to print: escaped and cut. */
const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** What is wrong with the calendar fields of a well-formed text, or null when that date and time of day exist. */
function calendarProblem(text: string, fields: RegExpExecArray): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
    .slice(1, 7)
    .map(field => Number(field ?? 0))
  if (year < 1970 || year > 2999) return `${quote(text)}: the year must be from 1970 to 2999.`
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth)
    return `${quote(text)}: there is no such day in the calendar.`
  if (hour > 23 || minute > 59 || second > 59)
    return `${quote(text)}: there is no such time of day; hours go from 00 to 23, minutes and seconds to 59.`
  return null
}

function instantProblem(text: string): string | null {
  const fields = INSTANT.exec(text)
  if (fields) return calendarProblem(text, fields)
  if (LOCAL.test(text)) return `${quote(text)} needs Z or an offset at its end, such as ${INSTANT_EXAMPLE}.`
  return `${quote(text)} is not an instant; write it as ${INSTANT_EXAMPLE}.`
}

function siteLocalProblem(text: string): string | null {
  const fields = LOCAL.exec(text)
  if (fields) return calendarProblem(text, fields)
  if (INSTANT.test(text))
    return `${quote(text)} is more than a wall time of the site; write YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS, without fraction, Z or offset.`
  return `${quote(text)} is not a wall time of the site; write it as ${LOCAL_EXAMPLE}.`
}

function durationProblem(text: string): string | null {
  if (DURATION.test(text))
    return parseDurationMs(text) === null
      ? `${quote(text)} is too long; at most ${MAX_DURATION_DAYS} days after publication are possible.`
      : null
  if (text.startsWith('-'))
    return `${quote(text)} must not be negative: it counts from the publication onwards.`
  if (/^P\d+(?:\.\d+)?[YM]/.test(text))
    return `${quote(text)}: months and years have no fixed length; count in days, such as P30D.`
  return `${quote(text)} is not a duration after publication; write it as ${DURATION_EXAMPLE}.`
}

/**
 * Milliseconds of an ISO 8601 duration of weeks, days (24 h each, whatever the clocks do), hours, minutes and seconds;
 * null for any other text and for more than 3650 days. Rule B6.
 */
export function parseDurationMs(text: string): number | null {
  const fields = DURATION.exec(text)
  if (!fields) return null
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = fields
    .slice(1)
    .map(field => Number(field ?? 0))
  const totalMs =
    (weeks * 7 + days) * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + Math.round(seconds * SECOND_MS)
  return totalMs <= MAX_DURATION_DAYS * DAY_MS ? totalMs : null
}

/** A string of one form. The pattern stands in the schema for other tools to read; the check covers the calendar. */
const formSchema = (pattern: RegExp, problem: (text: string) => string | null) =>
  v.pipe(
    v.string(),
    v.regex(pattern, issue => problem(issue.input) ?? ''),
    v.check(
      text => !pattern.test(text) || problem(text) === null,
      issue => problem(issue.input) ?? '',
    ),
  )

/**
 * One bound, as JSON: exactly one of the three keys (B1). What passes can always be resolved in a known time zone.
 * Every issue's message tells a person what to write instead.
 */
export const boundSchema = v.union(
  [
    v.strictObject({ at: formSchema(INSTANT, instantProblem) }),
    v.strictObject({ siteLocal: formSchema(LOCAL, siteLocalProblem) }),
    v.strictObject({ afterPublish: formSchema(DURATION, durationProblem) }),
  ],
  'a bound is an object with exactly one key: {"at": "2026-11-23T02:00:00Z"}, {"siteLocal": "2026-11-23T02:00"} or {"afterPublish": "PT4H"}',
)

export type Bound = v.InferOutput<typeof boundSchema>

export type BoundTextResult =
  | { readonly ok: true; readonly bound: Bound | null }
  | { readonly ok: false; readonly message: string }

/**
 * Reads a bound from the command line: `off` (no bound: null), an instant with Z or offset, a wall time of the site, or
 * a duration after publication. Never throws; the message says what is wrong and what to write. Rules B1, B7.
 */
export function parseBoundText(text: string): BoundTextResult {
  const trimmed = text.trim()
  if (trimmed.toLowerCase() === 'off') return { ok: true, bound: null }

  if (/^[+-]?p/i.test(trimmed)) {
    const afterPublish = trimmed.toUpperCase()
    return boundUnless(durationProblem(afterPublish), { afterPublish })
  }
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(trimmed))
    return boundUnless(instantProblem(trimmed), { at: trimmed })
  if (/^\d{4}-\d{2}-\d{2}T/.test(trimmed))
    return boundUnless(siteLocalProblem(trimmed), { siteLocal: trimmed })

  return {
    ok: false,
    message: `${quote(trimmed)} is not a bound. Write an instant (2026-11-23T02:00:00Z), a wall time of the site (${LOCAL_EXAMPLE}), a duration after publication (PT4H), or off.`,
  }
}

const boundUnless = (problem: string | null, bound: Bound): BoundTextResult =>
  problem === null ? { ok: true, bound } : { ok: false, message: problem }

/** The text that {@link parseBoundText} reads back as this bound; `off` for null. */
export function boundText(bound: Bound | null): string {
  if (bound === null) return 'off'
  if ('at' in bound) return bound.at
  return 'siteLocal' in bound ? bound.siteLocal : bound.afterPublish
}
