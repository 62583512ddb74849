/** What talks to the embedded model's worker, as one part that is loaded with the model's first use. */
import { isRepriseError, RepriseError } from '../core/errors.ts'
import type { Awaitable } from '../core/json.ts'
import { absoluteUrl } from '../util/urls.ts'
import type { WorkerClient } from '../util/worker-rpc/client.ts'
import { keepWorker, type KeptWorker } from '../util/worker-rpc/keep-worker.ts'
import type { GenerationApi, LoadProgress } from './generation-service.ts'

export interface EmbeddedWorkerOptions {
  /** Makes a worker that runs `workers/embedded.worker.ts`. */
  createWorker: () => Awaitable<Worker>
  /** URL of the model's ONNX file, or how to find it. */
  weights: string | (() => Awaitable<string>)
  /** Hears how far the weights are loaded, in bytes; `total` is 0 where the server does not say. */
  onProgress?: (progress: LoadProgress) => void
}

/** This module, as it is loaded. */
export interface EmbeddedWorkerPart {
  openEmbeddedWorker(setup: EmbeddedWorkerOptions): KeptWorker<WorkerClient<GenerationApi>>
}

/** A worker with the model loaded, started when it is needed and replaced where it died. */
export function openEmbeddedWorker(setup: EmbeddedWorkerOptions): KeptWorker<WorkerClient<GenerationApi>> {
  return keepWorker<GenerationApi, WorkerClient<GenerationApi>>({
    name: 'embedded model worker',
    fallback: 'model-failed',
    createWorker: setup.createWorker,
    prepare: (client) => load(client, setup),
  })
}

async function load(
  client: WorkerClient<GenerationApi>,
  { weights, onProgress }: EmbeddedWorkerOptions,
): Promise<WorkerClient<GenerationApi>> {
  const input = { weights: absoluteUrl(await found(weights)) }
  await client.call('load', input, { onEvent: onProgress && ((progress: LoadProgress) => onProgress(progress)) })
  return client
}

async function found(place: EmbeddedWorkerOptions['weights']): Promise<string> {
  try {
    return typeof place === 'function' ? await place() : place
  } catch (cause) {
    if (isRepriseError(cause)) throw cause
    throw new RepriseError('model-unavailable', `The embedded model's weights could not be found: ${String(cause)}`, { cause })
  }
}
