/**
 * Whether a JSON Schema is wrong in itself. Validators take a misspelt type for one that nothing matches, and every
 * value would be held against whoever made it. Unknown keywords are left alone, as the standard wants it.
 */
import { RepriseError } from '../../core/errors.ts'
import type { JsonSchema } from '../../core/json.ts'

/**
 * Throws `invalid-options` that names the first wrong place.
 * @param what begins the message, e.g. `'The tool find has a wrong inputSchema'`.
 */
export function checkJsonSchema(schema: JsonSchema, what: string): void {
  const fault = faultOf(schema, [])
  if (fault) throw new RepriseError('invalid-options', `${what}: ${fault}.`)
}

type Path = readonly string[]
type Check = (value: unknown, path: Path) => string | undefined

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
const MOST_LEVELS = 100

function faultOf(schema: unknown, path: Path): string | undefined {
  if (typeof schema === 'boolean' && path.length > 0) return undefined
  if (!isObject(schema)) return wrong(path, 'must be a schema: an object, true or false')
  if (path.length > MOST_LEVELS) return `${path.slice(0, 6).join('.')}… is nested too deep; use $ref for what repeats itself`
  return first(Object.entries(schema), ([keyword, value]) =>
    value === undefined ? undefined : CHECKS.get(keyword)?.(value, [...path, keyword]),
  )
}

const isType: Check = (value, path) => {
  const names: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value]
  return first(names, (name) =>
    TYPES.includes(name as string)
      ? undefined
      : wrong(path, `is ${JSON.stringify(name) ?? typeof name}, but must be one of ${TYPES.join(', ')}`),
  )
}
const isList: Check = (value, path) => (Array.isArray(value) ? undefined : wrong(path, 'must be an array'))
const isNames: Check = (value, path) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') ? undefined : wrong(path, 'must be an array of strings')
const isNumber: Check = (value, path) => (typeof value === 'number' ? undefined : wrong(path, 'must be a number'))
const isPattern: Check = (value, path) => {
  try {
    if (typeof value === 'string' && new RegExp(value, 'u')) return undefined
  } catch {
    // Told below.
  }
  return wrong(path, 'must be a regular expression')
}
const isSchemas: Check = (value, path) =>
  isList(value, path) ?? first((value as readonly unknown[]).entries(), ([i, part]) => faultOf(part, [...path, String(i)]))
const isNamedSchemas: Check = (value, path) =>
  isObject(value)
    ? first(Object.entries(value), ([name, part]) => faultOf(part, [...path, name]))
    : wrong(path, 'must be an object of schemas')

/** By keyword. Before 2020-12 `items` could be a list, too. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['type', isType],
  ['enum', isList],
  ['required', isNames],
  ['pattern', isPattern],
  ['items', (value, path) => (Array.isArray(value) ? isSchemas : faultOf)(value, path)],
  ...named(isNumber, 'minimum maximum minLength maxLength minItems maxItems minProperties maxProperties multipleOf'),
  ...named(isSchemas, 'anyOf allOf oneOf prefixItems'),
  ...named(isNamedSchemas, 'properties patternProperties $defs definitions dependentSchemas'),
  ...named(faultOf, 'not if then else contains propertyNames additionalProperties unevaluatedProperties additionalItems unevaluatedItems'),
])

function named(check: Check, keywords: string): [string, Check][] {
  return keywords.split(' ').map((keyword) => [keyword, check])
}

function first<T>(parts: Iterable<T>, check: (part: T) => string | undefined): string | undefined {
  for (const part of parts) {
    const fault = check(part)
    if (fault) return fault
  }
  return undefined
}

function wrong(path: Path, fault: string): string {
  return `${path.join('.') || 'it'} ${fault}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
