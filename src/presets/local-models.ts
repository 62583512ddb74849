/** Models that run in the user's browser, with the library's own workers and runtime files. */
import type { Awaitable } from '../core/json.ts'
import type { BuiltInModelOptions as AllBuiltInOptions } from '../llm/built-in-model.ts'
import { createLazyModel } from '../llm/lazy-model.ts'
import type { TransformersModelOptions as AllTransformersOptions } from '../llm/transformers-model.ts'
import type { WebLLMOptions as AllWebLLMOptions } from '../llm/web-llm.ts'
import type { LocalModel } from '../llm/worker-model.ts'
import { absoluteUrl } from '../util/urls.ts'
import { assetsOf, ortOf, workerFactory, type Hosting } from './hosting.ts'
import { loadLocalParts, loadStructured } from './lazy.ts'
import { localWorkerUrl, type LocalWorker } from './local-assets.ts'

export type { BuiltInProgress } from '../llm/built-in-sessions.ts'
export type { WebLLMProgress } from '../llm/web-llm-api.ts'
export type { WebLLMAppConfig, WebLLMModelRecord } from '../llm/web-llm-config.ts'
export { webLLMModels, type WebLLMModel } from '../llm/web-llm-models.ts'
export type { GenerationSpeed } from '../llm/worker-generation.ts'
export type { LocalModel } from '../llm/worker-model.ts'
export type { WeightsProgress } from '../util/transformers/weights.ts'

/** What `webLLM` takes; all of it may be left out. */
export type WebLLMOptions = Omit<AllWebLLMOptions, 'createWorker'> & Hosting

/** What `transformersModel` takes; all of it may be left out. */
export type TransformersModelOptions = Omit<AllTransformersOptions, 'createWorker' | 'ort'> & Hosting

/** What `builtInModel` takes; all of it may be left out. */
export type BuiltInModelOptions = AllBuiltInOptions

/**
 * A model that WebLLM runs on the user's GPU, in a worker. Nothing is loaded before it is needed; weights are downloaded once and kept
 * by the browser. Answers are made one after another. Of a conversation that goes on, `usage.inputTokens` counts what was newly read.
 * Errors: `invalid-options`; `model-unavailable` (no WebGPU, no weights, no room for them, the GPU lost twice); `model-failed`;
 * `model-output`; `worker-lost`; `aborted`. All of them come with the first call, not from here.
 * @param id as in `webLLMModels`, in the package's own list, or in `appConfig`.
 *
 * @example
 * const model = webLLM('Qwen3-0.6B-q4f16_1-MLC', { onProgress: ({ stage, ratio }) => show(stage, ratio) })
 */
export function webLLM(id: string, options: WebLLMOptions = {}): LocalModel {
  const { createWorker: _createWorker, assetBase: _assetBase, ...rest } = options
  return createLazyModel({
    id: `webllm/${id}`,
    capabilities: { schema: true, seed: true, offline: true },
    open: async () => (await loadLocalParts()).createWebLLM(id, { ...rest, createWorker: starter(options, 'web-llm') }),
    loadStructured,
  })
}

/**
 * A model that transformers.js runs in a worker, on WebGPU where an adapter answers, else on WASM. Weights are downloaded at the first
 * use: from the hub, from `host`, or from `localPath`. Messages go through the tokenizer's chat template; where it has none their texts
 * are put one after another, a line each.
 * Errors: `invalid-options`; `model-unavailable`; `model-failed`; `model-output`; `worker-lost`; `aborted`. All of them come with the
 * first call, not from here.
 * @param id of the model on the hub, or its folder below `localPath`.
 *
 * @example
 * const model = transformersModel('onnx-community/Qwen3-0.6B-ONNX', { dtype: 'q4f16', device: 'webgpu' })
 */
export function transformersModel(id: string, options: TransformersModelOptions = {}): LocalModel {
  const { createWorker: _createWorker, assetBase: _assetBase, ...rest } = options
  return createLazyModel({
    id: `transformers/${id}`,
    capabilities: { seed: true, offline: true },
    open: async () =>
      (await loadLocalParts()).createTransformersModel(id, {
        ...rest,
        createWorker: starter(options, 'transformers-model'),
        ort: () => ortOf(assetsOf(options)),
      }),
    loadStructured,
  })
}

/**
 * The browser's own model (Chrome's `LanguageModel`), in pages alone. It takes no seed, and a temperature in few browsers: both are left
 * out with a warning. A download that is needed begins only after a click or a key of the user: call `load` there.
 * Errors: `invalid-options`; `model-unavailable`; `model-failed`; `model-output`; `aborted`. All of them come with the first call.
 *
 * @example
 * const model = builtInModel({ onProgress: ({ ratio }) => show(ratio) })
 * button.onclick = () => model.load()
 */
export function builtInModel(options: BuiltInModelOptions = {}): LocalModel {
  return createLazyModel({
    id: 'built-in/language-model',
    capabilities: { schema: true, offline: true },
    open: async () => (await loadLocalParts()).createBuiltInModel(options),
    loadStructured,
  })
}

/** Starts the worker `name`, unless the host makes its own. */
function starter(hosting: Hosting, name: LocalWorker): () => Awaitable<Worker> {
  const { assetBase } = hosting
  const url = async (): Promise<string> =>
    assetBase === undefined ? localWorkerUrl(name) : new URL(`workers/${name}.worker.js`, absoluteUrl(assetBase)).href
  return workerFactory(hosting, `reprise ${name}`, url)
}
