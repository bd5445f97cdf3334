/** Numbers, sizes and times as this page writes them. Pure; the language is English throughout, and times say their zone. */
import { formatSpan } from '../../presentation/sizes-and-spans.ts'

const integer = new Intl.NumberFormat('en-GB')

/** 12345 → `12,345`. */
export const formatCount = (count: number): string => integer.format(count)

/** `1 device`, `2,000 devices`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** 0.956 → `96 %`; never 100 % for less than all, nor 0 % for more than nothing. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100)
  if (percent === 100 && share < 1) return '99 %'
  if (percent === 0 && share > 0) return '1 %'
  return `${percent} %`
}

const NOW_MS = 2_000

/** `just now`, `3 min ago`, `in 2 h`. */
export function formatRelative(at: number, now: number): string {
  const distance = at - now
  if (Math.abs(distance) < NOW_MS) return 'just now'
  return distance < 0 ? `${formatSpan(-distance)} ago` : `in ${formatSpan(distance)}`
}

/** The browser's own zone, as an IANA name. */
export const localTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

const formats = new Map<string, Intl.DateTimeFormat>()

function formatIn(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`
  let format = formats.get(key)
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
    } catch {
      // A zone that this browser does not know, though the server does.
      format = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options })
    }
    formats.set(key, format)
  }
  return format
}

/** `22 Nov 2026, 02:00 CET`; `timeZone` is an IANA name. */
export function formatInstant(at: number, timeZone: string): string {
  return formatIn(timeZone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at)
}

/** `02:00` in the zone, for the axis of a chart that names its zone elsewhere. */
export function formatClock(at: number, timeZone: string): string {
  return formatIn(timeZone, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/** `Sun 22 Nov`. */
export function formatDay(at: number, timeZone: string): string {
  return formatIn(timeZone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at)
}
