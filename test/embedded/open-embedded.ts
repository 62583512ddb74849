/** The embedded model as these tests use it: the real worker and the real weights, with what they must answer. */
import weights from '../../src/embedded/model/onnx/model_quantized.onnx?url'
import { createEmbeddedModel, type EmbeddedModel, type EmbeddedModelOptions } from '../../src/embedded/embedded-model.ts'

export const weightsUrl: string = weights

export const createWorker = (): Worker => new Worker(new URL('../../workers/embedded.worker.ts', import.meta.url), { type: 'module' })

export const openEmbedded = (options: Partial<EmbeddedModelOptions> = {}): EmbeddedModel =>
  createEmbeddedModel({ loadPart: () => import('../../src/embedded/embedded-worker.ts'), createWorker, weights, ...options })
