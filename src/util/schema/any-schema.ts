/** A schema of either kind, and the type of what it lets through: types alone, nothing of this is there at run time. */
import type { JsonSchema } from '../../core/json.ts'

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

/** A Standard Schema (zod, valibot, arktype, …) or a JSON Schema. */
export type AnySchema<Output = unknown> = StandardSchema<Output> | JsonSchema

/** The output of a Standard Schema, or the values that a JSON Schema lets through; `unknown` where it tells nothing at a glance. */
export type OutputOf<Schema> = [Extract<Schema, StandardSchema>] extends [never]
  ? ValueOf<Schema>
  : Extract<Schema, StandardSchema> extends StandardSchema<infer Output>
    ? Output
    : never

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
