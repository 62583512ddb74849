/** Result tables as text. */

/**
 * A Markdown table with a column per field, padded so that it also reads as plain text. Numbers stand to the right, those between whole
 * ones with three digits; what is `null` or absent is empty. No rows make no text.
 *
 * @example
 * console.log(formatTable((await selectDatabase(options)).table))
 */
export function formatTable(rows: readonly object[]): string {
  if (rows.length === 0) return ''
  const records = rows.map((row) => row as Record<string, unknown>)
  const fields = Array.from(new Set(records.flatMap((row) => Object.keys(row))))
  const numeric = fields.map((field) => records.every((row) => typeof (row[field] ?? 0) === 'number'))
  const lines = [fields.map(cell), ...records.map((row) => fields.map((field) => cell(row[field])))]
  const widths = fields.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)))
  const [head = '', ...body] = lines.map((line) =>
    join(line.map((text, i) => (numeric[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))),
  )
  const rule = join(widths.map((width, i) => (numeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))))
  return `${[head, rule, ...body].join('\n')}\n`
}

function join(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(3)
  return String(value).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
}
