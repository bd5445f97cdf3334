/** Numbers as people read them on a screen: sizes, spans and times of day. Pure; the language is English throughout. */

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB']

/** 0 → `0 B`, 1500 → `1.5 kB`; decimal units, as data plans and disks use. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  let unit = 'B'
  for (const larger of BYTE_UNITS) {
    if (value < 999.5) break
    value /= 1000
    unit = larger
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** A span rounded up to what one can wait for: `40 s`, `12 min`, `3 h 12 min`, `2 d 4 h`. Never below one second. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.ceil(minutes / 60)
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** A span that was only estimated, so coarse that it does not flicker: `a few seconds`, `about 40 s`, `about 2 h`. */
export function formatAbout(ms: number): string {
  const minute = 60_000
  if (ms < 8_000) return 'a few seconds'
  const grain = ms < 85_000 ? 5_000 : ms < 10 * minute ? minute : ms < 60 * minute ? 5 * minute : 60 * minute
  return `about ${formatSpan(Math.max(grain, Math.round(ms / grain) * grain))}`
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

/** `at` (epoch ms) on the site's clock: `02:00`, with the weekday when it is not the same day as `now`. */
export function formatTime(at: number, now: number, timeZone: string): string {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC'
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short' })
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)
  if (day.format(at) === day.format(now)) return time
  const date = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  })
  return `${date.format(at)}, ${time}`
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
