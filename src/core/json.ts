/** Values that survive a round trip through JSON, and the schemas that describe them. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** An object of JSON values. */
export type JsonObject = Record<string, JsonValue>

/** A JSON Schema (draft 2020-12 or 7), kept as data: nothing here interprets it. */
export type JsonSchema = { readonly [key: string]: unknown }

/** A value, or a promise of it: what a callback may return. */
export type Awaitable<T> = T | PromiseLike<T>
