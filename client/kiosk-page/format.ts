/** What one waits for, as people read it on a screen: spans and times of day. Pure; the language is English throughout. */
import { isTimeZone } from '../../policy/bounds.ts'
import { formatSpan } from '../../presentation/sizes-and-spans.ts'

/** A span rounded up to what one can wait for. */
export const formatWait = (ms: number): string => formatSpan(ms, Math.ceil)

/** A span that was only estimated, so coarse that it does not flicker: `a few seconds`, `about 40 s`, `about 2 h`. */
export function formatAbout(ms: number): string {
  const minute = 60_000
  if (ms < 8_000) return 'a few seconds'
  const grain = ms < 85_000 ? 5_000 : ms < 10 * minute ? minute : ms < 60 * minute ? 5 * minute : 60 * minute
  return `about ${formatWait(Math.max(grain, Math.round(ms / grain) * grain))}`
}

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
