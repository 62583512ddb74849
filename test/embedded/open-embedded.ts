/** The embedded model as these tests use it: the real worker, the real weights, the ORT build that is shipped. */
import mjs from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm?url'
import weights from '../../src/embedded/model/onnx/model_quantized.onnx?url'
import { createEmbeddedModel, type EmbeddedModel, type EmbeddedModelOptions } from '../../src/embedded/embedded-model.ts'

export const files: { ort: { mjs: string; wasm: string }; weights: string } = { ort: { mjs, wasm }, weights }

export const createWorker = (): Worker => new Worker(new URL('../../workers/embedded.worker.ts', import.meta.url), { type: 'module' })

export const openEmbedded = (options: Partial<EmbeddedModelOptions> = {}): EmbeddedModel =>
  createEmbeddedModel({ createWorker, ...files, ...options })
