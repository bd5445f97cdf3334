/**
 * Wall clocks of time zones, by `Intl`: what a clock shows at an instant, and roughly which instant a wall time means.
 * Only for fields and pixels. What a bound really means at a site is the server's answer.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: isKnown(timeZone) ? timeZone : 'UTC',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** Whether this browser knows the zone; the server's list may be newer. */
function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** `2026-11-23T02:00`, as fields for date and time take it; seconds only where there are some. */
export function wallTime(at: number, timeZone: string): string {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = value
  const { year, month, day, hour, minute, second } = parts
  return `${year}-${month}-${day}T${hour}:${minute}${second === '00' ? '' : `:${second}`}`
}

/** How far the zone's clocks are ahead of UTC at this instant. */
export function zoneOffsetMs(at: number, timeZone: string): number {
  const whole = Math.floor(at / 1000) * 1000
  return Date.parse(`${wallTime(whole, timeZone)}Z`) - whole
}

/** The instant at which clocks show this wall time, to the first of two; near a clock change it may be off by the change. */
export function instantOfWallTime(wall: string, timeZone: string): number {
  const asUtc = Date.parse(`${wall}Z`)
  const guess = asUtc - zoneOffsetMs(asUtc, timeZone)
  return asUtc - zoneOffsetMs(guess, timeZone)
}
