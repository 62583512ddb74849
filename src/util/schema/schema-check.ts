/**
 * What a value must be, as one kind of check: a Standard Schema (zod, valibot, arktype, …) checks itself,
 * a JSON Schema is interpreted by a part that is loaded when the first one is met.
 */
import { RepriseError, type ErrorCode } from '../../core/errors.ts'
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import type { AnySchema, StandardSchema } from './any-schema.ts'
import { located, type Checked } from './checked.ts'

/** Whose schema it is, for messages. */
export interface SchemaOwner {
  /** Begins a sentence, e.g. `'The tool find'`. */
  what: string
  /** What the schema is called there, e.g. `'inputSchema'`. */
  field: string
  /** Of errors that are nobody's fault. */
  failure: ErrorCode
}

export interface SchemaCheck {
  /** For prompts. */
  readonly jsonSchema: JsonSchema
  /** The value as the schema gives it, or what is wrong with it. */
  check(value: JsonValue): Promise<Checked>
  /** Loads what `check` needs. Errors: `invalid-options` for a schema that is none, the owner's `failure` if loading fails. */
  ready(): Promise<unknown>
}

/**
 * @param described is shown instead of the schema, which must describe itself where it is absent.
 * Errors: `invalid-options` where a Standard Schema cannot be described.
 */
export function schemaCheck(schema: AnySchema, owner: SchemaOwner, described?: JsonSchema): SchemaCheck {
  return isStandard(schema) ? standardCheck(schema, owner, described) : jsonSchemaCheck(schema, owner, described)
}

function isStandard(schema: AnySchema): schema is StandardSchema {
  return '~standard' in schema
}

function standardCheck(schema: StandardSchema, owner: SchemaOwner, described: JsonSchema | undefined): SchemaCheck {
  const { validate } = schema['~standard']
  return {
    jsonSchema: described ?? describe(schema, owner),
    ready: () => Promise.resolve(),
    async check(value) {
      const result = await validate(value)
      if (!result.issues) return { ok: true, value: result.value }
      return { ok: false, problems: result.issues.map(({ message, path = [] }) => located(path.map(keyOf).join('.'), message)) }
    },
  }
}

function describe(schema: StandardSchema, { what, field }: SchemaOwner): JsonSchema {
  const { jsonSchema, vendor } = schema['~standard']
  try {
    const found = jsonSchema?.input({ target: 'draft-2020-12' })
    if (found) return withoutDialect(found)
  } catch (error) {
    throw new RepriseError('invalid-options', `${what}: its ${field} cannot be described as JSON Schema. Give that as jsonSchema.`, {
      cause: error,
    })
  }
  throw new RepriseError(
    'invalid-options',
    `${what}: its ${field} (${vendor}) does not describe itself. Give its JSON Schema as jsonSchema, e.g. z.toJSONSchema(schema).`,
  )
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part)
}

function jsonSchemaCheck(schema: JsonSchema, owner: SchemaOwner, described: JsonSchema | undefined): SchemaCheck {
  let loading: Promise<(value: JsonValue) => Checked> | undefined
  const forget = (error: unknown): never => {
    loading = undefined // what failed to load may load the next time
    throw error
  }
  const ready = (): Promise<(value: JsonValue) => Checked> => (loading ??= loadValidator(schema, owner).catch(forget))
  return {
    jsonSchema: described ?? withoutDialect(schema),
    ready,
    check: async (value) => (await ready())(value),
  }
}

async function loadValidator(schema: JsonSchema, owner: SchemaOwner): Promise<(value: JsonValue) => Checked> {
  const { jsonSchemaValidator } = await import('./json-schema-validator.ts').catch((cause: unknown) => {
    throw new RepriseError(owner.failure, `The part that checks JSON Schemas could not be loaded. ${owner.what} cannot be used.`, { cause })
  })
  return jsonSchemaValidator(schema, owner)
}

function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema
}
