/** Plain tables for a terminal and, with `|` between the columns, for docs/BENCHMARKS.md. */

/** Numbers are aligned to the right, the first row is the head. Every row has as many cells as the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length), 3),
  )
  const isNumeric = widths.map((_, column) =>
    rows.slice(1).every(row => /^[\d.,× –-]*$/.test(row[column] ?? '')),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (isNumeric[column] ? (cells[column] ?? '').padStart(width) : (cells[column] ?? '').padEnd(width))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (isNumeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  const [head, ...body] = rows
  return head === undefined ? '' : [line(head), rule, ...body.map(line)].join('\n')
}

/** As many digits as mean something: three, and whole numbers from a thousand up. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1000) return Math.round(value).toString()
  return Number(value.toPrecision(3)).toString()
}
