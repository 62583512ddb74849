/**
 * What a tool takes, as one kind of check: a Standard Schema (zod, valibot, arktype, …) checks itself,
 * a JSON Schema is interpreted. Nothing here compiles code, so a strict page allows it.
 */
import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema'
import { RepriseError } from '../core/errors.ts'
import type { JsonSchema, JsonValue } from '../core/json.ts'

/** The part of https://standardschema.dev that is needed here. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly output: Output } | undefined
    readonly jsonSchema?: { readonly input: (options: { target: 'draft-2020-12' }) => Record<string, unknown> } | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

export interface InputCheck {
  /** For prompts and for `actions()`. */
  readonly jsonSchema: JsonSchema
  /** The input as the tool gets it, or what is wrong with it. */
  check(input: JsonValue): Promise<{ ok: true; value: unknown } | { ok: false; problems: readonly string[] }>
}

/** @param what names the tool in messages. */
export function inputCheck(schema: StandardSchema | JsonSchema, what: string, described?: JsonSchema): InputCheck {
  return isStandard(schema) ? standardCheck(schema, what, described) : jsonSchemaCheck(schema, what, described)
}

function isStandard(schema: StandardSchema | JsonSchema): schema is StandardSchema {
  return '~standard' in schema
}

function standardCheck(schema: StandardSchema, what: string, described: JsonSchema | undefined): InputCheck {
  const { validate } = schema['~standard']
  return {
    jsonSchema: described ?? describe(schema, what),
    async check(input) {
      const result = await validate(input)
      if (!result.issues) return { ok: true, value: result.value }
      return { ok: false, problems: result.issues.map(({ message, path = [] }) => located(path.map(keyOf).join('.'), message)) }
    },
  }
}

function describe(schema: StandardSchema, what: string): JsonSchema {
  try {
    const found = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })
    if (found) return withoutDialect(found)
  } catch (error) {
    throw new RepriseError(
      'invalid-options',
      `${what} has an inputSchema that cannot be described as JSON Schema. Give it as jsonSchema.`,
      { cause: error },
    )
  }
  throw new RepriseError(
    'invalid-options',
    `${what} has an inputSchema (${schema['~standard'].vendor}) that does not describe itself. Give its JSON Schema as jsonSchema, e.g. z.toJSONSchema(schema).`,
  )
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part)
}

function jsonSchemaCheck(schema: JsonSchema, what: string, described: JsonSchema | undefined): InputCheck {
  let validator: Validator
  try {
    // The validator writes into the schema that it is given.
    validator = new Validator(structuredClone(schema) as Schema, draftOf(schema), false)
  } catch (error) {
    throw new RepriseError('invalid-options', `${what} has an inputSchema that is no JSON Schema.`, { cause: error })
  }
  return {
    jsonSchema: described ?? withoutDialect(schema),
    check: (input) => Promise.resolve(interpret(validator, input, what)),
  }
}

function interpret(validator: Validator, input: JsonValue, what: string): Awaited<ReturnType<InputCheck['check']>> {
  try {
    const { valid, errors } = validator.validate(input)
    if (valid) return { ok: true, value: input }
    const leaves = errors.filter(({ keyword }) => !CONTAINERS.has(keyword))
    return {
      ok: false,
      problems: leaves.map(({ instanceLocation, error }) => located(instanceLocation.slice(2).replaceAll('/', '.'), error)),
    }
  } catch (error) {
    throw new RepriseError('environment-failed', `${what} has an inputSchema that cannot be applied (a wrong $ref or pattern?).`, {
      cause: error,
    })
  }
}

/** Keywords whose errors only repeat that something inside is wrong. */
const CONTAINERS: ReadonlySet<string> = new Set(['properties', 'items', 'prefixItems', 'allOf', '$ref', 'false'])

function draftOf({ $schema }: JsonSchema): SchemaDraft {
  const named = typeof $schema === 'string' ? /draft-0?(4|7)|(2019-09)/.exec($schema) : null
  return (named?.[1] ?? named?.[2] ?? '2020-12') as SchemaDraft
}

function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema
}

function located(path: string, message: string): string {
  return path ? `${path}: ${message}` : message
}
