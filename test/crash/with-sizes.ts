/** Rows as text can carry them. */
import type { Dump } from './page-api.ts'

/** Instead of typed arrays their sizes. */
export function withSizes(tables: Record<string, unknown[]>): Dump['tables'] {
  const text = JSON.stringify(tables, (_, value: unknown) => (ArrayBuffer.isView(value) ? { bytes: value.byteLength } : value))
  return JSON.parse(text) as Dump['tables']
}
