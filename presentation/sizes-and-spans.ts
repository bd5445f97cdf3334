/** Sizes and spans of time as every page and the demo write them. Pure; the language is English throughout. */

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB']

/** 0 → `0 B`, 1500 → `1.5 kB`, at most three digits; decimal units, as data plans and disks use. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  let value = bytes
  let unit = 'B'
  for (const larger of BYTE_UNITS) {
    if (value < 999.5) break
    value /= 1000
    unit = larger
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/**
 * A span in milliseconds: `40 s`, `12 min`, `3 h 12 min`, `2 d 4 h`. Never below one second. `round`: `Math.ceil` where
 * somebody waits for its end, so that it is not announced too early.
 */
export function formatSpan(ms: number, round: (value: number) => number = Math.round): string {
  const seconds = Math.max(1, round(ms / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = round(minutes / 60)
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
