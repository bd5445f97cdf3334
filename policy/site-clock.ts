/** Times of day and dates on the clock of a site, as sentences show them: `02:00`, `02:00:05`, `23 Nov 2026`. */

/** Making one takes a tenth of a millisecond and more, and a device says how things stand many times a second. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/** With seconds only where they are not zero. @throws RangeError for a zone that is not known here */
export function clockText(at: number, timeZone: string): string {
  const isFullMinute = at % 60_000 === 0
  return formatter(isFullMinute ? 'clock' : 'clock with seconds', timeZone, {
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    ...(isFullMinute ? {} : { second: '2-digit' as const }),
  }).format(at)
}

/** @throws RangeError for a zone that is not known here */
export function dayText(at: number, timeZone: string): string {
  return formatter('day', timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

function formatter(kind: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind} ${timeZone}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
  formatters.set(key, made)
  return made
}
