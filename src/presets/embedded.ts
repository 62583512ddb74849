/** `reprise/embedded`: a small neural net that learns from its context, and the text world it was trained for. */
import { createEmbeddedModel, type EmbeddedModel, type EmbeddedModelOptions as AllOptions } from '../embedded/embedded-model.ts'
import { assetsOf, workerFactory, type Hosting } from './hosting.ts'

export * from '../embedded/index.ts'

/** What `embeddedModel` takes; all of it may be left out. */
export type EmbeddedModelOptions = Omit<AllOptions, 'createWorker' | 'weights' | 'id'> &
  Hosting & {
    /** URL of the weights, where they are served from elsewhere; absolute, or relative to the page. */
    weights?: string
  }

/**
 * The model that is shipped with the library: a transformer of 702,208 parameters (0.9 MB) that reads nothing but its prompt.
 * It was trained on a family of small text worlds and knows 351 words: good for `createTextWorld` alone.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `worker-lost`, `aborted`.
 *
 * @example
 * const agent = createAgent({ model: embeddedModel(), memory, k: 4, maxSteps: TEXT_WORLD_STEPS })
 */
export function embeddedModel(options: EmbeddedModelOptions = {}): EmbeddedModel {
  const { createWorker: _createWorker, assetBase: _assetBase, weights, ...rest } = options
  const located = assetsOf(options)
  return createEmbeddedModel({
    ...rest,
    createWorker: workerFactory(options, 'reprise embedded model', located.embeddedWorker),
    weights: weights ?? (() => located.embeddedWeights()),
  })
}
