/** Language models that the host made with the AI SDK, as `LanguageModel`s. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { Capabilities, GenerateRequest, Generation, LanguageModel } from '../core/model.ts'
import { abortable } from '../util/abort.ts'
import { callable, parse } from '../util/validate.ts'
import type { AISDKModel } from './ai-sdk-types.ts'
import type { Persistence } from './attempts.ts'
import { once } from './remote-model.ts'
import { capabilitiesSchema } from './capabilities-schema.ts'

/** What `fromAISDK` takes besides the model; all of it may be left out. */
export interface FromAISDKOptions {
  /** By default made of what the model says of itself: `'openai/gpt-5-mini'`. */
  id?: string
  /** What the model does by itself; by default schemas and tools, which the SDK's own models have. */
  capabilities?: Capabilities
  /** Longest silence of the model in ms, more than 0 (default 120,000). After it the request fails and may be repeated. */
  timeoutMs?: number
  /** Repetitions of a request that failed for a passing reason, 0 to 20 (default 3); the model object itself repeats none. */
  maxRetries?: number
  /** Waits between repetitions; a timer by default. */
  sleep?(milliseconds: number): Promise<void>
  /** Numbers from 0 to 1, for the jitter of those waits (default `Math.random`). */
  random?(): number
}

/** The part that asks such a model. */
export interface FromAISDKPart {
  ask(model: AISDKModel, persistence: Persistence, request: GenerateRequest): Promise<Generation>
}

/**
 * Errors: `invalid-options` (no such object, or one of a specification other than v2, v3 and v4), `model-unavailable`, `model-failed`,
 * `model-output`, `aborted`. They hold the text of what was thrown inside, freed of what looks like a key, and nothing of the request.
 */
export function createFromAISDK(model: AISDKModel, options: FromAISDKOptions, load: () => Promise<FromAISDKPart>): LanguageModel {
  parse(schema, options, 'fromAISDK options')
  requireModel(model)
  const part = once(load)
  const id = options.id ?? `${model.provider.split('.')[0]}/${model.modelId}`
  const persistence: Persistence = {
    id,
    timeoutMs: options.timeoutMs ?? 120_000,
    maxRetries: options.maxRetries ?? 3,
    sleep: options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
    random: options.random ?? Math.random,
    withheld: new Set(),
    renewsKey: false,
    secrets: [],
  }
  const answer = async (request: GenerateRequest): Promise<Generation> => (await part()).ask(model, persistence, request)
  return {
    id,
    capabilities: options.capabilities ?? { schema: true, tools: true },
    generate: (request) => abortable(answer(request), request.signal),
  }
}

function requireModel(model: AISDKModel): void {
  const given: Partial<AISDKModel> = typeof model === 'object' && model !== null ? model : {}
  const { specificationVersion, provider, modelId, doGenerate, doStream } = given
  if (typeof doGenerate !== 'function' || typeof doStream !== 'function' || typeof provider !== 'string' || typeof modelId !== 'string')
    throw new RepriseError(
      'invalid-options',
      "fromAISDK: the model must be a language model object of the AI SDK, as openai('gpt-5-mini') returns it; names of a gateway are not known here.",
    )
  if (!['v2', 'v3', 'v4'].includes(String(specificationVersion)))
    throw new RepriseError(
      'invalid-options',
      `fromAISDK: the model ${modelId} follows specification ${String(specificationVersion)} of the AI SDK; v2, v3 and v4 are known here.`,
    )
}

const schema = z.strictObject({
  id: z.optional(z.string().check(z.minLength(1))),
  capabilities: z.optional(capabilitiesSchema),
  timeoutMs: z.optional(z.number().check(z.positive(), z.lte(2 ** 31 - 1))),
  maxRetries: z.optional(z.int().check(z.gte(0), z.lte(20))),
  sleep: z.optional(callable),
  random: z.optional(callable),
})
