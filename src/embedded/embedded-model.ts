/**
 * The embedded model: a small neural net that was trained to learn from the examples in its prompt. It knows the
 * sentences of the text world and takes any noun, and nothing else; it is no assistant.
 */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { GenerateRequest, LanguageModel } from '../core/model.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { parse } from '../util/validate.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import type { GenerationApi, LoadProgress } from './generation-service.ts'
import type { EmbeddedWorkerOptions, EmbeddedWorkerPart, openEmbeddedWorker } from './embedded-worker.ts'
import { embeddedPrompts } from './prompt-format.ts'
import { deriveSeed } from './random.ts'

/** What `createEmbeddedModel` takes. */
export interface EmbeddedModelOptions extends EmbeddedWorkerOptions {
  /** Loads the part that talks to the worker; tried again where it failed. */
  loadPart: () => Promise<EmbeddedWorkerPart>
  /** Id of the model, in events and stored trajectories (default `embedded/world-2`). */
  id?: string
  /** Sampling temperature where a request says none, 0 or more (default 0.7). 0 takes the likeliest word each time. */
  temperature?: number
  /** A whole number that makes the sequence of answers repeatable where requests bring no seed of their own; by default it is not. */
  seed?: number
}

/**
 * The embedded model. Calls are answered one after another. Its prompt and answer together have at most 1,536 tokens (else
 * `model-failed`), the answer 24 unless `maxTokens` says otherwise; `responseSchema` and `tools` are left out with a warning.
 */
export interface EmbeddedModel extends LanguageModel {
  /** Starts the worker and loads the model, which the first `generate` does otherwise. Errors: `model-unavailable`, `worker-lost`, `aborted`. */
  load(options?: { signal?: AbortSignal }): Promise<void>
  /** Ends the worker and frees its memory. Calls under way reject with `model-unavailable`; a later call starts a fresh one. */
  close(): void
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isUrl = (value: unknown): boolean => typeof value === 'string' && value !== ''
const optionsSchema = z.strictObject({
  createWorker: z.custom<EmbeddedModelOptions['createWorker']>(isFunction, 'must be a function'),
  loadPart: z.custom<EmbeddedModelOptions['loadPart']>(isFunction, 'must be a function'),
  weights: z.custom<EmbeddedModelOptions['weights']>((value) => isFunction(value) || isUrl(value), 'must be a URL'),
  id: z._default(z.string().check(z.minLength(1)), 'embedded/world-2'),
  temperature: z._default(z.number().check(z.gte(0)), 0.7),
  seed: z.exactOptional(z.int()),
  onProgress: z.exactOptional(z.custom<(progress: LoadProgress) => void>(isFunction, 'must be a function')),
})

/**
 * Makes the model; nothing is loaded before it is needed. The same seed and prompt give the same answer.
 * A worker that died is replaced at the next call.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `worker-lost`, `aborted`.
 */
export function createEmbeddedModel(options: EmbeddedModelOptions): EmbeddedModel {
  const { id, temperature, seed, loadPart, ...setup } = parse(optionsSchema, options, 'createEmbeddedModel options')
  let opening: Promise<ReturnType<typeof openEmbeddedWorker>> | undefined
  const worker = (): NonNullable<typeof opening> => {
    opening ??= loadPart().then(
      (part) => part.openEmbeddedWorker(setup),
      (cause: unknown) => {
        opening = undefined
        throw new RepriseError('model-unavailable', `The part that runs the embedded model could not be loaded: ${String(cause)}`, {
          cause,
        })
      },
    )
    return opening
  }
  const running = async (signal: AbortSignal | undefined): Promise<WorkerClient<GenerationApi>> =>
    abortable((await abortable(worker(), signal)).get(), signal)
  let asked = 0

  return {
    id,
    prompts: embeddedPrompts,
    load: async ({ signal } = {}) => {
      await running(signal)
    },
    close: () => {
      const reason = 'The embedded model was closed while it was working. The next call starts it again.'
      opening?.then(
        (part) => part.close(new RepriseError('model-unavailable', reason)),
        () => {},
      )
    },
    async generate(request) {
      const { signal, onText } = request
      throwIfAborted(signal)
      warn(request)
      const call = {
        prompt: request.messages.map(({ content }) => content).join(' '),
        temperature: request.temperature ?? temperature,
        seed: request.seed ?? (seed === undefined ? randomSeed() : deriveSeed(seed, asked++)),
        maxTokens: request.maxTokens ?? 24,
        stop: request.stop ?? [],
      }
      const client = await running(signal)
      const { lost, ...generated } = await client.call('generate', call, { signal, onEvent: onText && ((delta: string) => onText(delta)) })
      if (lost.length > 0)
        request.onWarning?.(`The prompt has more unknown words than the embedded model can tell apart; it did not see: ${lost.join(', ')}.`)
      return { ...generated, toolCalls: [] }
    },
  }
}

function warn({ responseSchema, tools, onWarning }: GenerateRequest): void {
  if (responseSchema) onWarning?.('The embedded model writes plain sentences only: responseSchema was left out.')
  if (tools?.length) onWarning?.('The embedded model cannot call tools: they were left out.')
}

function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32)
}
