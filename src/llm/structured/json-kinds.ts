/** The kinds of JSON value: which of them a schema lets through, and which a text begins. */
import type { JsonSchema } from '../../core/json.ts'

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export const ALL_KINDS: ReadonlySet<JsonKind> = new Set<JsonKind>(['object', 'array', 'string', 'number', 'boolean', 'null'])
export const SCALARS: readonly JsonKind[] = ['string', 'number', 'boolean', 'null']

/** The kinds of value that a schema may let through, as far as it says so at its top. */
export function kindsOf(schema: JsonSchema): ReadonlySet<JsonKind> {
  const { type, enum: values, const: value, anyOf, oneOf } = schema
  if (type !== undefined) return new Set([type].flat().map((name) => (name === 'integer' ? 'number' : name) as JsonKind))
  if (Array.isArray(values)) return new Set(values.map(kindOf))
  if (value !== undefined) return new Set([kindOf(value)])
  const parts = anyOf ?? oneOf
  return Array.isArray(parts) ? new Set(parts.flatMap((part) => [...(part === true ? ALL_KINDS : kindsOf(part as JsonSchema))])) : ALL_KINDS
}

function kindOf(value: unknown): JsonKind {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonKind)
}

/** Whether what begins as `json` does is of one of `kinds`. */
export function isWanted(json: string, kinds: ReadonlySet<JsonKind>): boolean {
  return kinds.has(KIND_BY_START[json[0] ?? ''] ?? 'number')
}

const KIND_BY_START: Partial<Record<string, JsonKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  "'": 'string',
  t: 'boolean',
  T: 'boolean',
  f: 'boolean',
  F: 'boolean',
  n: 'null',
  N: 'null',
}
