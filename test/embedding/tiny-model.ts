/** The tiny model of test/support/model-hub.mjs, as tests of several files use it. */
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import {
  createTransformersEmbedder,
  type TransformersEmbedder,
  type TransformersEmbedderOptions,
} from '../../src/embedding/transformers-embedder.ts'

export const ort: { mjs: string; wasm: string } = { mjs, wasm }

export const createWorker = (): Worker => new Worker(new URL('../../workers/embedding.worker.ts', import.meta.url), { type: 'module' })

export const tiny = (options: Partial<TransformersEmbedderOptions> = {}): TransformersEmbedder =>
  createTransformersEmbedder({
    model: 'tests/tiny-bert',
    dimensions: 32,
    dtype: 'fp32',
    device: 'wasm',
    host: '/hub',
    createWorker,
    ort,
    loadPart: () => import('../../src/embedding/embedding-worker.ts'),
    ...options,
  })

export const TEXTS: readonly string[] = ['a', 'put the winter spade away', 'b c', 'Serve lunch to Omar, please!', 'x'.repeat(90), '']
