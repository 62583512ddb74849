/** The transformers.js embedder with the library's own worker and runtime files. */
import {
  createTransformersEmbedder,
  type TransformersEmbedder,
  type TransformersEmbedderOptions as AllOptions,
} from '../embedding/transformers-embedder.ts'
import { assetsOf, ortOf, workerFactory, type Hosting } from './hosting.ts'
import { loadEmbeddingWorker } from './lazy.ts'

/** What `transformersEmbedder` takes; all of it may be left out. */
export type TransformersEmbedderOptions = Omit<AllOptions, 'createWorker' | 'ort' | 'loadPart'> & Hosting

/**
 * Sentence vectors from a transformer in a worker of its own, on WebGPU where an adapter answers, else on WASM.
 * Weights are downloaded at the first use: from the hub, from `host`, or from `localPath`.
 * Errors: `invalid-options`, `embedder-failed`, `worker-lost`, `aborted`.
 *
 * @example
 * const embedder = transformersEmbedder({ localPath: '/models/', onProgress: ({ file, ratio }) => show(file, ratio) })
 */
export function transformersEmbedder(options: TransformersEmbedderOptions = {}): TransformersEmbedder {
  const { createWorker: _createWorker, assetBase: _assetBase, ...rest } = options
  const located = assetsOf(options)
  return createTransformersEmbedder({
    ...rest,
    createWorker: workerFactory(options, 'reprise embedding', located.embeddingWorker),
    ort: () => ortOf(located),
    loadPart: loadEmbeddingWorker,
  })
}
