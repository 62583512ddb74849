/** A value from a model, of the type that a schema says: parsed, validated, asked for a second time where it is wrong. */
import * as z from 'zod/mini'
import { isRepriseError, RepriseError } from '../../core/errors.ts'
import type { JsonSchema, JsonValue } from '../../core/json.ts'
import type { GenerateRequest, LanguageModel, ModelCall, Usage } from '../../core/model.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { callsOf, noteCalls } from '../../util/failed-calls.ts'
import { plainModel } from '../../util/plain-model.ts'
import type { AnySchema, OutputOf } from '../../util/schema/any-schema.ts'
import type { Checked } from '../../util/schema/checked.ts'
import { schemaCheck, type SchemaCheck } from '../../util/schema/schema-check.ts'
import { steadyClock } from '../../util/timed-call.ts'
import { abortSignal, callable, parse } from '../../util/validate.ts'
import { askFor, Withheld } from './ask-for.ts'
import { kindsOf } from './json-kinds.ts'
import { readAnswer, requestFor } from './schema-answers.ts'

/** What `generateObject` takes besides the model. */
export interface GenerateObjectOptions<Schema = AnySchema> extends Pick<
  GenerateRequest,
  'messages' | 'temperature' | 'maxTokens' | 'seed' | 'signal' | 'onWarning'
> {
  /** A Standard Schema (zod, valibot, arktype, …) or a JSON Schema of the value. */
  schema: Schema
  /** Describes `schema` to the model where it cannot do that itself (zod/mini: `z.toJSONSchema(schema)`). */
  jsonSchema?: JsonSchema
  /** Milliseconds, for the times of `calls` (default `performance.now`). */
  now?: () => number
}

/** What a model answered to a schema. */
export interface GeneratedObject<Value> {
  /** As the schema gives it: defaults filled in, transformed. */
  value: Value
  /** The JSON that it was read from. */
  text: string
  /** Of all calls. */
  usage: Usage
  /** One or two. */
  calls: readonly ModelCall[]
  /** The first answer was wrong, and the second one right. */
  repaired: boolean
}

/**
 * Asks `model` for a value that matches `schema`. A model whose own decoding keeps to schemas (`capabilities.schema`) gets it with the
 * request; any other is told of it in words, and the value is found in what it writes: behind thoughts, in prose, in a code fence. Of
 * several objects or lists the last one that matches counts, unless words follow it; of words and numbers in prose only what is clearly
 * meant. A wrong or doubtful answer is quoted to the model with its faults, once.
 *
 * Errors: `invalid-options`, for a schema that is none, too; `model-output` where the second answer is wrong as well, with the answer in
 * the message and, up to 8,000 characters of it, as `cause`; those of the model; `aborted`.
 *
 * @example
 * const { value } = await generateObject(model, {
 *   schema: z.object({ team: z.enum(['billing', 'support']), urgent: z.boolean() }),
 *   messages: [{ role: 'user', content: `Route this ticket:\n${ticket}` }],
 * })
 * value.team // 'billing' | 'support'
 */
export async function generateObject<const Schema extends AnySchema>(
  model: LanguageModel,
  options: GenerateObjectOptions<Schema>,
): Promise<GeneratedObject<OutputOf<Schema>>> {
  parse(optionsSchema, options, 'generateObject options')
  const { schema, jsonSchema, now = steadyClock, ...request } = options
  throwIfAborted(request.signal)
  const owner = { what: 'generateObject', field: 'schema', failure: 'model-unavailable' } as const
  const check = schemaCheck(schema, owner, jsonSchema)
  await abortable(check.ready(), request.signal)
  const plain = plainModel(model)
  const kinds = kindsOf(check.jsonSchema)
  const { value, ...rest } = await abortable(
    askFor(plain, {
      request: requestFor(plain, request, check.jsonSchema),
      read: ({ text }) => readAnswer(text, kinds, (candidate) => checked(check, candidate)),
      now,
    }).catch((error: unknown) => refuse(error, model)),
    request.signal,
  )
  const { usage, calls, repaired } = rest
  return { value: value.value as OutputOf<Schema>, text: value.json, usage, calls, repaired }
}

/** A schema of the host's own making may throw. */
async function checked(check: SchemaCheck, value: JsonValue): Promise<Checked> {
  try {
    return await check.check(value)
  } catch (cause) {
    if (isRepriseError(cause)) throw cause
    throw new RepriseError('invalid-options', 'generateObject: its schema threw while it checked a value. Schemas tell faults as issues.', {
      cause,
    })
  }
}

function refuse(error: unknown, { id }: LanguageModel): never {
  if (!(error instanceof Withheld)) throw error
  const withheld = new RepriseError('model-output', `The model ${id} withheld its answer (content filter).`)
  noteCalls(withheld, callsOf(error))
  throw withheld
}

const schemaLike = z.custom((value) => (typeof value === 'object' && value !== null) || typeof value === 'function', 'must be a schema')

const optionsSchema = z.strictObject({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).check(z.minLength(1)),
  schema: schemaLike,
  jsonSchema: z.optional(schemaLike),
  temperature: z.optional(z.number().check(z.gte(0))),
  maxTokens: z.optional(z.int().check(z.gte(1))),
  seed: z.optional(z.int()),
  signal: z.optional(abortSignal),
  onWarning: z.optional(callable),
  now: z.optional(callable),
})
