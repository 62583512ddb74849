/**
 * What a tool takes, as one kind of check: a Standard Schema (zod, valibot, arktype, …) checks itself,
 * a JSON Schema is interpreted by a part that is loaded when the first one is met.
 */
import { RepriseError } from '../core/errors.ts'
import type { JsonSchema, JsonValue } from '../core/json.ts'
import { located, type Checked } from './tool-call.ts'

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
  check(input: JsonValue): Promise<Checked>
  /** Loads what `check` needs. Errors: `invalid-options` for a schema that is none, `environment-failed` if loading fails. */
  ready(): Promise<unknown>
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
    ready: () => Promise.resolve(),
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
  let loading: Promise<(input: JsonValue) => Checked> | undefined
  const forget = (error: unknown): never => {
    loading = undefined // what failed to load may load the next time
    throw error
  }
  const ready = (): Promise<(input: JsonValue) => Checked> => (loading ??= loadValidator(schema, what).catch(forget))
  return {
    jsonSchema: described ?? withoutDialect(schema),
    ready,
    check: async (input) => (await ready())(input),
  }
}

async function loadValidator(schema: JsonSchema, what: string): Promise<(input: JsonValue) => Checked> {
  const { jsonSchemaValidator } = await import('./json-schema-validator.ts').catch((cause: unknown) => {
    throw new RepriseError('environment-failed', `The part that checks JSON Schemas could not be loaded, so ${what} cannot be used.`, {
      cause,
    })
  })
  return jsonSchemaValidator(schema, what)
}

function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema
}
