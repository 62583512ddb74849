/** Models that WebLLM runs on the user's GPU, in a worker of their own. */
import * as z from 'zod/mini'
import { RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import { callable, parse } from '../util/validate.ts'
import { keepWorker } from '../util/worker-rpc/keep-worker.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import type { WebLLMApi, WebLLMProgress } from './web-llm-api.ts'
import { absoluteConfig, type WebLLMAppConfig } from './web-llm-config.ts'
import type { GenerationSpeed } from './worker-generation.ts'
import { createWorkerModel, type LocalModel, type ModelWorker } from './worker-model.ts'

/** What `createWebLLM` takes. */
export interface WebLLMOptions {
  /** Replaces settings of the package: its list of models, and where the browser keeps them. */
  appConfig?: WebLLMAppConfig
  /** Hears how far the model is loaded. */
  onProgress?: (progress: WebLLMProgress) => void
  /** Hears after each answer how fast it was made. */
  onSpeed?: (speed: GenerationSpeed) => void
  /** Lets models that can think aloud do so (default `false`); their thoughts are then part of the text. */
  thinking?: boolean
  /** Makes a worker that runs `workers/web-llm.worker.ts`. */
  createWorker: () => Awaitable<Worker>
}

const optionsSchema = z.strictObject({
  appConfig: z.exactOptional(
    z.strictObject({
      model_list: z.exactOptional(
        z.array(z.looseObject({ model_id: z.string(), model: z.string(), model_lib: z.string() })).check(z.minLength(1)),
      ),
      cacheBackend: z.exactOptional(z.enum(['cache', 'indexeddb', 'opfs'])),
    }),
  ),
  onProgress: z.exactOptional(callable),
  onSpeed: z.exactOptional(callable),
  thinking: z.exactOptional(z.boolean()),
  createWorker: callable,
})

/**
 * A model on the user's GPU. Nothing is loaded before it is needed; weights are downloaded once and kept by the browser.
 * Answers are made one after another. Of a conversation that goes on, `usage.inputTokens` counts what was newly read.
 * A lost GPU device is answered by one fresh engine.
 *
 * Errors: `invalid-options` (an id that is in no list too); `model-unavailable` (no WebGPU, no weights, no room for them, the GPU
 * lost twice); `model-failed` (a prompt that does not fit, a device lost in the middle of an answer); `worker-lost`; `aborted`.
 * @param id as in `webLLMModels`, or in `appConfig`.
 */
export function createWebLLM(id: string, options: WebLLMOptions): LocalModel {
  parse(optionsSchema, options, 'webLLM options')
  if (typeof id !== 'string' || id === '') throw new RepriseError('invalid-options', 'webLLM: the id of a model must be given.')
  const appConfig = absoluteConfig(options.appConfig ?? {})
  return createWorkerModel({
    id: `webllm/${id}`,
    capabilities: { schema: true, seed: true, offline: true },
    failure: 'model-unavailable',
    // Others than these take the mark that forbids it for a part of the answer.
    thinking: (options.thinking ?? false) || !id.startsWith('Qwen3'),
    onSpeed: options.onSpeed,
    worker: keepEngine({ id, appConfig, onProgress: options.onProgress, createWorker: options.createWorker }),
  })
}

interface Loading {
  id: string
  appConfig: WebLLMAppConfig
  onProgress: WebLLMOptions['onProgress']
  createWorker: WebLLMOptions['createWorker']
}

/** A loaded engine in a worker. A device that is lost while the model loads costs one more try. */
function keepEngine({ id, appConfig, onProgress, createWorker }: Loading): ModelWorker {
  const lost = new WeakSet<object>()
  const kept = keepWorker<WebLLMApi, WorkerClient<WebLLMApi>>({
    name: 'WebLLM worker',
    fallback: 'model-unavailable',
    createWorker,
    prepare: async (client) => {
      const outcome = await client.call('load', { id, appConfig }, { onEvent: onProgress })
      if (outcome.kind === 'loaded') return client
      const message = `webllm/${id} could not be loaded, on a fresh engine neither: ${outcome.why} Close other pages, or take a smaller model.`
      const error = new RepriseError('model-unavailable', message)
      lost.add(error)
      throw error
    },
  })
  return {
    close: kept.close,
    async get() {
      try {
        return await kept.get()
      } catch (error) {
        if (!lost.has(error as object)) throw error
        return kept.get()
      }
    },
  }
}
