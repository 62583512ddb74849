/** A JSON Schema as a part of a larger one. */

/** A copy whose references within itself still hold once it stands at `place`. */
export function movedSchema(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => movedSchema(part, place))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) =>
    key === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value)
      ? [key, place + value.slice(1)]
      : [key, movedSchema(value, place)],
  )
  return Object.fromEntries(entries)
}
