/** How the schema of an answer is put to a server: in a form that it does not refuse, or in words. */
import type { JsonSchema } from '../core/json.ts'
import type { GenerateRequest } from '../core/model.ts'
import { createFence } from '../security/fence.ts'
import { contentHash } from '../util/hash.ts'
import { movedSchema } from '../util/schema/moved-schema.ts'

export interface SchemaForm {
  schema: JsonSchema
  /** Whether it keeps the rules of OpenAI's strict mode; others are sent as a wish, which the server does not refuse. */
  strict: boolean
  /** Makes the text that was asked for of the answer's; absent where they are the same. */
  unwrap?(text: string): string
}

/** Servers want a plain object at the root, so anything else becomes the only field of one. */
export function schemaForm(schema: JsonSchema | undefined): SchemaForm | undefined {
  if (!schema || isPlainObject(schema)) return schema && { schema, strict: isStrict(schema) }
  const wrapped = inObject(schema)
  return { schema: wrapped, strict: isStrict(wrapped), unwrap }
}

/** `request` with its schema, if it has one, at the end of the messages. */
export function inWords({ responseSchema, ...request }: GenerateRequest): GenerateRequest {
  if (!responseSchema) return request
  const text = JSON.stringify(responseSchema)
  const fence = createFence(contentHash(text))
  const note = `Answer with nothing but one JSON value that matches this JSON Schema.\n${fence.wrap('schema', text)}`
  const last = request.messages.at(-1)
  if (last?.role !== 'user') return { ...request, messages: [...request.messages, { role: 'user', content: note }] }
  return { ...request, messages: [...request.messages.slice(0, -1), { role: 'user', content: `${last.content}\n\n${note}` }] }
}

const NOT_AT_ROOT = ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'enum', 'const', '$ref']

function isPlainObject(schema: JsonSchema): boolean {
  const { type } = fields(schema) ?? {}
  return type === 'object' && !NOT_AT_ROOT.some((keyword) => keyword in schema)
}

function inObject(schema: JsonSchema): JsonSchema {
  const { $defs, $schema: _dialect, ...value } = movedSchema(schema, '#/properties/value') as Record<string, unknown>
  const wrapped = {
    type: 'object',
    properties: { value },
    required: ['value'],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
  }
  // Definitions stay at the root, the only place where strict servers look for them.
  return JSON.parse(JSON.stringify(wrapped).replaceAll('"$ref":"#/properties/value/$defs/', '"$ref":"#/$defs/')) as JsonSchema
}

/** An answer that is no such object is left as it is, for whoever reads it to judge. */
function unwrap(text: string): string {
  try {
    const answer = fields(JSON.parse(text))
    return answer && Object.keys(answer).join() === 'value' ? JSON.stringify(answer.value) : text
  } catch {
    return text
  }
}

/** The keywords that strict mode knows. */
const STRICT = new Set(
  'type properties required additionalProperties items enum const description anyOf $defs $ref $schema title'.split(' '),
)

function isStrict(schema: unknown): boolean {
  const known = fields(schema)
  if (!known || !Object.keys(known).every((keyword) => STRICT.has(keyword))) return false
  const { type, properties, required, additionalProperties, items, anyOf, $defs, $ref } = known
  if (type === undefined && anyOf === undefined && $ref === undefined) return false
  if (type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined) {
    const names = Object.keys(fields(properties) ?? {})
    if (additionalProperties !== false || !names.every((name) => Array.isArray(required) && required.includes(name))) return false
  }
  const parts = [...Object.values(fields(properties) ?? {}), ...Object.values(fields($defs) ?? {})]
  if (items !== undefined) parts.push(items)
  if (anyOf !== undefined) parts.push(...(Array.isArray(anyOf) ? (anyOf as unknown[]) : [anyOf]))
  return parts.every(isStrict)
}

function fields(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}
