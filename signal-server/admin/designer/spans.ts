/** Spans of time as a number and a unit, for two fields. Pure. */

const UNIT_MS = { s: 1_000, min: 60_000, h: 3_600_000 } as const
export type SpanUnit = keyof typeof UNIT_MS

export const SPAN_UNITS: readonly { readonly unit: SpanUnit; readonly label: string }[] = [
  { unit: 's', label: 'seconds' },
  { unit: 'min', label: 'minutes' },
  { unit: 'h', label: 'hours' },
]

const LEAST_MS = 1_000
const MOST_MS = 24 * UNIT_MS.h

/** The largest unit in which the span is a whole number; seconds where there is none. */
export const unitOf = (ms: number): SpanUnit =>
  (['h', 'min'] as const).find(unit => ms % UNIT_MS[unit] === 0) ?? 's'

export const spanIn = (ms: number, unit: SpanUnit): number => ms / UNIT_MS[unit]

/** Whole milliseconds of what was typed; null where it is no number, or less than a second or more than a day. */
export function parseSpan(text: string, unit: SpanUnit): number | null {
  const ms = text.trim() === '' ? Number.NaN : Math.round(Number(text) * UNIT_MS[unit])
  return ms >= LEAST_MS && ms <= MOST_MS ? ms : null
}
