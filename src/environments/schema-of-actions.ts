/** Tools as one schema of everything that may be done: all that a model is told about them. */
import type { JsonSchema } from '../core/json.ts'
import type { ReadyTool } from './tool.ts'

/** The JSON Schema of a valid action in its JSON form. */
export function schemaOfActions(tools: readonly ReadyTool[]): JsonSchema {
  return {
    anyOf: tools.map(({ name, description, input }, index) => ({
      type: 'object',
      description,
      properties: { tool: { const: name }, input: moved(input.jsonSchema, `#/anyOf/${index}/properties/input`) },
      required: ['tool', 'input'],
      additionalProperties: false,
    })),
  }
}

/** A copy whose references within itself still hold once it stands at `place`. */
function moved(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => moved(part, place))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) =>
    key === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value) ? [key, place + value.slice(1)] : [key, moved(value, place)],
  )
  return Object.fromEntries(entries)
}
