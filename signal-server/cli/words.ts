/** Sizes, times and tables as people read them in a terminal. */

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** `812 B`, `3.4 KiB`, `128 MiB`: at most three digits, binary units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes
  let unit = ''
  for (unit of BYTE_UNITS) {
    value /= 1024
    if (value < 999.5) break
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** `2026-11-23 02:00:05 Europe/Berlin`; seconds only where they are not zero. */
export function formatInstant(iso: string | null, timeZone: string, whenNull = 'never'): string {
  if (iso === null) return whenNull
  const at = new Date(iso)
  const wall = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(at.getUTCSeconds() === 0 ? {} : { second: '2-digit' as const }),
  }).format(at)
  return `${wall} ${timeZone}`
}

/** The zone of the terminal. */
export const terminalTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** `1 device`, `3 devices`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Text that a device wrote, fit for a terminal: one line, no control characters. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}

export interface Column<T> {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly of: (row: T) => string
}

/** Rows under their titles, two spaces apart; `empty` when there are none. Ends with a line feed. */
export function formatTable<T>(rows: readonly T[], columns: readonly Column<T>[], empty: string): string {
  if (rows.length === 0) return `${empty}\n`
  const cells = [
    columns.map(column => column.title.toUpperCase()),
    ...rows.map(row => columns.map(column => column.of(row))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map(row => displayWidth(row[index] ?? ''))))
  const lines = cells.map(row =>
    row
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - displayWidth(cell))
        return columns[index]?.align === 'right' ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** Name and value, aligned, indented by two. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('')
}

/** Columns a text takes, near enough: what people name devices is seldom wider than its characters. */
const displayWidth = (text: string): number => [...text].length
