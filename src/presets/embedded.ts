/** `reprise/embedded`: a small neural net that learns from its context, and the text world it was trained for. */
import { RepriseError } from '../core/errors.ts'
import { createEmbeddedModel, type EmbeddedModel, type EmbeddedModelOptions as AllOptions } from '../embedded/embedded-model.ts'
import { assetsOf, workerFactory, type Hosting } from './hosting.ts'
import { loadEmbeddedWorker } from './lazy.ts'

export * from '../embedded/index.ts'

/** What `embeddedModel` takes; all of it may be left out. */
export type EmbeddedModelOptions = Omit<AllOptions, 'createWorker' | 'weights' | 'id' | 'loadPart'> &
  Hosting & {
    /** `'default'`, or `'small'`: two fifths of the bytes and less able, for use as a student. */
    size?: 'default' | 'small'
    /** URL of the weights, where they are served from elsewhere; absolute, or relative to the page. */
    weights?: string
  }

/**
 * The model that is shipped with the library: a transformer of under a million parameters (0.9 MB) that reads nothing but its
 * prompt. It was trained on small text worlds and is good for `createTextWorld` alone; docs/model-card.md says how good.
 * Errors: `invalid-options`, `model-unavailable`, `model-failed`, `worker-lost`, `aborted`.
 *
 * @example
 * const agent = createAgent({ model: embeddedModel(), memory, maxSteps: world.stepBudget })
 */
export function embeddedModel(options: EmbeddedModelOptions = {}): EmbeddedModel {
  const { createWorker: _createWorker, assetBase: _assetBase, size = 'default', weights, ...rest } = options
  if (size !== 'default' && size !== 'small')
    throw new RepriseError('invalid-options', `embeddedModel options: size must be 'default' or 'small', not ${JSON.stringify(size)}.`)
  const located = assetsOf(options)
  return createEmbeddedModel({
    ...rest,
    id: size === 'small' ? 'embedded/world-2-small' : 'embedded/world-2',
    loadPart: loadEmbeddedWorker,
    createWorker: workerFactory(options, 'reprise embedded model', located.embeddedWorker),
    weights: weights ?? (() => (size === 'small' ? located.embeddedSmallWeights() : located.embeddedWeights())),
  })
}
