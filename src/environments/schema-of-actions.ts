/** Tools as one schema of everything that may be done: all that a model is told about them. */
import type { JsonSchema } from '../core/json.ts'
import { movedSchema } from '../util/schema/moved-schema.ts'
import type { ReadyTool } from './tool.ts'

/** The JSON Schema of a valid action in its JSON form. */
export function schemaOfActions(tools: readonly ReadyTool[]): JsonSchema {
  return {
    anyOf: tools.map(({ name, description, input }, index) => ({
      type: 'object',
      description,
      properties: { tool: { const: name }, input: movedSchema(input.jsonSchema, `#/anyOf/${index}/properties/input`) },
      required: ['tool', 'input'],
      additionalProperties: false,
    })),
  }
}
