/** JSON Schema, interpreted: nothing here compiles code, so a strict page allows it. Loaded when a schema is met. */
import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema'
import { RepriseError } from '../../core/errors.ts'
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import { checkJsonSchema } from './check-json-schema.ts'
import { located, type Checked } from './checked.ts'
import type { SchemaOwner } from './schema-check.ts'

/** Errors: `invalid-options` for a schema that is none; the check throws the owner's `failure` for one that cannot be applied. */
export function jsonSchemaValidator(schema: JsonSchema, owner: SchemaOwner): (input: JsonValue) => Checked {
  const validator = compile(schema, owner)
  return (input) => {
    try {
      const { valid, errors } = validator.validate(input)
      if (valid) return { ok: true, value: input }
      const leaves = errors.filter(({ keyword }) => !CONTAINERS.has(keyword))
      return {
        ok: false,
        problems: leaves.map(({ instanceLocation, error }) => located(instanceLocation.slice(2).replaceAll('/', '.'), error)),
      }
    } catch (cause) {
      throw new RepriseError(owner.failure, `${owner.what}: its ${owner.field} cannot be applied (a wrong $ref or pattern?).`, { cause })
    }
  }
}

function compile(schema: JsonSchema, { what, field }: SchemaOwner): Validator {
  checkJsonSchema(schema, `${what} has a wrong ${field}`)
  try {
    // The validator writes into the schema that it is given.
    return new Validator(structuredClone(schema) as Schema, draftOf(schema), false)
  } catch (cause) {
    throw new RepriseError('invalid-options', `${what}: its ${field} is no JSON Schema.`, { cause })
  }
}

function draftOf({ $schema }: JsonSchema): SchemaDraft {
  const named = typeof $schema === 'string' ? /draft-0?(4|7)|(2019-09)/.exec($schema) : null
  return (named?.[1] ?? named?.[2] ?? '2020-12') as SchemaDraft
}

/** Keywords whose errors only repeat that something inside is wrong. */
const CONTAINERS: ReadonlySet<string> = new Set(['properties', 'items', 'prefixItems', 'allOf', '$ref', 'false'])
