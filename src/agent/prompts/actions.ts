/** What may be done now, as a model reads it: a list as it is, a schema as the forms that an action may have. */
import type { JsonSchema } from '../../core/json.ts'
import type { Untrusted } from '../../core/untrusted.ts'
import { shorten } from '../../security/fence.ts'

export interface RenderedActions {
  /** How to read `text`; the words of this library. */
  title: string
  /** From the environment. */
  text: Untrusted
}

/**
 * A schema of alternatives becomes one line for each of them, what it is for and how it is written:
 * `- Opens a door. {"tool":"open","input":<{"type":"object",…}>}`.
 * Over `maxCharacters` every line is shortened, the long ones first, so that each alternative keeps its beginning.
 */
export function renderActions(actions: Actions, maxCharacters: number): RenderedActions {
  if (isList(actions)) return { title: 'Possible actions:', text: shorten(actions.join('\n'), maxCharacters) }
  const forms = alternatives(actions)
  if (!forms) return { title: 'An action is JSON that matches this schema:', text: shorten(JSON.stringify(actions), maxCharacters) }
  return {
    title:
      'Possible actions, each written as JSON (<…> stands for a value that matches the JSON Schema within, ? for a field that may be left out):',
    text: within(forms.map(renderForm), maxCharacters).join('\n'),
  }
}

type Actions = readonly string[] | JsonSchema
type JsonObject = Readonly<Record<string, unknown>>

function isList(actions: Actions): actions is readonly string[] {
  return Array.isArray(actions)
}

/** The alternatives of a schema that says nothing else. */
function alternatives(schema: JsonObject): readonly JsonObject[] | undefined {
  const { anyOf, ...rest } = schema
  return Array.isArray(anyOf) && Object.keys(rest).length === 0 && anyOf.every(isObject) ? anyOf : undefined
}

function renderForm({ description, ...schema }: JsonObject): string {
  const form = renderObject(schema) ?? `<${JSON.stringify(schema)}>`
  return typeof description === 'string' && description !== '' ? `- ${description.replaceAll(/\s+/g, ' ')} ${form}` : `- ${form}`
}

/** An object with exactly the given fields, nothing else said about it; other schemas are shown as they are. */
function renderObject({ type, properties, required = [], additionalProperties, ...rest }: JsonObject): string | undefined {
  if (type !== 'object' || additionalProperties !== false || !isObject(properties) || Object.keys(rest).length > 0) return undefined
  if (!Array.isArray(required)) return undefined
  const needed = new Set<unknown>(required)
  const fields = Object.entries(properties).map(
    ([key, value]) => `${JSON.stringify(key)}${needed.has(key) ? '' : '?'}:${renderValue(value)}`,
  )
  return `{${fields.join(',')}}`
}

function renderValue(schema: unknown): string {
  return isObject(schema) && 'const' in schema && Object.keys(schema).length === 1
    ? JSON.stringify(schema['const'])
    : `<${JSON.stringify(schema)}>`
}

/** Short lines stay whole, what they leave is shared by the long ones. */
function within(lines: readonly string[], maxCharacters: number): readonly string[] {
  let room = maxCharacters - lines.length
  for (const [i, length] of lines
    .map((line) => line.length)
    .toSorted((a, b) => a - b)
    .entries()) {
    const share = Math.floor(room / (lines.length - i))
    if (length > share) return lines.map((line) => shorten(line, share))
    room -= length
  }
  return lines
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
