/** Models that transformers.js runs, on WebGPU or WASM, in a worker of their own. */
import * as z from 'zod/mini'
import type { Awaitable } from '../core/json.ts'
import { callable, parse } from '../util/validate.ts'
import { keepOnDevice } from '../util/transformers/keep-on-device.ts'
import type { Device, Dtype, OrtUrls, WeightsProgress } from '../util/transformers/weights.ts'
import type { TransformersModelApi } from './transformers-service.ts'
import type { GenerationSpeed } from './worker-generation.ts'
import { createWorkerModel, type LocalModel } from './worker-model.ts'

/** What `createTransformersModel` takes. */
export interface TransformersModelOptions {
  /** `'auto'` (default) takes WebGPU where an adapter answers and the model starts on it, else WASM. */
  device?: 'auto' | Device
  /** Number format of the weights (default `q4`, which runs everywhere; `q4f16` is smaller and needs a GPU with `shader-f16`). */
  dtype?: Dtype
  /** Branch, tag or commit on the hub (default `main`). */
  revision?: string
  /** Server to load from instead of the hub, with the hub's layout: `{host}/{model}/resolve/{revision}/…`. */
  host?: string
  /** Folder to load from, `{localPath}/{model}/…`, as a URL or relative to the page; then nothing is asked elsewhere. */
  localPath?: string
  /** Lets models that can think aloud do so (default `false`); their thoughts are then part of the text. */
  thinking?: boolean
  /** Hears how much of each file has arrived. */
  onProgress?: (progress: WeightsProgress) => void
  /** Hears after each answer how fast it was made. */
  onSpeed?: (speed: GenerationSpeed) => void
  /** Makes a worker that runs `workers/transformers-model.worker.ts`. */
  createWorker: () => Awaitable<Worker>
  /** URLs of ONNX Runtime's `ort-wasm-simd-threaded.asyncify` files, or what finds them when they are needed. */
  ort: OrtUrls | (() => Awaitable<OrtUrls>)
}

const text = z.string().check(z.minLength(1))
const modelSchema = z.string().check(z.regex(/^[\w.-]+(\/[\w.-]+)?$/))
const optionsSchema = z.strictObject({
  device: z.exactOptional(z.enum(['auto', 'webgpu', 'wasm'])),
  dtype: z.exactOptional(z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'])),
  revision: z.exactOptional(text),
  host: z.exactOptional(text),
  localPath: z.exactOptional(text),
  thinking: z.exactOptional(z.boolean()),
  onProgress: z.exactOptional(callable),
  onSpeed: z.exactOptional(callable),
  createWorker: callable,
  ort: z.union([z.strictObject({ mjs: text, wasm: text }), callable]),
})

/**
 * A model that writes text, run by transformers.js. Nothing is loaded before it is needed. Answers are made one after another, of
 * 512 tokens at most unless `maxTokens` says otherwise. Messages go through the tokenizer's chat template; where it has none their
 * texts are put one after another, a line each. A `seed` makes sampling repeatable on the same device.
 *
 * Errors: `invalid-options`; `model-unavailable` (weights, runtime or device cannot be had); `model-failed` (a prompt that does not
 * fit, or a model that broke on a fresh worker too); `worker-lost`; `aborted`.
 * @param id of the model on the hub, or its folder below `localPath`: `onnx-community/Qwen3-0.6B-ONNX`.
 */
export function createTransformersModel(id: string, options: TransformersModelOptions): LocalModel {
  parse(modelSchema, id, 'transformersModel id')
  const { thinking = false, onSpeed, revision, dtype = 'q4', ...setup } = parseOptions(options)
  const worker = keepOnDevice<TransformersModelApi>({
    name: 'worker of the transformers.js model',
    failure: 'model-unavailable',
    weights: { model: id, revision, dtype },
    setup,
  })
  return createWorkerModel({
    id: `transformers/${id}`,
    capabilities: { seed: true, offline: true },
    failure: 'model-failed',
    thinking,
    onSpeed,
    worker: { get: async () => (await worker.get()).client, close: worker.close },
  })
}

function parseOptions(options: TransformersModelOptions): TransformersModelOptions {
  parse(optionsSchema, options, 'transformersModel options')
  return options
}
