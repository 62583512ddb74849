/** Fields that take values in a format of their own: what they cannot take is told before anything happens. */
import type { TextField } from './field-facts.ts'
import { call, documentOf, isHtml, readNative, writeNative } from './native.ts'

/** What is wrong with `value` for this field, in words that say how to write it. */
export function formatProblem(field: TextField, value: string): string | null {
  const format = isHtml(field, 'input') ? FORMATS.get(field.type) : undefined
  if (!format || !isHtml(field, 'input')) return null
  const probe = call('Document', 'createElement', documentOf(field), 'input') as HTMLInputElement
  probe.type = field.type
  for (const name of ['min', 'max', 'step'] as const) if (field.type === 'range' && field[name] !== '') probe[name] = field[name]
  writeNative(probe, 'value', value)
  const taken = String(readNative(probe, 'value'))
  const same =
    field.type === 'color' ? taken === value.toLowerCase() : field.type === 'range' ? Number(taken) === Number(value) : taken !== ''
  if (same) return null
  const bounds =
    field.type === 'range' ? ` from ${field.min || 0} to ${field.max || 100}${field.step ? ` in steps of ${field.step}` : ''}` : ''
  // The value is not repeated: it may be a secret.
  return `The field takes ${format}${bounds}; what was to be typed is none.`
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['number', 'a number, as 12.5'],
  ['range', 'a number'],
  ['date', 'a date that exists, as 2026-01-31'],
  ['month', 'a month, as 2026-01'],
  ['week', 'a week, as 2026-W05'],
  ['time', 'a time, as 14:05'],
  ['datetime-local', 'a date and time, as 2026-01-31T14:05'],
  ['color', 'a color, as #ff8800'],
])
