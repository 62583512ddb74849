/** What a tool is called with, told from its schema: types alone, nothing of this is there at run time. */
import type { AnySchema, OutputOf, StandardSchema } from '../util/schema/any-schema.ts'

/** What `execute` gets: the output of a Standard Schema, or the objects that a JSON Schema lets through. */
export type InputOf<Schema> = [Extract<Schema, StandardSchema>] extends [never] ? ObjectOf<OutputOf<Schema>> : OutputOf<Schema>

/** A tool's schema, of either kind. */
export type InputSchema<Input = unknown> = AnySchema<Input>

/** Where a JSON Schema tells nothing at a glance, an object of anything. */
type ObjectOf<Value> = unknown extends Value ? Record<string, unknown> : Value
