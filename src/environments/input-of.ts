/** What a tool is called with, told from its schema: types alone, nothing of this is there at run time. */
import type { JsonSchema } from '../core/json.ts'
import type { StandardSchema } from './tool-schema.ts'

/** What `execute` gets: the output of a Standard Schema, or the objects that a JSON Schema lets through. */
export type InputOf<Schema> = [Extract<Schema, StandardSchema>] extends [never]
  ? ObjectOf<Schema>
  : Extract<Schema, StandardSchema> extends StandardSchema<infer Output>
    ? Output
    : never

/** A tool's schema, of either kind. */
export type InputSchema<Input = unknown> = StandardSchema<Input> | JsonSchema

/** Where a JSON Schema tells nothing at a glance, an object of anything. */
type ObjectOf<Schema> = ValueOf<Schema> extends infer Value ? (unknown extends Value ? Record<string, unknown> : Value) : never

type ValueOf<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { readonly const: infer Value }
    ? Value
    : Schema extends { readonly type: 'object'; readonly properties: infer Properties }
      ? PropertiesOf<Properties, Schema extends { readonly required: readonly (infer Name)[] } ? Name : never>
      : Schema extends { readonly type: 'array' }
        ? readonly ItemOf<Schema>[]
        : Schema extends { readonly type: keyof Primitives }
          ? Primitives[Schema['type']]
          : unknown

type PropertiesOf<Properties, Required> = {
  [K in keyof Properties as K extends Required ? K : never]: ValueOf<Properties[K]>
} & { [K in keyof Properties as K extends Required ? never : K]?: ValueOf<Properties[K]> }

type ItemOf<Schema> = Schema extends { readonly prefixItems: unknown }
  ? unknown
  : Schema extends { readonly items: infer Items }
    ? ValueOf<Items>
    : unknown

interface Primitives {
  string: string
  number: number
  integer: number
  boolean: boolean
  null: null
}
